import io
import logging

import pytest
from rich.console import Console

from enrichment.progress.list import ListProgress
from enrichment.progress.log import LogProgress
from enrichment.progress.open import BACK_ENDS, open_progress
from enrichment.progress.port import Progress
from enrichment.progress.rich import RichProgress
from enrichment.progress.tally import Tally
from schemas.errors import UsageError


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.mark.parametrize("kind", sorted(BACK_ENDS))
def test_every_back_end_takes_the_whole_life_of_two_loops(kind):
    progress: Progress = open_progress(kind)
    with progress as same:
        assert same is progress
        progress.start(3, "one")
        progress.advance(2, failed=1)
        progress.advance()
        progress.start(None, "two [bold]not markup[/]")
        progress.advance(5)
    progress.close()


@pytest.mark.parametrize("kind", sorted(BACK_ENDS))
def test_a_count_before_any_start_is_no_error(kind):
    with open_progress(kind) as progress:
        progress.advance(1)
    assert type(progress).__name__.lower().startswith(kind)


def test_an_unknown_back_end_names_the_allowed_ones():
    with pytest.raises(UsageError, match="null, list, log, rich"):
        open_progress("bells")


def test_list_keeps_sums_and_closes_once():
    progress = ListProgress()
    with progress:
        progress.start(4, "fetch")
        progress.advance(3, failed=1)
        progress.advance(1, failed=1)
    progress.close()
    assert [(s.kind, s.done, s.failed) for s in progress.steps] == [
        ("start", 0, 0),
        ("advance", 3, 1),
        ("advance", 4, 2),
        ("close", 4, 2),
    ]


def test_list_closes_even_where_the_loop_raises():
    progress = ListProgress()

    def broken_loop():
        with progress:
            progress.start(1, "look")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken_loop()
    assert progress.steps[-1].kind == "close"


def test_tally_knows_rate_and_time_left():
    clock = Clock()
    tally = Tally(100, "text", clock)
    assert tally.rate == 0.0
    assert tally.eta is None
    clock.now = 2.0
    tally.done = 20
    assert tally.rate == 10.0
    assert tally.eta == 8.0
    assert tally.line() == "text: 20/100, 10.0/s, eta 0:00:08, 0 failed"


def test_tally_past_its_total_has_no_time_left():
    clock = Clock()
    tally = Tally(1, "text", clock, done=3)
    clock.now = 1.0
    assert tally.eta == 0.0


def test_log_is_throttled(caplog):
    clock = Clock()
    progress = LogProgress(every=10.0, clock=clock)
    with caplog.at_level(logging.INFO, logger="enrichment.progress.log"), progress:
        progress.start(100, "look")
        for _ in range(100):
            clock.now += 0.25
            progress.advance(1, failed=0)
    lines = [r.message for r in caplog.records]
    assert lines[0] == "look: starts, 100 to do"
    assert lines[1] == "look: 40/100, 4.0/s, eta 0:00:15, 0 failed"
    assert lines[-1] == "look: 100/100, 4.0/s, eta 0:00:00, 0 failed; ended"
    assert len(lines) == 4


def test_rich_shows_counts_and_failures_and_no_vendor_markup():
    out = io.StringIO()
    with RichProgress(Console(file=out, width=120, force_terminal=False)) as progress:
        progress.start(4, "fetch [red]acme[/red]")
        progress.advance(4, failed=2)
    text = out.getvalue()
    assert "4/4" in text
    assert "2 failed" in text
    assert "[red]acme[/red]" in text

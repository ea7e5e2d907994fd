"""Run all stages of a night in this process: the same calls that the DAG makes, in order.

A vendor whose drop cannot be read stops alone; anything else that is ``Terminal`` stops the night. SIGTERM says so
at once, finishes the shard at hand and stops; a second one ends the process. What is done stays done.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from enrichment.progress.port import Progress
from enrichment.publish.base import require_base
from enrichment.publish.layout import RunKey
from enrichment.publish.read import complete_runs
from enrichment.runs.run import Run
from enrichment.stages.steps import STEPS, Step, run, shards
from schemas.errors import DropError, Terminal, Transient
from schemas.records import StageReport

log = logging.getLogger(__name__)
RETRIES = 3
FIRST_PAUSE_SECONDS = 2.0


class Stopped(Terminal, InterruptedError):
    """The run was asked to stop between two shards; run it again to go on."""


class Stopping:
    """Whether the night was asked to stop, and which shard is at hand, for whoever asks."""

    def __init__(self) -> None:
        """Start unasked, with no shard at hand."""
        self.asked, self.at_hand = False, ""

    def ask(self) -> None:
        """Stop after the shard at hand, and say so."""
        self.asked = True
        end = f"finishing {self.at_hand}, then stopping" if self.at_hand else "stopping before the next shard"
        log.warning("asked to stop: %s; a second signal stops now, and what is done stays done", end)


def run_night(run_uri: str, progress: Callable[[], Progress]) -> dict[str, list[StageReport]]:
    """Run every stage of ``run_uri`` and return the reports by stage; finished shards are not run again.

    Raises:
        BaseMoved: an earlier night was published since the run was planned; asked now and again at the commit.
        Stopped: SIGTERM came.
        Transient: a shard failed four times in a row.
        Terminal: a shard cannot be done, for another reason than a broken drop.

    """
    _require_due(run_uri)
    reports: dict[str, list[StageReport]] = {}
    stopping = Stopping()
    with _on_sigterm(stopping.ask):
        for step in STEPS.values():
            todo = shards(step.name, run_uri)
            with progress() as bar:
                bar.start(len(todo), step.name)
                reports[step.name] = [
                    r for shard in todo if (r := _one(step, run_uri, shard, bar, stopping)) is not None
                ]
    return reports


def _require_due(run_uri: str) -> None:
    """Refuse a run that could not be published any more before hours go into it; a published one may be repeated."""
    opened = Run.at(run_uri)
    manifest = opened.plan.manifest
    key = RunKey(manifest.night, manifest.run_id)
    if key not in complete_runs(opened.store, key.night):
        require_base(opened.store, key, manifest.base_run_id)


def _one(step: Step, run_uri: str, shard: str, bar: Progress, stopping: Stopping) -> StageReport | None:
    if stopping.asked:
        raise Stopped(f"stopped before {step.name}/{shard}. `enrich resume {run_uri}` goes on from here.")
    stopping.at_hand = f"{step.name}/{shard}"
    try:
        report = _with_retries(step.name, run_uri, shard)
    except DropError as error:
        log.error("vendor %s stops here, the others go on: %s", shard, error)
        bar.advance(1, failed=1)
        return None
    bar.advance(1)
    return report


def _with_retries(stage: str, run_uri: str, shard: str) -> StageReport:
    for attempt in range(RETRIES):
        try:
            return run(stage, run_uri, shard)
        except Transient as error:
            pause = FIRST_PAUSE_SECONDS * 2**attempt
            log.warning("%s/%s: %s; trying again in %.0f s", stage, shard, error, pause)
            time.sleep(pause)
    return run(stage, run_uri, shard)


@contextmanager
def _on_sigterm(ask: Callable[[], None]) -> Iterator[None]:
    """Call ``ask`` on the first SIGTERM and restore the default, so that a second one ends the process."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def asked(_signal: int, _frame: FrameType | None) -> None:
        # First, so that whatever happens in between a second signal gets through.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        ask()

    before = signal.signal(signal.SIGTERM, asked)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)

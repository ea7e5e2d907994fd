"""SIGKILL at the writes of every stage; run again; the published bytes equal those of an undisturbed run."""

import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from enrichment.runs.scratch import PREFIX, Scratch
from enrichment.stores.local import LocalStore
from tests.e2e.conftest import NIGHTS, published_bytes, run_one, settings_for

pytestmark = pytest.mark.slow
WRITES_BEFORE_DEATH = 4
MOST_DEATHS = 200


def _run_and_die(settings, night, journal, left, after):
    """Run the night in a process of its own, killed right before or after its ``left``-th write."""

    def deadly(write):
        def written(self, *args):
            nonlocal left
            key = next(a for a in args if isinstance(a, str))
            left -= 1 if key.startswith(("runs/", "published/")) else 0
            if left == 0 and not after:
                _die(journal, key)
            write(self, *args)
            if left == 0 and after:
                _die(journal, key)

        return written

    LocalStore.put = deadly(LocalStore.put)
    LocalStore.put_new = deadly(LocalStore.put_new)
    LocalStore.upload = deadly(LocalStore.upload)
    run_one(night, settings)


def _die(journal, key):
    with Path(journal).open("a", encoding="utf-8") as out:
        out.write(key + "\n")
        out.flush()
        os.fsync(out.fileno())
    os.kill(os.getpid(), signal.SIGKILL)


def _stage_and_shard(journal):
    """Name where the last death was: ``runs/<run>/<stage>/<shard>``, or ``published``."""
    key = journal.read_text(encoding="utf-8").splitlines()[-1]
    return key.split(".")[0] if key.startswith("runs/") else "published"


def test_killed_at_writes_of_every_stage_a_night_ends_in_the_same_bytes(
    three_nights, drops, declared, tmp_path, monkeypatch
):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    settings = settings_for(tmp_path / "store", drops, declared)
    journal = tmp_path / "deaths"
    context = multiprocessing.get_context("fork")
    deaths, ended, lives = 0, False, WRITES_BEFORE_DEATH
    places = []
    while not ended and deaths < MOST_DEATHS:
        child = context.Process(target=_run_and_die, args=(settings, NIGHTS[0], journal, lives, deaths % 2 == 1))
        child.start()
        child.join()
        ended = child.exitcode == 0
        deaths += not ended
        assert ended or child.exitcode == -signal.SIGKILL
        # The last one to die leaves its folder, and those before it none.
        assert len(list(temporary.glob(f"{PREFIX}*"))) <= 1
        if not ended:
            places.append(_stage_and_shard(journal))
            # A shard of many writes starts over each time: let it get further than at the last death.
            lives = lives * 2 if places[-1:] == places[-2:-1] else WRITES_BEFORE_DEATH
    assert ended
    Scratch().close()
    assert list(temporary.glob(f"{PREFIX}*")) == []
    killed_in = {line.split("/")[2] for line in journal.read_text().splitlines() if line.startswith("runs/")}
    assert {"read", "fetch", "text", "look", "decide", "place", "index", "gate"} <= killed_in
    assert any(line.startswith("published/") for line in journal.read_text().splitlines())
    night = f"v=1/run_date={NIGHTS[0].isoformat()}/"
    undisturbed = {k: v for k, v in published_bytes(three_nights[0].store).items() if k.startswith(night)}
    assert {k: v for k, v in published_bytes(settings.store).items() if k.startswith(night)} == undisturbed

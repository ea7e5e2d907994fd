"""Running a night in one process: what a signal does, with stages that only say their name."""

import logging
import os
import signal
from datetime import date

import pytest

from enrichment.config import Settings
from enrichment.progress.null import NullProgress
from enrichment.publish.base import BaseMoved
from enrichment.publish.commit import publish
from enrichment.runs.plan import RunPlan
from enrichment.runs.run import Run
from enrichment.stages import night
from enrichment.stages.night import Stopped, run_night
from enrichment.stages.steps import STEPS
from enrichment.stores.local import LocalStore
from schemas.errors import DropError
from schemas.records import RunManifest, StageReport
from tests.publish.catalogue import catalogue, facts


@pytest.fixture
def uri(tmp_path):
    """A run of a first night."""
    manifest = RunManifest("2026-11-18-first", date(2026, 11, 18), None, (), (), {})
    return Run.create(LocalStore(tmp_path / "store"), RunPlan(manifest, Settings())).uri


@pytest.fixture
def stages(monkeypatch):
    """Three steps of two shards; ``does`` by shard is called in the middle of it."""
    done, does = [], {}

    def run(stage, _uri, shard):
        does.get((stage, shard), lambda: None)()
        done.append(f"{stage}/{shard}")
        return StageReport(stage, shard, 1, 1, 0)

    monkeypatch.setattr(night, "STEPS", {name: STEPS[name] for name in ("read", "fetch", "text")})
    monkeypatch.setattr(night, "shards", lambda _stage, _uri: ["a", "b"])
    monkeypatch.setattr(night, "run", run)
    return done, does


def terminate():
    os.kill(os.getpid(), signal.SIGTERM)


def test_a_signal_is_answered_at_once_and_ends_after_the_shard_at_hand(stages, uri, caplog):
    done, does = stages
    heard = []

    def long_shard():
        terminate()
        heard.append(caplog.text)
        heard.append(signal.getsignal(signal.SIGTERM))

    does["fetch", "a"] = long_shard
    before = signal.getsignal(signal.SIGTERM)
    with caplog.at_level(logging.WARNING), pytest.raises(Stopped, match=r"enrich resume .*/runs/2026-11-18-first"):
        run_night(uri, NullProgress)
    assert "finishing fetch/a, then stopping; a second signal stops now" in heard[0]
    # The second one is the system's own, which ends the process.
    assert heard[1] == signal.SIG_DFL
    assert done == ["read/a", "read/b", "fetch/a"]
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_night_without_a_signal_runs_every_stage_and_a_broken_drop_stops_one_vendor(stages, uri):
    done, does = stages

    def broken():
        raise DropError("no header")

    does["read", "b"] = broken
    reports = run_night(uri, NullProgress)
    assert done == ["read/a", "fetch/a", "fetch/b", "text/a", "text/b"]
    assert {stage: len(found) for stage, found in reports.items()} == {"read": 1, "fetch": 2, "text": 2}


def test_a_run_that_was_overtaken_does_no_work(stages, uri):
    store = Run.at(uri).store
    publish(store, facts("r1", date(2026, 11, 17)), catalogue(2))
    with pytest.raises(BaseMoved, match="2026-11-18-first was planned on no earlier run"):
        run_night(uri, NullProgress)
    assert stages[0] == []


def test_a_published_run_may_be_repeated_although_an_earlier_night_came_later(stages, uri):
    store = Run.at(uri).store
    publish(store, facts("2026-11-18-first", date(2026, 11, 18)), catalogue(2))
    publish(store, facts("r1", date(2026, 11, 17)), catalogue(2))
    assert set(run_night(uri, NullProgress)) == {"read", "fetch", "text"}

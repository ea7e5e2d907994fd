"""Batches of shards and vendors: how they are dealt out, and what one that fails does to the others."""

import logging
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from enrichment.config import Settings
from enrichment.runs.plan import RunPlan
from enrichment.runs.run import Outcome, Run
from enrichment.stages import batches as module
from enrichment.stages import steps
from enrichment.stages.arrival import arrivals
from enrichment.stages.batches import batches, run_batch
from enrichment.stages.versions import versions
from enrichment.stores.local import LocalStore
from enrichment.stores.space import DiskFull
from schemas.errors import DropError, GateRefused, StoreUnavailable, Terminal, Transient, UsageError
from schemas.records import RunManifest, StageReport

NAMES = ["a", "b", "c", "d"]


@pytest.mark.parametrize("number", [0, 1, 5, 15, 16, 17, 31, 1000, 3001])
def test_batches_are_few_balanced_the_same_each_time_and_hold_every_name_once(number):
    names = [f"shard-{n:04d}" for n in range(number)]
    found = batches(names, 16)
    assert found == batches(tuple(names), 16)
    assert len(found) == min(number, 16)
    assert sorted(name for batch in found for name in batch) == names
    assert all(batch == sorted(batch) for batch in found)
    sizes = {len(batch) for batch in found}
    assert not sizes or (min(sizes) > 0 and max(sizes) - min(sizes) <= 1)


@pytest.fixture
def shards(monkeypatch):
    """Shards that only say their name; ``fails`` is shard -> the error it ends with."""
    asked, fails = [], {}

    def run(stage, _uri, shard):
        asked.append(shard)
        if shard in fails:
            raise fails[shard]
        return StageReport(stage, shard, 1, 1, 0)

    monkeypatch.setattr(module, "run", run)
    return asked, fails


def test_a_shard_that_fails_stops_no_other_of_its_batch_and_is_told_at_the_end(shards, caplog):
    asked, fails = shards
    fails["b"] = DropError("half a file")
    with caplog.at_level(logging.ERROR), pytest.raises(DropError, match="half a file"):
        run_batch("read", "run", NAMES)
    assert asked == NAMES
    assert "read/b failed" in caplog.text


@pytest.mark.parametrize(
    ("second", "kind"), [(StoreUnavailable("busy"), Transient), (KeyError("x"), Transient), (UsageError("y"), Terminal)]
)
def test_several_failures_are_all_named_and_tried_again_where_one_of_them_may_pass(shards, second, kind):
    asked, fails = shards
    fails |= {"a": GateRefused("never"), "c": second}
    with pytest.raises(kind, match=r"text: 2 of 4 shards failed: a: GateRefused: never; c: ") as told:
        run_batch("text", "run", NAMES)
    assert asked == NAMES
    assert type(second).__name__ in str(told.value)


def test_a_full_disk_ends_the_batch_before_work_is_done_that_cannot_be_written(shards):
    asked, fails = shards
    fails["b"] = DiskFull("full")
    with pytest.raises(DiskFull):
        run_batch("look", "run", NAMES)
    assert asked == ["a", "b"]


def test_whoever_ends_the_task_is_obeyed_at_once(shards):
    asked, fails = shards
    fails["b"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        run_batch("look", "run", NAMES)
    assert asked == ["a", "b"]


def test_a_retry_does_what_failed_and_skips_what_is_done(tmp_path, monkeypatch):
    settings = Settings(store=str(tmp_path / "store"))
    manifest = RunManifest("2026-11-18-first", date(2026, 11, 18), None, (), ("a", "b", "c"), versions(settings))
    opened = Run.create(LocalStore(tmp_path / "store"), RunPlan(manifest, settings))
    worked, busy = [], {"b"}

    def read(_run, vendor):
        worked.append(vendor)
        if vendor in busy:
            raise StoreUnavailable("busy")
        return Outcome(StageReport("read", vendor, 0, 0, 0, {"shards": 0}), {"products": pa.table({"sku": []})})

    monkeypatch.setattr(steps.Step, "function", lambda _step: read)
    monkeypatch.setattr(steps, "declaration_changed", lambda _plan, _vendor: None)
    with pytest.raises(StoreUnavailable):
        run_batch("read", opened.uri, ["a", "b", "c"])
    assert [opened.marker("read", vendor) is not None for vendor in "abc"] == [True, False, True]
    busy.clear()
    reports = run_batch("read", opened.uri, ["a", "b", "c"])
    assert [report.shard for report in reports] == ["a", "b", "c"]
    assert worked == ["a", "b", "c", "b"]


def test_a_vendor_that_cannot_be_asked_holds_up_nobody_and_is_told_once_nobody_else_is_waited_for(monkeypatch):
    states = {"acme": "waiting", "late": "late"}

    def asked(vendor, *_):
        if vendor == "shut":
            raise PermissionError(vendor)
        return states[vendor]

    monkeypatch.setattr("enrichment.stages.arrival.arrival", asked)
    night, now = date(2026, 11, 18), datetime(2026, 11, 18, tzinfo=UTC)
    assert arrivals(["shut", "acme", "late"], night, now) == states
    states["acme"] = "arrived"
    assert arrivals(["acme", "late"], night, now) == states
    with pytest.raises(PermissionError, match="shut"):
        arrivals(["shut", "acme", "late"], night, now)

from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from enrichment import stages
from enrichment.config import Settings
from enrichment.publish.commit import publish
from enrichment.runs.plan import RunPlan, run_id
from enrichment.runs.run import Outcome, Run
from enrichment.stages import versions
from enrichment.stages.steps import STEPS, Step, shards_of, vendor_of
from enrichment.stages.versions import require_versions
from enrichment.stores.local import LocalStore
from enrichment.stores.space import DiskFull
from schemas.errors import DropError, ModelMismatch, StoreUnavailable, UsageError
from schemas.group_spec import groups
from schemas.records import RunManifest, StageReport, VendorDrop
from tests.publish.catalogue import catalogue, facts

NIGHT = date(2026, 11, 17)
DROPS = (VendorDrop("acme", NIGHT, "file:///a", "1"), VendorDrop("bolt_2", NIGHT, "file:///b", "2"))


@pytest.fixture
def run(tmp_path):
    manifest = RunManifest(run_id(NIGHT, None, DROPS, {}), NIGHT, None, DROPS, ("cold",), {})
    return Run.create(LocalStore(tmp_path), RunPlan(manifest, Settings()))


def read_done(run, vendor, shards):
    report = StageReport("read", vendor, 0, 0, 0, {"shards": shards})
    run.commit("read", vendor, "f", Outcome(report, {"row_problems": pa.table({"a": [1]})}))


def test_every_stage_names_a_function_and_needs_only_earlier_stages():
    seen = set()
    for step in STEPS.values():
        assert callable(step.function())
        assert set(step.needs) <= seen
        seen.add(step.name)
    assert stages.ORDER[0] == "read"
    assert stages.ORDER[-1] == "publish"


def test_vendors_that_delivered_and_those_that_did_not_are_read(run):
    assert shards_of(run, STEPS["read"]) == ["acme", "bolt_2", "cold"]


def test_product_shards_are_those_the_readers_made(run):
    for vendor, count in (("acme", 2), ("bolt_2", 1), ("cold", 0)):
        read_done(run, vendor, count)
    assert shards_of(run, STEPS["look"]) == ["acme-0000", "acme-0001", "bolt_2-0000"]
    assert vendor_of("bolt_2-0000") == "bolt_2"


def test_a_broken_drop_leaves_the_other_vendors_shards(run):
    run.fail("read", "acme", DropError("column missing"))
    for vendor in ("bolt_2", "cold"):
        read_done(run, vendor, 1)
    assert shards_of(run, STEPS["fetch"]) == ["bolt_2-0000", "cold-0000"]


def test_a_vendor_that_was_not_read_for_another_reason_stops_the_night(run):
    run.fail("read", "acme", ModelMismatch("pinned to another version"))
    for vendor in ("bolt_2", "cold"):
        read_done(run, vendor, 1)
    with pytest.raises(UsageError, match=r"read/acme is stopped by ModelMismatch.*enrich resume"):
        shards_of(run, STEPS["fetch"])
    read_done(run, "acme", 1)
    assert len(shards_of(run, STEPS["fetch"])) == 3


def test_a_vendor_that_was_never_read_stops_the_night(run):
    with pytest.raises(UsageError, match="read/acme is not done"):
        shards_of(run, STEPS["fetch"])


def test_groups_and_the_whole_are_shards_too(run):
    assert shards_of(run, STEPS["index"]) == [*groups().names, "all"]
    assert shards_of(run, STEPS["publish"]) == ["all"]


def test_an_unknown_stage_lists_those_that_exist(run):
    with pytest.raises(UsageError, match="read, fetch"):
        stages.run("polish", run.uri, "all")


def test_a_shard_whose_upstream_is_not_done_is_refused(run):
    read_done(run, "acme", 1)
    with pytest.raises(UsageError, match="needs fetch/acme-0000"):
        stages.run("text", run.uri, "acme-0000")


def test_a_finished_shard_is_not_run_again(run):
    read_done(run, "acme", 1)
    fingerprint = run.fingerprint("fetch", [run.marker("read", "acme")])
    report = StageReport("fetch", "acme-0000", 3, 2, 1)
    run.commit("fetch", "acme-0000", fingerprint, Outcome(report))
    assert stages.run("fetch", run.uri, "acme-0000") == report


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        (KeyError("colour"), "KeyError: 'colour'"),
        (UsageError("no such model"), "UsageError: no such model"),
        (StoreUnavailable("busy"), None),
    ],
)
def test_what_stopped_a_shard_is_kept_unless_another_try_may_help(run, monkeypatch, error, kept):
    def stopped(_run, _shard):
        raise error

    read_done(run, "acme", 1)
    monkeypatch.setattr("enrichment.stages.fetch.fetch", stopped)
    with pytest.raises(type(error)):
        stages.run("fetch", run.uri, "acme-0000")
    failure = run.failure("fetch", "acme-0000")
    assert (failure and str(failure)) == kept


def test_a_drop_found_broken_after_it_was_read_takes_its_vendor_out_and_nobody_else(run, monkeypatch):
    def broken(_run, _shard):
        raise DropError("the archive is another")

    for vendor, count in (("acme", 2), ("bolt_2", 1), ("cold", 0)):
        read_done(run, vendor, count)
    monkeypatch.setattr("enrichment.stages.fetch.fetch", broken)
    assert stages.run("fetch", run.uri, "acme-0000") == StageReport("fetch", "acme-0000", 0, 0, 0)
    assert str(run.failure("read", "acme")) == "DropChanged: the archive is another"
    assert run.marker("read", "acme") is None
    assert shards_of(run, STEPS["text"]) == ["bolt_2-0000"]
    # A scheduler that listed the shards before asks for them all the same.
    for stage in ("fetch", "text", "place"):
        assert stages.run(stage, run.uri, "acme-0001") == StageReport(stage, "acme-0001", 0, 0, 0)
    assert run.marker("fetch", "acme-0001") is None


def test_a_night_goes_on_with_what_it_was_planned_with_or_not_at_all(run):
    read_done(run, "acme", 1)
    now = run.plan.manifest.versions | {"taxonomy": "0", "code": "0", "colour": "0"}
    run.plan = replace(run.plan, manifest=replace(run.plan.manifest, versions=now))
    run.store.put(f"{run.prefix}/plan.json", run.plan.to_bytes())
    with pytest.raises(UsageError, match=r"fetch: code, taxonomy changed since the night was planned.*--night 2026"):
        stages.run("fetch", run.uri, "acme-0000")
    # What is done stays done, and may still be asked for.
    marker = [run.marker("read", "acme")]
    report = StageReport("fetch", "acme-0000", 0, 0, 0)
    run.commit("fetch", "acme-0000", run.fingerprint("fetch", marker), Outcome(report))
    assert stages.run("fetch", run.uri, "acme-0000") == report


def test_another_bound_asks_the_gate_again_and_no_other_stage_until_the_run_is_published(tmp_path, monkeypatch):
    asked = []

    def stage(opened, shard):
        asked.append(opened.plan.settings.max_refiled_share)
        return Outcome(StageReport("gate", shard, 0, 0, 0))

    manifest = RunManifest(run_id(NIGHT, None, (), {}), NIGHT, None, (), (), {})
    store = LocalStore(tmp_path)
    low, high = (RunPlan(manifest, Settings(max_refiled_share=share)) for share in (0.2, 0.5))
    monkeypatch.setattr(Step, "function", lambda step: stage)
    for plan in (low, low, high, high, low):
        stages.run("gate", Run.create(store, plan).uri, "all")
    assert asked == [0.2, 0.5, 0.2]
    for name in set(STEPS) - {"gate"}:
        marks = {Run.create(store, plan).fingerprint(name, [], STEPS[name].settings) for plan in (low, high)}
        assert len(marks) == 1
    publish(store, facts(manifest.run_id, NIGHT), catalogue(2))
    stages.run("gate", Run.create(store, high).uri, "all")
    assert asked == [0.2, 0.5, 0.2]


def test_a_full_folder_for_temporary_files_is_worth_another_try_and_no_failure_of_the_shard(run, monkeypatch):
    read_done(run, "acme", 1)
    full = [OSError("Unable to write: No space left on device (28)")]

    def stage(opened, shard):
        if full:
            raise full.pop()
        return Outcome(StageReport("fetch", shard, 0, 0, 0))

    monkeypatch.setattr(Step, "function", lambda step: stage)
    with pytest.raises(DiskFull, match=r"folder for temporary files .*TMPDIR sets another.*are left on the disk"):
        stages.run("fetch", run.uri, "acme-0000")
    assert (run.marker("fetch", "acme-0000"), run.failure("fetch", "acme-0000")) == (None, None)
    assert stages.run("fetch", run.uri, "acme-0000").units_in == 0


@pytest.mark.parametrize("name", ["article_types.yaml", "attributes.yaml", "taxonomy.yaml", "groups.yaml"])
def test_a_declaration_that_is_written_while_a_stage_works_is_never_mixed_in(run, monkeypatch, name):
    """As `enrich vocabulary accept`, or a deployment, in the middle of a night of a single process."""
    read_done(run, "acme", 1)
    now = replace(run.plan, manifest=replace(run.plan.manifest, versions=versions._shipped()))
    run.store.put(f"{run.prefix}/plan.json", now.to_bytes())
    read = Path.read_bytes

    def accepted(opened, shard):
        monkeypatch.setattr(Path, "read_bytes", lambda own: read(own) + b"\n" * (own.name == name))
        return Outcome(StageReport("fetch", shard, 0, 0, 0))

    monkeypatch.setattr(Step, "function", lambda step: accepted)
    with pytest.raises(UsageError, match=r"fetch: \w+ changed since the night was planned.*Run the night again"):
        stages.run("fetch", run.uri, "acme-0000")
    assert run.marker("fetch", "acme-0000") is None
    with pytest.raises(UsageError, match=r"changed since the night was planned.*put back what was planned with"):
        stages.run("fetch", run.uri, "acme-0000")
    monkeypatch.setattr(Path, "read_bytes", read)
    monkeypatch.setattr(Step, "function", lambda step: lambda *_: Outcome(StageReport("fetch", "acme-0000", 0, 0, 0)))
    assert stages.run("fetch", run.uri, "acme-0000").units_in == 0


def test_code_that_was_mended_since_may_publish_what_it_did_not_answer(run):
    for marks, allowed in (({"code": "0"}, True), ({"code": "0", "taxonomy": "0"}, False), ({"text": "0"}, True)):
        plan = replace(run.plan, manifest=replace(run.plan.manifest, versions=marks))
        with nullcontext() if allowed else pytest.raises(UsageError, match="publish: code, taxonomy changed"):
            require_versions(plan, "publish")

import doctest
import hashlib
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from enrichment.config import Settings
from enrichment.runs import plan as plan_room
from enrichment.runs.parquet import to_parquet
from enrichment.runs.plan import RunPlan, night_of, run_id
from enrichment.runs.run import Outcome, Run
from enrichment.stores.local import LocalStore
from schemas.errors import MESSAGE_LIMIT, ObjectCorrupt, ObjectMissing, UsageError
from schemas.records import RunManifest, StageReport, VendorDrop

NIGHT = date(2026, 11, 17)
DROP = VendorDrop("acme", NIGHT, "somewhere", "ab12")
TABLE = pa.table({"sku": ["a", "b"]})


def plan(**versions):
    name = run_id(NIGHT, None, (DROP,), versions)
    return RunPlan(RunManifest(name, NIGHT, None, (DROP,), ("late",), versions), Settings(), ("stranger",))


@pytest.fixture
def run(tmp_path):
    return Run.create(LocalStore(tmp_path), plan(text="1"))


def outcome(table=TABLE):
    return Outcome(StageReport("text", "acme-0000", 2, 2, 0), {"claims": table})


def test_a_plan_survives_its_bytes():
    made = plan(text="1", vision="2")
    assert RunPlan.from_bytes(made.to_bytes()) == made


def test_equal_inputs_name_the_same_run_and_any_other_input_another():
    base = run_id(NIGHT, None, (DROP,), {"text": "1"})
    assert base == run_id(NIGHT, None, (DROP,), {"text": "1"})
    others = {
        run_id(date(2026, 11, 18), None, (DROP,), {"text": "1"}),
        run_id(NIGHT, "earlier", (DROP,), {"text": "1"}),
        run_id(NIGHT, None, (VendorDrop("acme", NIGHT, "somewhere", "cd34"),), {"text": "1"}),
        run_id(NIGHT, None, (DROP,), {"text": "2"}),
    }
    assert len(others) == 4
    assert base not in others


def test_the_place_a_drop_lies_in_does_not_name_the_run():
    moved = VendorDrop("acme", NIGHT, "elsewhere", "ab12")
    assert run_id(NIGHT, None, (DROP,), {}) == run_id(NIGHT, None, (moved,), {})


def test_peoples_decisions_are_no_part_of_the_versions_that_make_products_stale():
    assert plan(text="1", decisions="x").versions_hash("acme") == plan(text="1", decisions="y").versions_hash("acme")
    assert plan(text="1").versions_hash("acme") != plan(text="2").versions_hash("acme")


def test_a_declaration_makes_the_products_of_its_vendor_stale_and_no_others():
    first = replace(plan(text="1", vendors="x"), declared={"acme": "1", "bolt": "1"})
    second = replace(plan(text="1", vendors="y"), declared={"acme": "2", "bolt": "1", "cold": "1"})
    assert RunPlan.from_bytes(second.to_bytes()) == second
    assert first.versions_hash("acme") != second.versions_hash("acme")
    assert first.versions_hash("bolt") == second.versions_hash("bolt")


def test_a_commit_is_read_back_with_its_marker(run):
    run.commit("text", "acme-0000", "f1", outcome())
    marker = run.marker("text", "acme-0000")
    assert marker is not None
    assert marker.fingerprint == "f1"
    assert marker.report.done == 2
    assert run.table("text", "acme-0000", "claims").equals(TABLE)


def test_what_no_marker_names_does_not_count(run):
    run.store.put(f"{run.prefix}/text/acme-0000.claims.parquet", to_parquet(TABLE))
    assert run.marker("text", "acme-0000") is None


def other_bytes(run, name):
    """Put another table, or file, under an output of text/acme-0000, as a late writer of an earlier try does."""
    data = to_parquet(pa.table({"sku": ["z"]}))
    run.store.put(f"{run.prefix}/text/acme-0000.{name}", data)
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("opened_before", [True, False])
def test_an_output_that_is_not_the_one_its_marker_names_is_refused(run, tmp_path, opened_before):
    made = tmp_path / "made"
    made.write_bytes(b"trees")
    both = replace(outcome(), files={"forest.ann": made})
    run.commit("text", "acme-0000", "f1", both)
    reader = Run.at(run.uri)
    if opened_before:
        reader.marker("text", "acme-0000")
    got, told = other_bytes(run, "claims.parquet"), run.marker("text", "acme-0000").outputs["claims.parquet"]
    other_bytes(run, "forest.ann")
    way_out = rf"Delete the marker {run.prefix}/text/acme-0000\.done\.json in .*`enrich resume {run.uri}`"
    with pytest.raises(ObjectCorrupt, match=rf"claims\.parquet hashes to {got}; allowed: {told}.*{way_out}"):
        reader.table("text", "acme-0000", "claims")
    with pytest.raises(ObjectCorrupt, match=r"text/acme-0000: forest\.ann hashes to"):
        reader.download("text", "acme-0000", "forest.ann", tmp_path / "copy")
    run.store.delete(f"{run.prefix}/text/acme-0000.done.json")
    run.commit("text", "acme-0000", "f1", both)
    assert reader.table("text", "acme-0000", "claims").equals(TABLE)


def test_a_shard_that_was_done_anew_is_read_by_its_new_marker(run):
    run.commit("text", "acme-0000", "f1", outcome())
    reader = Run.at(run.uri)
    reader.marker("text", "acme-0000")
    newer = pa.table({"sku": ["c"]})
    run.commit("text", "acme-0000", "f2", outcome(newer))
    assert reader.table("text", "acme-0000", "claims").equals(newer)


def test_an_output_that_no_marker_names_is_missing(run):
    other_bytes(run, "claims.parquet")
    for report in (None, StageReport("text", "acme-0000", 2, 2, 0)):
        if report is not None:
            run.commit("text", "acme-0000", "f1", Outcome(report))
        with pytest.raises(ObjectMissing, match="named by no done marker"):
            run.table("text", "acme-0000", "claims")


def test_a_stage_that_read_the_markers_of_its_upstream_reads_no_marker_again(run, monkeypatch):
    run.commit("text", "acme-0000", "f1", outcome())
    run.marker("text", "acme-0000")
    asked = []
    get = LocalStore.get
    monkeypatch.setattr(LocalStore, "get", lambda own, key: asked.append(key) or get(own, key))
    run.table("text", "acme-0000", "claims")
    assert [key.rpartition(".")[2] for key in asked] == ["parquet"]


def test_the_same_table_gives_the_same_bytes():
    assert to_parquet(TABLE) == to_parquet(pa.table({"sku": ["a", "b"]}))


def test_a_fingerprint_follows_upstream_outputs_and_stage(run):
    run.commit("text", "acme-0000", "f1", outcome())
    one = run.marker("text", "acme-0000")
    run.commit("text", "acme-0001", "f1", outcome(pa.table({"sku": ["c"]})))
    other = run.marker("text", "acme-0001")
    marks = {run.fingerprint("decide", [one]), run.fingerprint("decide", [other]), run.fingerprint("place", [one])}
    assert len(marks) == 3
    assert run.fingerprint("decide", [one]) == run.fingerprint("decide", [one])


def test_a_failure_is_kept_until_the_shard_succeeds(run):
    run.fail("read", "acme", UsageError("column missing"))
    assert str(run.failure("read", "acme")) == "UsageError: column missing"
    run.commit("read", "acme", "f", Outcome(StageReport("read", "acme", 0, 0, 0)))
    assert run.failure("read", "acme") is None


def test_killed_at_the_end_of_a_commit_no_failure_stays_beside_what_is_done(run, monkeypatch):
    def killed(*_):
        raise KeyboardInterrupt

    done = Outcome(StageReport("read", "acme", 0, 0, 0))
    for write in ("delete", "put"):
        run.fail("read", "acme", UsageError("column missing"))
        with monkeypatch.context() as patch:
            patch.setattr(LocalStore, write, killed)
            with pytest.raises(KeyboardInterrupt):
                run.commit("read", "acme", "f", done)
        assert run.marker("read", "acme") is None
    run.commit("read", "acme", "f", done)
    assert run.failure("read", "acme") is None
    run.undo("read", "acme")
    assert run.marker("read", "acme") is None


def test_files_are_carried_into_the_store(run, tmp_path):
    made = run.scratch / "forest.ann"
    made.write_bytes(b"trees")
    run.commit("index", "dress", "f", Outcome(StageReport("index", "dress", 1, 1, 0), files={"forest.ann": made}))
    run.download("index", "dress", "forest.ann", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"trees"
    scratch = run.scratch
    run.close()
    assert not scratch.exists()


@pytest.mark.parametrize("address", ["nowhere", "file:///tmp/x"])
def test_an_address_that_names_no_run_is_refused(address):
    with pytest.raises(UsageError, match="expected <store>/runs/<run_id>"):
        Run.at(address)


def test_an_unknown_run_is_refused_with_a_way_out(tmp_path):
    with pytest.raises(UsageError, match="enrich run"):
        Run(LocalStore(tmp_path), "2026-11-17-000000000000")


def test_a_table_that_was_never_written_is_missing(run):
    with pytest.raises(ObjectMissing):
        run.table("text", "acme-0000", "claims")


def test_the_address_leads_back_to_the_run(run):
    assert Run.at(run.uri).plan == run.plan


def test_a_failure_may_name_a_file_that_is_no_utf8_and_is_bounded(run):
    run.fail("read", "acme", OSError("feed-\udcff.csv " + "x" * 5_000))
    kept = run.failure("read", "acme")
    assert kept.message.startswith("feed-?.csv x")
    assert len(kept.message) == MESSAGE_LIMIT


def test_a_runs_name_tells_its_night():
    assert night_of(run_id(NIGHT, None, (DROP,), {})) == NIGHT
    for name in ("2026-13-17-0123456789ab", "2026-11-17", "2026-11-17-0123456789ab/", "r1", "²026-11-17-0123456789ab"):
        assert night_of(name) is None


def test_the_worked_examples_of_the_plan_run():
    assert doctest.testmod(plan_room) == (0, 2)

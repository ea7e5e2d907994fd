"""What planning a night says when the vendors' declarations are not where it was told."""

import logging
import os
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from enrichment import stages
from enrichment.config import Settings
from enrichment.publish.layout import SUCCESS, RunKey
from enrichment.runs.run import Run
from enrichment.stages.arrival import arrival
from enrichment.stages.plan import declared, plan_night
from enrichment.stages.steps import STEPS, shards_of
from schemas.errors import DeclarationError, DropError, UsageError
from tests.taxonomy.trees import small

NIGHT = date(2026, 11, 17)
DECLARED = "vendor: acme\nformat: csv\nfiles: [feed.csv]\ncolumns: {sku: Code}\n"


@pytest.fixture
def settings(tmp_path):
    for vendor in ("acme", "stranger"):
        (tmp_path / "drops" / vendor / NIGHT.isoformat()).mkdir(parents=True)
        (tmp_path / "drops" / vendor / NIGHT.isoformat() / "feed.csv").write_text("Code\nA\n")
    (tmp_path / "mine").mkdir()
    return Settings(store=str(tmp_path / "store"), drops=str(tmp_path / "drops"), vendors=str(tmp_path / "mine"))


def test_a_folder_that_declares_no_vendor_is_named(settings, tmp_path):
    with pytest.raises(UsageError, match="no vendor is declared in") as refused:
        plan_night(NIGHT, settings)
    assert str(tmp_path / "mine") in str(refused.value)
    assert "--vendors" in str(refused.value)
    assert not (tmp_path / "store").exists()


def test_a_vendor_nobody_declared_is_told_the_folder_that_was_read(settings, tmp_path, caplog):
    (tmp_path / "mine" / "acme.yaml").write_text(DECLARED)
    with caplog.at_level(logging.ERROR):
        uri = plan_night(NIGHT, settings)
    assert f"declared: acme. Add {tmp_path / 'mine'}/stranger.yaml" in caplog.text
    assert Run.at(uri).plan.refused == ("stranger",)


def test_a_vendor_behind_a_link_is_late_and_told_why(settings, tmp_path, caplog):
    (tmp_path / "mine" / "bolt.yaml").write_text(DECLARED.replace("acme", "bolt"))
    (tmp_path / "drops" / "bolt").symlink_to(tmp_path / "drops" / "acme")
    with caplog.at_level(logging.ERROR):
        uri = plan_night(NIGHT, settings)
    assert "vendor bolt counts as late" in caplog.text
    assert "links are not followed" in caplog.text
    assert Run.at(uri).plan.manifest.missing == ("bolt",)
    assert arrival("bolt", NIGHT, datetime(2026, 11, 18, tzinfo=UTC), replace(settings, settle_seconds=0)) == "late"


def test_a_folder_with_a_name_that_is_no_utf8_stops_nobody(settings, tmp_path):
    (tmp_path / "mine" / "acme.yaml").write_text(DECLARED)
    strange = tmp_path / "drops" / os.fsdecode(b"caf\xe9") / NIGHT.isoformat()
    strange.mkdir(parents=True)
    (strange / "feed.csv").write_text("Code\nA\n")
    plan = Run.at(plan_night(NIGHT, settings)).plan
    assert plan.refused == ("caf\ufffd", "stranger")
    assert [drop.vendor for drop in plan.manifest.drops] == ["acme"]


@pytest.fixture
def broken(settings, tmp_path):
    """Two declared vendors that delivered; the declaration of one has a key that does not exist."""
    shutil.rmtree(tmp_path / "drops" / "stranger")
    shutil.copytree(tmp_path / "drops" / "acme", tmp_path / "drops" / "bolt")
    (tmp_path / "mine" / "acme.yaml").write_text(DECLARED)
    (tmp_path / "mine" / "bolt.yaml").write_text(DECLARED.replace("acme", "bolt") + "colums: {}\n")
    return settings


def test_a_declaration_that_cannot_be_read_leaves_out_its_vendor_and_nobody_else(broken, tmp_path):
    uri = plan_night(NIGHT, broken)
    run = Run.at(uri)
    assert list(run.plan.unread) == ["bolt"]
    assert run.plan.refused == ()
    assert [drop.vendor for drop in run.plan.manifest.drops] == ["acme", "bolt"]
    assert stages.run("read", uri, "acme").units_in == 1
    with pytest.raises(DropError, match="no such key") as left_out:
        stages.run("read", uri, "bolt")
    why = "bolt.yaml:5: colums: no such key (closest: 'columns')"
    told = f"vendor bolt: its declaration cannot be read, so its drop was not: {tmp_path}/mine/{why}"
    assert str(left_out.value).startswith(told)
    # Whoever has no product with a name has no shard, and nobody waits for bolt.
    assert shards_of(run, STEPS["fetch"]) == []
    assert "enrich vendors check bolt" in run.failure("read", "bolt").message


def test_nobody_waits_for_a_vendor_whose_declaration_cannot_be_read(broken, tmp_path):
    assert declared(broken) == ["acme"]
    shutil.rmtree(tmp_path / "drops" / "bolt")
    at = datetime(2026, 11, 17, tzinfo=UTC)
    assert arrival("bolt", NIGHT, at, broken) == "late"
    shutil.rmtree(tmp_path / "drops" / "acme")
    assert arrival("acme", NIGHT, at, broken) == "waiting"
    plan = Run.at(plan_night(NIGHT, broken)).plan
    assert (plan.manifest.missing, list(plan.unread)) == (("acme", "bolt"), ["bolt"])


def test_a_declaration_that_was_mended_makes_another_run_and_leaves_the_planned_one_as_it_is(broken, tmp_path):
    early = plan_night(NIGHT, broken)
    assert plan_night(NIGHT, broken) == early
    (tmp_path / "mine" / "bolt.yaml").write_text("vendor: bolt")
    with pytest.raises(DropError, match=r"was changed since the night was planned.*Run the night again"):
        stages.run("read", early, "bolt")
    uri = plan_night(NIGHT, broken)
    (tmp_path / "mine" / "bolt.yaml").write_text(DECLARED.replace("acme", "bolt"))
    manifest = Run.at(uri).plan.manifest
    Run.at(uri).store.put(f"{RunKey(manifest.night, manifest.run_id).prefix}/{SUCCESS}", b"")
    # Published without the vendor it stays so, whatever was declared since.
    with pytest.raises(DropError, match="Field required"):
        stages.run("read", uri, "bolt")
    again = plan_night(NIGHT, broken)
    assert again not in (uri, early)
    assert stages.run("read", again, "bolt").units_in == 1


def test_a_night_of_which_no_declaration_can_be_read_is_refused(broken, tmp_path):
    (tmp_path / "mine" / "acme.yaml").write_text("vendor: [\n")
    with pytest.raises(DeclarationError, match=r"acme\.yaml: not YAML: .*bolt\.yaml:5: "):
        plan_night(NIGHT, broken)
    assert not (tmp_path / "store").exists()


def test_a_night_with_a_broken_hierarchy_is_refused_with_every_mistake(broken, tmp_path, monkeypatch):
    rule = {"id": "r", "when": {"colour": ["bleu"]}, "node": "women"}
    monkeypatch.setattr("enrichment.stages.plan.taxonomy", lambda: small(rules=[rule]))
    with pytest.raises(DeclarationError, match=r"taxonomy\.yaml: the hierarchy has 2 mistakes") as refused:
        plan_night(NIGHT, broken)
    assert "'bleu' is no value of colour (closest: 'blue')" in str(refused.value)
    assert "sends products to 'women', a division" in str(refused.value)
    assert not (tmp_path / "store").exists()


def test_a_host_that_is_allowed_names_the_run_and_makes_no_product_stale(broken):
    runs = [
        Run.at(plan_night(NIGHT, replace(broken, private_hosts=hosts)))
        for hosts in ((), ("cdn.local",), ("cdn.local", "b.local"), ("b.local", "cdn.local"))
    ]
    names = [run.run_id for run in runs]
    assert len({*names}) == 3
    assert names[2] == names[3]
    assert len({run.plan.versions_hash("acme") for run in runs}) == 1


def test_a_folder_that_nobody_declared_names_the_run_for_it_stands_in_what_is_published(broken, tmp_path):
    alone = plan_night(NIGHT, broken)
    shutil.copytree(tmp_path / "drops" / "acme", tmp_path / "drops" / "stranger")
    beside = plan_night(NIGHT, broken)
    assert beside != alone
    assert (Run.at(alone).plan.refused, Run.at(beside).plan.refused) == ((), ("stranger",))
    (tmp_path / "drops" / "stranger" / NIGHT.isoformat() / "feed.csv").write_text("nobody reads this")
    assert plan_night(NIGHT, broken) == beside
    shutil.rmtree(tmp_path / "drops" / "stranger")
    assert plan_night(NIGHT, broken) == alone

"""What planning a night says when the vendors' declarations are not where it was told."""

import logging
import os
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from enrichment.config import Settings
from enrichment.runs.run import Run
from enrichment.stages.arrival import arrival
from enrichment.stages.plan import plan_night
from schemas.errors import UsageError

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

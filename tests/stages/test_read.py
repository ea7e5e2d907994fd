"""A night reads the drops it was planned with, or stops the vendor whose drop is another by then."""

from datetime import date

import pytest

from enrichment import stages
from enrichment.config import Settings
from enrichment.runs.run import Run
from enrichment.stages import read
from enrichment.stages.plan import plan_night
from enrichment.stages.steps import STEPS, shards_of
from schemas.errors import DropError

NIGHT = date(2026, 11, 17)
DECLARED = "vendor: {}\nformat: csv\nfiles: [feed.csv]\ncolumns: {{sku: Code, name: Name}}\n"
CHANGED = "changed since the night was planned"


def feed(tmp_path, vendor):
    return tmp_path / "drops" / vendor / NIGHT.isoformat() / "feed.csv"


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "mine").mkdir()
    for vendor in ("acme", "bolt", "cold"):
        (tmp_path / "mine" / f"{vendor}.yaml").write_text(DECLARED.format(vendor))
    for vendor in ("acme", "bolt"):
        feed(tmp_path, vendor).parent.mkdir(parents=True)
        feed(tmp_path, vendor).write_text("Code,Name\nA,Red Dress\n")
    return Settings(store=str(tmp_path / "store"), drops=str(tmp_path / "drops"), vendors=str(tmp_path / "mine"))


def test_a_drop_written_over_after_the_plan_stops_its_vendor_alone(settings, tmp_path):
    uri = plan_night(NIGHT, settings)
    feed(tmp_path, "acme").write_text("Code,Name\nB,Blue Dress\n")
    # Who had nothing when the night was planned is late, whatever came since.
    feed(tmp_path, "cold").parent.mkdir(parents=True)
    feed(tmp_path, "cold").write_text("Code,Name\nC,Green Dress\n")
    with pytest.raises(DropError, match=f"drop acme 2026-11-17: {CHANGED}"):
        stages.run("read", uri, "acme")
    assert [stages.run("read", uri, vendor).units_in for vendor in ("bolt", "cold")] == [1, 0]
    run = Run.at(uri)
    assert CHANGED in run.failure("read", "acme").message
    assert shards_of(run, STEPS["fetch"]) == ["bolt-0000"]

    again = plan_night(NIGHT, settings)
    assert again != uri
    assert stages.run("read", again, "acme").units_in == 1
    assert Run.at(again).table("read", "acme", "products-0000")["sku"].to_pylist() == ["B"]


def test_a_drop_written_over_while_it_is_read_stops_its_vendor(settings, tmp_path, monkeypatch):
    uri, whole = plan_night(NIGHT, settings), read.read_drop

    def overtaken(*given, **named):
        yield from whole(*given, **named)
        feed(tmp_path, "acme").write_text("Code,Name\nB,Blue Dress\n")

    monkeypatch.setattr(read, "read_drop", overtaken)
    with pytest.raises(DropError, match=CHANGED):
        stages.run("read", uri, "acme")
    assert Run.at(uri).marker("read", "acme") is None


def test_half_a_file_is_told_as_the_change_it_is(settings, tmp_path):
    uri = plan_night(NIGHT, settings)
    feed(tmp_path, "acme").write_text("Co")
    with pytest.raises(DropError, match=CHANGED):
        stages.run("read", uri, "acme")
    with pytest.raises(DropError, match="missing column"):
        stages.run("read", plan_night(NIGHT, settings), "acme")

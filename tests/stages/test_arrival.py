"""When a drop has arrived: never while something in its folder is still being written, moved or renamed."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from enrichment.config import Settings
from enrichment.stages.arrival import arrival

SETTLE = 30
# Files are written now, so the night is one whose deadline lies ahead.
NIGHT = (datetime.now(UTC) + timedelta(days=1)).date()
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC).timestamp()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "acme.yaml").write_text(
        "vendor: acme\nformat: csv\nfiles: [feed.csv]\ncolumns: {sku: Code}\ndeadline_minutes: 90\n"
    )
    folder = tmp_path / "drops" / "acme" / NIGHT.isoformat()
    folder.mkdir(parents=True)
    return folder


def state(folder, seconds=0.0, settle=SETTLE):
    """Ask ``seconds`` from now."""
    root = folder.parents[2]
    settings = Settings(drops=str(root / "drops"), vendors=str(root / "mine"), settle_seconds=settle)
    return arrival("acme", NIGHT, datetime.now(UTC) + timedelta(seconds=seconds), settings)


def test_a_drop_arrives_once_it_has_been_still(folder):
    assert state(folder, SETTLE + 1) == "waiting"
    (folder / "feed.csv").write_text("Code\nA\n")
    assert state(folder, SETTLE - 5) == "waiting"
    assert state(folder, SETTLE + 1) == "arrived"


def test_nobody_is_waited_for_after_the_deadline(folder):
    midnight = datetime(NIGHT.year, NIGHT.month, NIGHT.day, tzinfo=UTC)
    left = (midnight + timedelta(minutes=90) - datetime.now(UTC)).total_seconds()
    assert state(folder, left - 5) == "waiting"
    assert state(folder, left + 5) == "late"
    (folder / "feed.csv").write_text("Code\nA\n")
    assert state(folder, left + 5) == "arrived"


def test_a_file_that_brings_an_old_time_along_is_new_here(folder):
    feed = folder / "feed.csv"
    feed.write_text("Code\nA\n")
    os.utime(feed, (LONG_AGO, LONG_AGO))
    os.utime(folder, (LONG_AGO, LONG_AGO))
    assert state(folder) == "waiting"
    assert state(folder, SETTLE + 1) == "arrived"


@pytest.mark.parametrize("name", [".feed.csv.Ab12", "pictures/.a.jpg.Ab12", ".partial/feed.csv"])
def test_what_is_hidden_is_no_drop(folder, name):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("Code\nA\n")
    assert state(folder, 1, settle=0) == "waiting"


def test_a_link_is_no_drop(folder, tmp_path):
    (tmp_path / "feed.csv").write_text("Code\nA\n")
    (folder / "feed.csv").symlink_to(tmp_path / "feed.csv")
    assert state(folder, 1, settle=0) == "waiting"


def test_an_upload_under_a_hidden_name_is_waited_for(folder):
    (folder / "feed.csv").write_text("Code\nA\n")
    (folder / ".pictures.zip.Ab12").write_text("PK")
    grown = datetime.now(UTC).timestamp() + 600
    os.utime(folder / ".pictures.zip.Ab12", (grown, grown))
    assert state(folder, 600) == "waiting"
    assert state(folder, 600 + SETTLE + 1) == "arrived"


def test_a_file_renamed_between_two_looks_is_not_still(folder, monkeypatch):
    (folder / "feed.csv.part").write_text("Code\nA\n")

    def renamed(path):
        if path.name == "feed.csv.part":
            path.rename(folder / "feed.csv")
        return os.lstat(path)

    monkeypatch.setattr(Path, "lstat", renamed)
    assert state(folder, SETTLE + 1) == "waiting"
    assert state(folder, SETTLE + 1) == "arrived"


def test_a_file_where_the_vendors_folder_should_be_is_no_drop(folder):
    folder.rmdir()
    folder.parent.rmdir()
    folder.parent.write_text("x")
    assert state(folder) == "waiting"


def test_a_vendors_clock_that_is_ahead_holds_nobody_up(folder):
    feed = folder / "feed.csv"
    feed.write_text("Code\nA\n")
    ahead = datetime.now(UTC).timestamp() + 86_400
    os.utime(feed, (ahead, ahead))
    assert state(folder) == "waiting"
    assert state(folder, SETTLE + 1) == "arrived"

from __future__ import annotations

import os
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from enrichment.vendors.drops import (
    UNREADABLE,
    as_planned,
    files_in,
    find_drops,
    fingerprint,
    link_of,
    not_followed,
    unknown_vendor,
)
from schemas.errors import DropError, Terminal
from schemas.records import VendorDrop
from tests.vendors import golden

NIGHT = date(2026, 11, 17)


def deliver(drops: Path, vendor: str, night: str = "2026-11-17", **files: str) -> Path:
    folder = drops / vendor / night
    folder.mkdir(parents=True)
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return folder


def test_found_missing_and_unknown(tmp_path: Path) -> None:
    specs = {name: golden.spec("csv", vendor=name) for name in ("acme", "late", "empty", "other")}
    folder = deliver(tmp_path, "acme", feed="x")
    deliver(tmp_path, "empty")
    deliver(tmp_path, "other", night="2026-11-18", feed="x")
    deliver(tmp_path, "stranger", feed="x")
    deliver(tmp_path, ".hidden", feed="x")
    (tmp_path / "truth.parquet").write_text("x")
    (tmp_path / "linked").symlink_to(tmp_path / "acme")
    found, missing, unknown = find_drops(tmp_path, NIGHT, specs)
    assert [(d.vendor, d.night, d.uri) for d in found] == [("acme", NIGHT, folder.resolve().as_uri())]
    assert missing == ["empty", "late", "other"]
    assert unknown == ["stranger"]


def test_no_folder_at_all(tmp_path: Path) -> None:
    assert find_drops(tmp_path / "absent", NIGHT, {"acme": golden.spec("csv")}) == ([], ["acme"], [])


def test_unknown_vendor_says_the_way_out() -> None:
    error = unknown_vendor(
        "stranger\x1b[0m" + "x" * 500, {"b": golden.spec("csv"), "a": golden.spec("csv")}, "schemas/vendors"
    )
    assert isinstance(error, Terminal)
    assert "Add schemas/vendors/stranger" in str(error)
    assert "declared: a, b" in str(error)
    assert str(error).isprintable()
    assert len(str(error)) < 400


def test_fingerprint_is_names_and_bytes(tmp_path: Path) -> None:
    one = fingerprint(deliver(tmp_path, "one", feed="x", pictures__a="y"))
    assert fingerprint(deliver(tmp_path, "same", pictures__a="y", feed="x")) == one
    assert fingerprint(deliver(tmp_path, "bytes", feed="x", pictures__a="z")) != one
    assert fingerprint(deliver(tmp_path, "name", feed="x", pictures__b="y")) != one
    assert fingerprint(deliver(tmp_path, "moved", feed="x", a="y")) != one


def test_the_same_drop_has_the_same_fingerprint_and_another_night_does_not_matter(tmp_path: Path) -> None:
    specs = {"acme": golden.spec("csv", vendor="acme")}
    deliver(tmp_path, "acme", feed="x")
    deliver(tmp_path, "acme", night="2026-11-18", feed="x")
    prints = {find_drops(tmp_path, night, specs)[0][0].fingerprint for night in (NIGHT, date(2026, 11, 18), NIGHT)}
    assert len(prints) == 1
    assert len(prints.pop()) == 64


@pytest.mark.parametrize("night", [date(2026, 11, 16), date(2026, 11, 19)])
def test_drop_dates_are_not_off_by_a_day(tmp_path: Path, night: date) -> None:
    deliver(tmp_path, "acme", feed="x")
    assert find_drops(tmp_path, night, {"acme": golden.spec("csv", vendor="acme")})[1] == ["acme"]


def test_a_drop_behind_a_link_is_not_followed_and_said_to_be_so(tmp_path: Path) -> None:
    drops = tmp_path / "drops"
    deliver(tmp_path / "elsewhere", "acme", feed="x")
    drops.mkdir()
    (drops / "acme").symlink_to(tmp_path / "elsewhere" / "acme")
    (drops / "bolt").mkdir()
    (drops / "bolt" / "2026-11-17").symlink_to(tmp_path / "elsewhere" / "acme" / "2026-11-17")
    specs = {name: golden.spec("csv", vendor=name) for name in ("acme", "bolt", "cold")}
    assert find_drops(drops, NIGHT, specs) == ([], ["acme", "bolt", "cold"], [])
    assert [link_of(drops, name, NIGHT) for name in specs] == [drops / "acme", drops / "bolt" / "2026-11-17", None]
    assert "acme is a link, and links are not followed" in str(not_followed(drops / "acme"))


def test_an_undeclared_folder_may_have_any_name_and_is_told_readably(tmp_path: Path) -> None:
    for name in (b"caf\xe9", b"caf\xea", b"red\x1b[0m", b"x" * 200):
        deliver(tmp_path, os.fsdecode(name), feed="x")
    unknown = find_drops(tmp_path, NIGHT, {})[2]
    assert unknown == ["caf\ufffd", "red\ufffd[0m", "x" * 79 + "…"]


def planned(folder: Path) -> VendorDrop:
    return VendorDrop("acme", NIGHT, folder.as_uri(), fingerprint(folder))


def test_a_drop_that_holds_what_was_planned_is_read(tmp_path: Path) -> None:
    folder = deliver(tmp_path, "acme", feed="x", pictures__a="y")
    drop, read = planned(folder), []
    with as_planned(drop, folder):
        read.append((folder / "feed").read_text())
    assert read == ["x"]
    with pytest.raises(DropError, match="no header"), as_planned(drop, folder):
        raise DropError("no header")


@pytest.mark.parametrize("name", ["feed", "pictures/a", "pictures/b"])
@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_a_drop_that_changed_since_it_was_planned_is_refused(tmp_path: Path, name: str, when: str) -> None:
    folder = deliver(tmp_path, "acme", feed="x", pictures__a="y")
    drop = planned(folder)
    if when == "before":
        (folder / name).write_text("z")
    told = r"acme 2026-11-17: changed since the night was planned.*run the night again"
    with pytest.raises(DropError, match=told), as_planned(drop, folder):
        (folder / name).write_text("z")


def test_a_drop_that_changed_is_told_so_whatever_it_broke(tmp_path: Path) -> None:
    folder = deliver(tmp_path, "acme", feed="x")
    drop = planned(folder)
    (folder / "feed").unlink()
    with pytest.raises(DropError, match="changed since"), as_planned(drop, folder):
        (folder / "feed").read_text()
    folder.rmdir()
    with pytest.raises(DropError, match="changed since"), as_planned(drop, folder):
        pass


def test_a_file_that_vanishes_while_it_is_hashed_is_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = deliver(tmp_path, "acme", feed="x")
    drop, opened = planned(folder), Path.open

    def vanishing(path: Path, *how: str) -> object:
        path.unlink()
        return opened(path, *how)

    monkeypatch.setattr(Path, "open", vanishing)
    with pytest.raises(DropError, match="changed since"), as_planned(drop, folder):
        pass


def test_a_file_that_vanishes_while_the_night_is_planned_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    specs = {name: golden.spec("csv", vendor=name) for name in ("acme", "bolt")}
    for vendor in specs:
        deliver(tmp_path, vendor, feed="x")
    opened = Path.open

    def vanishing(path: Path, *how: str) -> object:
        if "acme" in path.parts:
            path.unlink()
        return opened(path, *how)

    monkeypatch.setattr(Path, "open", vanishing)
    found, missing, _ = find_drops(tmp_path, NIGHT, specs)
    assert [(drop.vendor, drop.fingerprint == UNREADABLE) for drop in found] == [("acme", True), ("bolt", False)]
    assert missing == []


def test_folders_nested_without_end_stop_nobody(tmp_path: Path) -> None:
    folder = deliver(tmp_path, "acme", feed="x")
    nested = [Path(folder, *"d" * depth) for depth in range(1, 1_100)]
    for path in nested:
        path.mkdir()
    (nested[-1] / "a").write_text("y")
    try:
        assert [path.name for path in files_in(folder)] == ["a", "feed"]
        assert len(find_drops(tmp_path, NIGHT, {"acme": golden.spec("csv", vendor="acme")})[0]) == 1
    finally:
        # Whoever clears up after the tests goes down by recursion too.
        (nested[-1] / "a").unlink()
        for path in reversed(nested):
            path.rmdir()


def test_what_is_yielded_names_each_file_with_its_hash(tmp_path: Path) -> None:
    folder = deliver(tmp_path, "acme", feed="x", pictures__a="y")
    with as_planned(planned(folder), folder) as files:
        assert files == {}
    assert files == {name: sha256(data).hexdigest() for name, data in (("feed", b"x"), ("pictures/a", b"y"))}

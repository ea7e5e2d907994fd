from __future__ import annotations

import pytest

from enrichment.vendors.separators import PathSeparator
from schemas.vendor_spec import PathColumn


def told(cells: list[object], separator: str | None = "/", levels: tuple[str, ...] = ("division", "class")) -> str:
    watch = PathSeparator(PathColumn(column="Kategorie", separator=separator, levels=levels))
    for cell in cells:
        watch.see(cell)
    return " ".join(notice.excerpt for notice in watch.notices())


def test_most_paths_hold_another_separator() -> None:
    found = told(["Women > Tops", "Men > Hats", "Kids", None, ""])
    assert found == "declared is '/', in 0 of 3 paths; 2 hold '>': 'Women > Tops'"
    assert told(["Women > Tops", "Men > Hats"], separator=None).startswith("declared is no separator")


@pytest.mark.parametrize(
    "cells",
    [
        ["Women/Tops", "Women > Tops"],
        ["Women", "Men", "Kids > Hats"],
        ["Women", "Men"],
        [["Women", "Tops > Tees"], ["Men > Hats"]],
        [],
    ],
)
def test_nothing_is_amiss(cells: list[object]) -> None:
    assert told(cells) == ""


def test_a_mark_within_a_name_does_not_hide_it() -> None:
    assert "40 hold '>'" in told(["Women > Tops"] * 40 + ["Women / Men"] * 2)


def test_a_path_of_one_level_needs_no_separator() -> None:
    assert told(["Women > Tops"], levels=("class",)) == ""
    PathSeparator(None).see("Women > Tops")

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from enrichment.vendors.dead_paths import DeadPaths
from enrichment.vendors.port import Refusal
from schemas.errors import DropError
from tests.vendors import golden

ROW = {
    "id": "1",
    "media": [{"url": "a.jpg", "kind": "front"}, {"url": "b.jpg"}],
    "attrs": {"colour": "Red", "season": None},
    "crumbs": ["Men"],
    "offer": {"price": {"amount": "5"}},
    "none": None,
    "empty": [],
    "a.b": "dotted",
}


def seen(column: str, rows: Iterable[dict[str, object]], **more: object) -> list[Refusal]:
    columns = {"sku": "id", "name": column, **more}
    paths = DeadPaths(golden.spec("jsonl", columns=columns, attributes={}))
    for row in rows:
        paths.see(row)
    return paths.notices()


@pytest.mark.parametrize(
    "column",
    ["media[*].url", "media[1].url", "media[*].kind", "attrs.season", "offer.price.amount", "a.b", "crumbs[0]"],
)
def test_a_path_that_one_row_has_is_alive(column: str) -> None:
    others: list[dict[str, object]] = [{"id": "2", "attrs": {}, "media": [{}], "offer": {}}] * 50
    assert seen(column, [*others, ROW, *others]) == []


@pytest.mark.parametrize("column", ["none.x", "empty[*].url", "crumbs[3]", "media[7].url", "absent.x"])
def test_what_is_empty_everywhere_says_nothing(column: str) -> None:
    # That a first key is nowhere at all is found by the reader.
    assert seen(column, [ROW | {"absent": None}] * 50) == []


@pytest.mark.parametrize(
    ("column", "closest"),
    [
        ("media[*].uri", "media[*].url"),
        ("media.url", "media[*].url"),
        ("attrs.color", "attrs.colour"),
        ("offer.prise.amount", "offer.price.amount"),
        ("attrs[*].colour", "attrs.colour"),
    ],
)
def test_a_dead_path_is_a_notice_in_few_rows_and_stops_the_vendor_in_many(column: str, closest: str) -> None:
    (notice,) = seen(column, [ROW] * 19)
    told = f"{column!r} leads nowhere in any of 19 rows (closest: {closest!r})"
    assert (notice.reason, notice.column, notice.excerpt) == ("column_absent", column, told)
    with pytest.raises(DropError, match=re.escape(f"missing column: {column!r} leads nowhere in any of 20 rows")):
        seen(column, [ROW] * 20)
    assert seen(column, [ROW] * 20, optional=[column]) == []


def test_a_key_that_a_vendor_leaves_out_for_want_of_values_is_never_more_than_a_notice() -> None:
    rows: list[dict[str, object]] = [{"id": "1", "attrs": {"material": "Cotton", "colour_2": "Red"}}] * 500
    assert [notice.column for notice in seen("attrs.pattern", rows)] == ["attrs.pattern"]
    assert [notice.column for notice in seen("attrs.colour_1", rows, description="attrs.colour_2")] == [
        "attrs.colour_1"
    ]


def test_rows_in_which_the_way_is_empty_prove_nothing() -> None:
    (notice,) = seen("attrs.color", [ROW] + [ROW | {"attrs": None}] * 500)
    assert "any of 1 rows" in notice.excerpt


def test_where_nothing_is_near_what_is_there_is_shown_and_kept_few() -> None:
    rows: list[dict[str, object]] = [{"id": "1", "attrs": {f"k{n}_{m}": 1 for m in range(50)}} for n in range(10)]
    (notice,) = seen("attrs.colour", rows)
    assert "found there: attrs.k0_0, attrs.k0_1" in notice.excerpt
    assert len(notice.excerpt) <= 160
    assert "closest" not in seen("attrs.x", [{"id": "1", "attrs": "none"}])[0].excerpt

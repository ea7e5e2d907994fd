from __future__ import annotations

import pytest

from enrichment.taxonomy.claims import FieldReader
from enrichment.taxonomy.unknown import ColumnCheck
from schemas.attribute_spec import attributes
from tests.taxonomy.trees import declared_tree


@pytest.fixture(scope="module")
def check() -> ColumnCheck:
    return ColumnCheck(declared_tree(), FieldReader(attributes()), placeholders=["wie besehen", "\u7121"])


@pytest.mark.parametrize("text", ["crimsonn", "Zorgon", "\u7ea2\u8272", "rosso"])
def test_a_colour_that_nothing_knows_is_unknown(check: ColumnCheck, text: str) -> None:
    assert check.unknown("colour", text)


@pytest.mark.parametrize(
    "text", ["Navy Blue", "Matte Navy Blue", "red/zorgon", "", "  ", "--", "DEF", "Wie besehen", "?!", "\u7121 "]
)
def test_what_is_read_in_part_or_says_nothing_is_not(check: ColumnCheck, text: str) -> None:
    assert not check.unknown("colour", text)


def test_a_season_that_is_none_of_ours_is_counted_and_a_dated_one_is_not(check: ColumnCheck) -> None:
    assert check.unknown("season", "Resort 27")
    assert check.unknown("season", "Cruise")
    assert not check.unknown("season", "26FW")
    assert check.nearest("season", "Wintr 2026") == "winter"


def test_columns_without_a_closed_list_know_everything(check: ColumnCheck) -> None:
    for column in ("price", "brand", "whatever"):
        assert not check.checks(column)
        assert not check.unknown(column, "Zorgon")


def test_type_and_gender_columns_are_read_as_the_hierarchy_reads_them(check: ColumnCheck) -> None:
    assert check.checks("article_type")
    assert check.checks("gender")
    assert not check.unknown("article_type", "Ladies Day Dress")
    assert not check.unknown("gender", "Womens")
    assert check.unknown("article_type", "Flurbles")
    assert check.unknown("gender", "Martian")


def test_the_nearest_known_value_is_named(check: ColumnCheck) -> None:
    assert check.nearest("colour", "Navvy Blu") == "navy_blue"
    assert check.nearest("colour", "Crimsonn") == "crimson (red)"
    assert check.nearest("article_type", "Tshirtts") == "Tshirts"
    assert check.nearest("gender", "womenn") == "women"
    assert check.nearest("colour", "qqqqqqqq") is None
    assert check.nearest("colour", "\u7ea2\u8272") is None
    assert check.nearest("colour", "red " * 500) is None

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrichment.taxonomy.filing import Reader, filed_levels, read_filing
from schemas.records import LEVELS, LevelState, Product
from tests.taxonomy.trees import declared_tree

_MARKS = {
    "a": LevelState.ABSENT,
    "b": LevelState.BLANK,
    "p": LevelState.PLACEHOLDER,
    "r": LevelState.REPEATED,
    "s": LevelState.SHIFTED,
    "y": LevelState.SYNONYM,
    "u": LevelState.UNKNOWN,
    "=": LevelState.RIGHT,
}


@pytest.mark.parametrize(
    ("levels", "states", "types"),
    [
        (("Women", "DEF", "Dresses & Skirts", "DEF", None), "=pypa", {"Dresses", "Skirts"}),
        (("Women", "Clothing", "Clothing", "Day Dresses", None), "==rya", {"Dresses"}),
        (("Women", "Clothing", "Sarees", "Sarees", None), "====a", {"Sarees"}),
        (("WOMENS", "Apparel", "Tops", "T-Shirts", None), "yy==a", {"Tshirts"}),
        (("Men", "Apparel", "Clothing", "N/A", None), "=yrpa", None),
        (("Clothing", "Tops", "T-Shirts", "", None), "sssba", {"Tshirts"}),
        (("Women", "Women", "Shoes", "Heels", None), "=rssa", {"Heels"}),
        (("DEF", "Clothing", "Sarees", "Sarees", None), "p===a", {"Sarees"}),
        (("Men", None, None, "Sports Shoes", None), "=aa=a", {"Sports Shoes"}),
        (("Unisex", None, None, "Basketballs", None), "=aaua", {"Basketballs"}),
        ((None, None, None, None, None), "aaaaa", set()),
        (("", " ", "-", "Misc", "???"), "bbppp", set()),
        (("Men", "Zyx", "Zyx", "Zyxgrol", None), "=urua", set()),
        (("Kids", "Shoes", "Flip Flops", "Flip Flops", None), "====a", {"Flip Flops"}),
        (("Men", "Shoes", "Footwear", "DEF", None), "==rpa", None),
    ],
)
def test_levels_are_seen_as_what_they_are(levels: tuple[str | None, ...], states: str, types: set[str] | None) -> None:
    filing = read_filing(levels, declared_tree())
    assert [str(s) for s in filing.states] == [str(_MARKS[mark]) for mark in states]
    if types is not None:
        assert set(filing.types) == types


def test_a_lone_department_in_the_class_column_is_put_where_it_belongs() -> None:
    filing = read_filing(("Women", "DEF", "Clothing", "DEF", None), declared_tree())
    assert filing.states[2] is LevelState.SHIFTED
    assert filing.values == ("Women", "Clothing", None, None, None)
    assert filing.genders == ("women",)
    assert filing.depth == 1
    assert "Dresses" in filing.types
    assert "Heels" not in filing.types


def test_contradicting_columns_are_recognised() -> None:
    tree = declared_tree()
    assert read_filing(("Women", "Shoes", "Dresses", "Dresses", None), tree).contradictory
    assert read_filing(("Women", "Mens Shoes", "DEF", "DEF", None), tree).contradictory
    assert not read_filing(("Women", "Clothing", "Dresses", "Dresses", None), tree).contradictory


def test_what_has_no_place_contradicts_none() -> None:
    filing = read_filing(("Women", "Clothing", "Tops", "Shrug", None), declared_tree())
    assert filing.types == ("Shrug",)
    assert not filing.contradictory


def test_a_vendors_own_placeholder_counts_for_that_vendor_alone() -> None:
    levels = ("Women", "Clothing", "Bucket 9", "", None)
    assert Reader(declared_tree(), ["bucket 9"]).read(levels).states[2] is LevelState.PLACEHOLDER
    assert Reader(declared_tree()).read(levels).states[2] is LevelState.UNKNOWN


@pytest.mark.parametrize(
    ("levels", "states"),
    [
        (("Женщинам", "Одежда", "Платья", "Платья 2", None), "uuuua"),
        (("Women", "\u5973\u88dd", "Dresses", "\u2014", None), "=u=pa"),
        (("Γυναίκες", "ΚΑΝΈΝΑ", "κανένα ", "DEF", "..."), "upppp"),
    ],
)
def test_levels_in_another_script_are_unknown_and_no_placeholders(levels: tuple[str | None, ...], states: str) -> None:
    filing = Reader(declared_tree(), ["Κανένα", "--"]).read(levels)
    assert [str(s) for s in filing.states] == [str(_MARKS[mark]) for mark in states]


def test_type_and_gender_columns_stand_in_for_absent_levels() -> None:
    nothing: tuple[None, ...] = (None,) * 5
    product = Product("k", "1", (1,), levels=nothing, fields={"gender": "Women", "Product Type": "Heels"})
    assert filed_levels(product) == ("Women", None, None, "Heels", None)
    own = Product("k", "1", (1,), levels=("Men", None, "Tops", None, None), fields=product.fields)
    assert filed_levels(own) == own.levels
    assert Reader(declared_tree()).read_product(product).types == ("Heels",)


_text = st.one_of(
    st.none(),
    st.sampled_from(["", "DEF", "Women", "Clothing", "Shoes", "Tops", "T-Shirts", "Sarees", "Apparel", "Boys & Girls"]),
    st.text(max_size=30),
)


@given(st.tuples(_text, _text, _text, _text, _text))
@settings(max_examples=150, deadline=None)
def test_any_filing_can_be_read(levels: tuple[str | None, ...]) -> None:
    tree = declared_tree()
    filing = read_filing(levels, tree)
    assert len(filing.states) == len(filing.nodes) == len(filing.values) == len(LEVELS)
    assert set(filing.types) <= set(tree.types)
    for text, state in zip(levels, filing.states, strict=True):
        assert (text is None) == (state is LevelState.ABSENT)
        if text is not None and not text.strip():
            assert state is LevelState.BLANK
    path = [value for value in filing.values[1:4] if value is not None]
    assert not path or filing.values[1] is None or tree.is_path(("Women", *path))

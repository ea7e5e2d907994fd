from __future__ import annotations

import dataclasses
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrichment.stages.judges import judged
from enrichment.vendors.product_tables import (
    content_hash,
    problems_table,
    products_from_table,
    products_table,
    withdrawn_table,
)
from schemas.records import ProblemReason, Product, RowProblem
from schemas.tables import PRODUCTS, ROW_PROBLEMS, WITHDRAWN

NIGHT = date(2026, 11, 17)
PRODUCT = Product(
    vendor="v",
    sku="A-1",
    rows=(1, 2),
    name="Tee",
    description="Soft",
    levels=("Women", "", None, "DEF", None),
    fields={"colour": "Red", "brand": "B"},
    sizes=("S", "M"),
    images=("a.jpg",),
)
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "tee"},
        {"description": ""},
        {"levels": ("Women", None, None, "DEF", None)},
        {"fields": {"colour": "Red"}},
        {"images": ("a.jpg", "b.jpg")},
        {"sku": "A-2"},
        {"vendor": "w"},
    ],
)
def test_content_hash_sees_content(change: dict[str, object]) -> None:
    assert content_hash(dataclasses.replace(PRODUCT, **change), judged) != content_hash(PRODUCT, judged)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"rows": (7,)},
        {"sizes": ("M", "S")},
        {"fields": {"brand": "B", "colour": "Red"}},
        {"sizes": ("S",)},
        {"fields": {**PRODUCT.fields, "price": "9.90"}},
    ],
)
def test_content_hash_is_blind_to_order_rows_and_what_is_carried_along(change: dict[str, object]) -> None:
    assert content_hash(dataclasses.replace(PRODUCT, **change), judged) == content_hash(PRODUCT, judged)  # type: ignore[arg-type]


def test_content_hash_does_not_drift() -> None:
    expected = "deb1807a"
    assert content_hash(PRODUCT, judged)[:8] == expected


@settings(max_examples=50, deadline=None, derandomize=True)
@given(
    st.lists(
        st.builds(
            Product,
            vendor=st.just("v"),
            sku=text.filter(lambda t: bool(t.strip())),
            rows=st.lists(st.integers(1, 9), min_size=1, max_size=3).map(tuple),
            name=text,
            description=text,
            levels=st.tuples(*[st.none() | text] * 5),
            fields=st.dictionaries(text, text, max_size=3),
            sizes=st.lists(text, max_size=2).map(tuple),
            images=st.lists(text, max_size=2).map(tuple),
        ),
        max_size=4,
    )
)
def test_products_come_back(products: list[Product]) -> None:
    table = products_table(products, NIGHT, judged)
    assert table.schema.equals(PRODUCTS)
    assert products_from_table(table) == products
    assert table["night"].to_pylist() == [NIGHT] * len(products)


def test_problem_and_withdrawn_tables() -> None:
    problem = RowProblem("v", NIGHT, 3, None, "read", ProblemReason.SKU_MISSING, "Code", "x", True)
    table = problems_table([problem])
    assert table.schema.equals(ROW_PROBLEMS)
    assert table.to_pylist()[0]["reason"] == "sku_missing"
    gone = withdrawn_table("v", [("A", (1, 2)), ("B", ())], NIGHT)
    assert gone.schema.equals(WITHDRAWN)
    assert gone["rows"].to_pylist() == [[1, 2], []]
    assert problems_table([]).num_rows == withdrawn_table("v", [], NIGHT).num_rows == 0

"""A suggestion for a column of whole paths is one that the vendor's own declaration reads back as our path."""

from __future__ import annotations

from typing import Any

import pytest

from enrichment.review.feedback import vendor_feedback
from enrichment.vendors.drafts import Draft, RowMap
from schemas.vendor_spec import VendorSpec
from tests.review.test_handover import placed, published, rows_of

SENT = "Women > Clothing > DEF"
OURS = ("Women", "Clothing", "Dresses", None, None)
SEEN = ["right", "right", "placeholder"]


def spec_of(separator: str, levels: str) -> VendorSpec:
    path = {"column": "cat", "separator": separator, "levels": levels.split()}
    columns = {"sku": "id", "name": "title", "path": path}
    given = {"vendor": "alpine", "format": "csv", "files": ["a.csv"], "columns": columns}
    return VendorSpec.model_validate(given)


def feedback(spec: VendorSpec, **more: Any) -> dict[str, str]:
    product = placed("1", SEEN, vendor_department="Clothing", **more)
    return rows_of(vendor_feedback(spec, published(product)))[0]


def read_back(spec: VendorSpec, cell: str) -> tuple[str | None, ...]:
    read = RowMap(spec).draft({"id": "1", "title": "dress", "cat": cell}, "1")
    assert isinstance(read, Draft)
    return read.levels


@pytest.mark.parametrize("separator", [">", " > ", "|", "/"])
def test_a_suggested_path_is_read_back_as_ours(separator: str) -> None:
    spec = spec_of(separator, "division department class")
    row = feedback(spec)
    assert row["cat"] == SENT.replace(">", separator)
    assert read_back(spec, row["suggested cat"]) == OURS


@pytest.mark.parametrize("levels", ["skip division department class", "division skip class", "division class skip"])
def test_of_a_path_with_skipped_parts_nothing_is_suggested_or_called_sent(levels: str) -> None:
    spec = spec_of(">", levels)
    row = feedback(spec)
    read = SENT if "department" in levels else "Women > DEF"
    assert list(row) == ["id", "title", "read from cat", "our path", "reason", "question"]
    assert (row["read from cat"], row["our path"]) == (read, "Women / Clothing / Dresses")
    # What used to be suggested for a leading part that is skipped would have lost the division to it.
    if levels.startswith("skip"):
        assert read_back(spec, "Women > Clothing > Dresses") != OURS


def test_a_name_that_holds_the_separator_makes_no_suggestion() -> None:
    levels = "division department class subclass"
    row = feedback(spec_of("-", levels), subclass="T-Shirts")
    assert (row["suggested cat"], row["our path"]) == ("", "Women / Clothing / Dresses / T-Shirts")
    assert feedback(spec_of(">", levels), subclass="T-Shirts")["suggested cat"].endswith("> T-Shirts")

"""Values of mapped vendor columns that nothing knows, counted: one problem a value, bounded whatever a drop brings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.stages.judges import tree
from enrichment.taxonomy.claims import FieldReader
from enrichment.taxonomy.unknown import ColumnCheck
from schemas.attribute_spec import attributes
from schemas.records import ProblemReason, RowProblem, bounded
from schemas.vendor_spec import VendorSpec

STAGE = "decide"
MOST_VALUES = 40
_SHOWN = 60
_PAIRS = pa.list_(pa.struct([pa.field("key", pa.string(), nullable=False), pa.field("value", pa.string())]))


@dataclass(frozen=True, slots=True)
class _Seen:
    """A value of a column: how many products have it, and the first of them."""

    name: str
    value: str
    products: int
    row: int
    sku: str


def unknown_values(spec: VendorSpec, sent: pa.Table, night: date) -> list[RowProblem]:
    """Return the problems of one vendor's products in ``sent`` (PRODUCTS of the drops of ``night``).

    Each column names its ``MOST_VALUES`` most frequent unknown values, one problem each at the first product that
    has it, with their number and the nearest known value; one more problem counts the rest. No row is quarantined:
    the product stays, it only lacks this claim.
    """
    check = ColumnCheck(tree(), FieldReader(attributes()), spec.placeholders)
    mine = sent.filter(pc.equal(sent["vendor"], spec.vendor))
    named = [name for name in spec.attributes if check.checks(name)]
    columns: dict[str, list[_Seen]] = defaultdict(list)
    for seen in _values(mine, named):
        if check.unknown(seen.name, seen.value):
            columns[seen.name].append(seen)
    return [
        RowProblem(
            *(spec.vendor, night, row, sku, STAGE, ProblemReason.VALUE_UNKNOWN),
            *(spec.attributes[name].column, bounded(told), False),
        )
        for name in sorted(columns)
        for row, sku, told in _told(check, columns[name])
    ]


def _values(products: pa.Table, names: list[str]) -> Iterator[_Seen]:
    """Yield each distinct value of the named columns once, with its number and its first product."""
    pairs = products["fields"].combine_chunks().cast(_PAIRS)
    at, flat = pc.list_parent_indices(pairs), pc.list_flatten(pairs)
    first_row = pc.list_element(products["rows"].combine_chunks(), 0)
    cells = pa.table(
        {
            "name": pc.struct_field(flat, "key"),
            "value": pc.struct_field(flat, "value"),
            "row": first_row.take(at),
            "sku": products["sku"].combine_chunks().take(at),
        }
    )
    cells = cells.filter(pc.is_in(cells["name"], pa.array(names, pa.string()))).sort_by("row")
    asked = [("row", "first"), ("sku", "first"), ("row", "count")]
    # One thread: "first" is by row number, not by whichever part of the table came first.
    for row in cells.group_by(["name", "value"], use_threads=False).aggregate(asked).to_pylist():
        yield _Seen(row["name"], row["value"] or "", row["row_count"], row["row_first"], row["sku_first"])


def _told(check: ColumnCheck, found: list[_Seen]) -> Iterator[tuple[int, str | None, str]]:
    """Yield row, sku and excerpt of each problem of one column, the most frequent value first."""
    found = sorted(found, key=lambda seen: (-seen.products, seen.value))
    for seen in found[:MOST_VALUES]:
        near = check.nearest(seen.name, seen.value)
        closest = f"; closest: {bounded(near, _SHOWN)}" if near else ""
        yield seen.row, seen.sku, f"{bounded(seen.value, _SHOWN)!r} in {_products(seen.products)}{closest}"
    if rest := found[MOST_VALUES:]:
        first = min(rest, key=lambda seen: seen.row)
        yield first.row, None, f"{len(rest)} more unknown values in {_products(sum(seen.products for seen in rest))}"


def _products(count: int) -> str:
    return f"{count} product" if count == 1 else f"{count} products"

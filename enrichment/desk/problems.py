"""Which rows and pictures of a published night were refused, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.publish.read import Published, read_file, read_table
from enrichment.runs.parquet import from_parquet
from enrichment.stores.port import Store
from schemas.errors import UsageError
from schemas.records import WHOLE_DROP, ProblemReason, bounded
from schemas.sheet import closest
from schemas.tables import ROW_PROBLEMS
from schemas.ways_out import WAY_OUT

FILE = "report/row_problems.parquet"
_EXCERPT = 80
_KNOWN = 1_000


def require_vendor(store: Store, published: Published, vendor: str) -> None:
    """Refuse a vendor that the run neither heard of nor has a product of; ``UsageError`` names those it knows."""
    told = published.manifest["vendors"]
    if vendor in told:
        return
    # One whose declaration was taken away is not told of any more, and its products stay.
    known = {*told, *read_table(store, published, "products")["vendor"].unique().to_pylist()}
    if vendor not in known:
        raise UsageError(
            f"vendor {bounded(vendor, _EXCERPT)!r} is not in run {published.run_id}{closest(vendor, known)}; "
            f"known there: {bounded(', '.join(sorted(known)), _KNOWN)}. Name one of them, or leave --vendor out."
        )


def problems_of(store: Store, published: Published, vendor: str | None = None, sku: str | None = None) -> pa.Table:
    """Return the run's ROW_PROBLEMS, of one vendor or sku where named: whole drops first, then refused rows.

    A run without such a file has none.
    """
    if FILE not in published.manifest["files"]:
        return ROW_PROBLEMS.empty_table()
    table = from_parquet(read_file(store, published, FILE))
    for column, wanted in (("vendor", vendor), ("sku", sku)):
        if wanted is not None:
            table = table.filter(pc.equal(table[column], wanted))
    refused = pc.if_else(pc.fill_null(table["quarantined"], False), 1, 2)
    rank = pc.if_else(pc.fill_null(pc.equal(table["row"], WHOLE_DROP), False), 0, refused)
    order = [(name, "ascending") for name in ("rank", "vendor", "row")]
    return table.take(pc.sort_indices(table.append_column("rank", rank), sort_keys=order))


def noticed(problem: Mapping[str, Any]) -> str:
    """Say in a line what is amiss with a drop as a whole, and the way out."""
    told = f"{problem['reason'].replace('_', ' ')}, column {bounded(problem['column'], _EXCERPT)}: {problem['excerpt']}"
    return f"{told}. {WAY_OUT[ProblemReason(problem['reason'])]}."


def worded(problem: Mapping[str, Any]) -> str:
    """Say one problem in a line.

    >>> worded({"sku": "A-1", "quarantined": True, "reason": "name_missing", "row": 8, "excerpt": "A-1"})
    'refused: name missing, row 8'
    >>> worded({"sku": "A-1", "quarantined": False, "reason": "picture_missing", "row": 8, "excerpt": "a.jpg"})
    "picture missing, row 8 ('a.jpg')"
    """
    refused = "refused: " if problem["quarantined"] else ""
    told = problem["excerpt"] not in ("", problem["sku"])
    excerpt = f" ({bounded(problem['excerpt'], _EXCERPT)!r})" if told else ""
    return f"{refused}{str(problem['reason']).replace('_', ' ')}, row {problem['row']}{excerpt}"

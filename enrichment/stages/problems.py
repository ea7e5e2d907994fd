"""Which rows and pictures of a published night were refused, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.publish.read import Published, read_file
from enrichment.runs.parquet import from_parquet
from enrichment.stores.port import Store
from schemas.records import bounded
from schemas.tables import ROW_PROBLEMS

FILE = "report/row_problems.parquet"
_EXCERPT = 80


def problems_of(store: Store, published: Published, vendor: str | None = None, sku: str | None = None) -> pa.Table:
    """Return the run's ROW_PROBLEMS, refused rows first, of one vendor or sku where named.

    A run without such a file has none.
    """
    if FILE not in published.manifest["files"]:
        return ROW_PROBLEMS.empty_table()
    table = from_parquet(read_file(store, published, FILE))
    for column, wanted in (("vendor", vendor), ("sku", sku)):
        if wanted is not None:
            table = table.filter(pc.equal(table[column], wanted))
    rank = pc.if_else(pc.fill_null(table["quarantined"], False), 0, 1)
    order = [(name, "ascending") for name in ("rank", "vendor", "row")]
    return table.take(pc.sort_indices(table.append_column("rank", rank), sort_keys=order))


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

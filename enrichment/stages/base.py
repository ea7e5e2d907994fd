"""Last night's catalogue, as the run at hand stands on it."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.publish.read import Published, find_run, open_run, read_table
from enrichment.runs.run import Run


def base_of(run: Run) -> Published | None:
    """Return the published run that this run continues, None on the first night."""
    base = run.plan.manifest.base_run_id
    return open_run(run.store, find_run(run.store, base)) if base else None


def base_products(run: Run, vendor: str | None = None, columns: Sequence[str] | None = None) -> pa.Table | None:
    """Read the base's products, of one vendor or all, None on the first night."""
    published = base_of(run)
    if published is None:
        return None
    table = read_table(run.store, published, "products")
    if vendor is not None:
        table = table.filter(pc.equal(table["vendor"], vendor))
    return table.select(list(columns)) if columns else table

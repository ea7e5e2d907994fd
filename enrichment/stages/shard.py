"""The tables of one product shard, as the stages after ``fetch`` read them."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.runs.run import Run
from enrichment.stages.steps import vendor_of


def products_of(run: Run, shard: str) -> pa.Table:
    """Return all products of a shard, as ``read`` wrote them."""
    number = shard.rpartition("-")[2]
    return run.table("read", vendor_of(shard), f"products-{number}")


def changed_products(run: Run, shard: str) -> pa.Table:
    """Return the shard's products that need new answers: fingerprints unlike last night's."""
    work = run.table("fetch", shard, "work")
    changed = work.filter(work["changed"])["sku"]
    products = products_of(run, shard)
    return products.filter(pc.is_in(products["sku"], changed.combine_chunks()))

"""Which products the night touches, over all shards."""

from __future__ import annotations

import pyarrow as pa

from enrichment.runs.run import Run
from enrichment.stages.steps import STEPS, shards_of, vendors_of


def product_shards(run: Run) -> list[str]:
    """List the product shards of vendors whose drop could be read."""
    return shards_of(run, STEPS["fetch"])


def read_vendors(run: Run) -> list[str]:
    """List the vendors whose ``read`` is done."""
    return [vendor for vendor in vendors_of(run) if run.marker("read", vendor) is not None]


def gather(run: Run, stage: str, shards: list[str], name: str, schema: pa.Schema) -> pa.Table:
    """Concatenate one table of a stage over ``shards``."""
    return pa.concat_tables([schema.empty_table(), *(run.table(stage, shard, name) for shard in shards)])


def withdrawn(run: Run) -> list[tuple[str, str]]:
    """List the products that leave the catalogue tonight."""
    found = [run.table("read", vendor, "withdrawn") for vendor in read_vendors(run)]
    return sorted(key for t in found for key in zip(t["vendor"].to_pylist(), t["sku"].to_pylist(), strict=True))


def touched(run: Run) -> set[tuple[str, str]]:
    """Return the products whose carried rows must not be used: worked on tonight, or withdrawn."""
    work = [run.table("fetch", shard, "work") for shard in product_shards(run)]
    changed = [t.filter(t["changed"]) for t in work]
    keys = {key for t in changed for key in zip(t["vendor"].to_pylist(), t["sku"].to_pylist(), strict=True)}
    return keys | set(withdrawn(run))

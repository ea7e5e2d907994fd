"""The night's tables, over all shards."""

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

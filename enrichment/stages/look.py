"""Stage 4: one pass over each picture gives image group, tags and embedding."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa

from enrichment.images.keep import load
from enrichment.models.registry import ModelVersion
from enrichment.runs.run import Outcome, Run
from enrichment.stages.model import model_of
from enrichment.stages.rows import claims_table, predictions_table
from enrichment.stages.shard import changed_products
from enrichment.vision.look import Look, Looker, Picture
from schemas import tables
from schemas.records import StageReport


def look(run: Run, shard: str) -> Outcome:
    """Return GROUP_PREDICTIONS, CLAIMS and EMBEDDINGS of the pictures of changed products."""
    changed = set(changed_products(run, shard)["sku"].to_pylist())
    images = [row for row in run.table("fetch", shard, "images").to_pylist() if row["sku"] in changed]
    pictures = [Picture(i["vendor"], i["sku"], i["sha256"], load(run.store, i["sha256"])) for i in images]
    seen = _looker(model_of(run, "vision"), run.plan.settings.threads).look(pictures)
    unread = len(seen.unread)
    report = StageReport("look", shard, len(pictures), len(pictures) - unread, unread, {"claims": len(seen.claims)})
    out = {
        "group_predictions": predictions_table(seen.predictions),
        "claims": claims_table(seen.claims),
        "embeddings": _embeddings(seen),
    }
    return Outcome(report, out)


def _embeddings(seen: Look) -> pa.Table:
    """One embedding a product: that of its first usable picture."""
    first: dict[tuple[str, str], tuple[str, str]] = {}
    for p in seen.predictions:
        first.setdefault((p.vendor, p.sku), (p.sha256, p.group))
    at = {sha: n for n, sha in enumerate(seen.embeddings.ids)}
    vectors = seen.embeddings.vectors[[at[sha] for sha, _ in first.values()]]
    flat = pa.array(np.ascontiguousarray(vectors).reshape(-1), pa.float32())
    dimensions = seen.embeddings.vectors.shape[1]
    columns = [
        pa.array([vendor for vendor, _ in first], pa.string()),
        pa.array([sku for _, sku in first], pa.string()),
        pa.array([sha for sha, _ in first.values()], pa.string()),
        pa.array([group for _, group in first.values()], pa.string()),
        pa.FixedSizeListArray.from_arrays(flat, dimensions),
    ]
    return pa.Table.from_arrays(columns, schema=tables.embeddings(dimensions))


@lru_cache(maxsize=1)
def _looker(version: ModelVersion, threads: int) -> Looker:
    """Keep the loaded model between the shards of one process."""
    return Looker(version, threads)

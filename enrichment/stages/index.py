"""Stage 7: one forest a group and one of everything, over new and carried embeddings."""

from __future__ import annotations

from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.index.build import FILES
from enrichment.index.catalogue import ALL, build_group
from enrichment.publish.tables import carry
from enrichment.runs.run import Outcome, Run
from enrichment.stages.base import base_embeddings, base_of
from enrichment.stages.catalogue import gather, product_shards, read_vendors
from enrichment.stages.steps import STEPS, upstream
from schemas import tables
from schemas.records import DecisionStatus, StageReport


def index(run: Run, group: str) -> Outcome:
    """Return one bundle's files; its units are products with a picture."""
    folder = run.scratch / group
    vision = run.plan.manifest.versions["vision"]
    table = _embeddings(run.uri, run.fingerprint("index", upstream(run, STEPS["index"], group)))
    if group == ALL:
        # The last of the night's groups: the stages after it have no use for the vectors.
        _embeddings.cache_clear()
    if table is None:
        return Outcome(StageReport("index", group, 0, 0, 0))
    info = build_group(table, group, folder, vision)
    report = StageReport("index", group, info.items, info.items, 0, {"trees": info.trees, "search_k": info.search_k})
    return Outcome(report, files={name: folder / name for name in FILES})


@lru_cache(maxsize=1)
def _embeddings(run_uri: str, _inputs: str) -> pa.Table | None:
    """Gather them once for all groups that one process builds; ``_inputs`` is the fingerprint of what is gathered."""
    return catalogue_embeddings(Run.at(run_uri))


def catalogue_embeddings(run: Run) -> pa.Table | None:
    """Return the embeddings of the night's catalogue under the decided groups, None where there are none."""
    parts = [_regrouped(run, shard) for shard in product_shards(run)]
    carried = _carried(run)
    if carried is not None:
        parts.append(carried)
    parts = [part for part in parts if part.num_rows]
    return pa.concat_tables(parts).sort_by([("vendor", "ascending"), ("sku", "ascending")]) if parts else None


def _regrouped(run: Run, shard: str) -> pa.Table:
    """A shard's embeddings under the fused group, which words may have moved away from what the picture shows."""
    seen = run.table("look", shard, "embeddings")
    decisions = run.table("decide", shard, "attribute_decisions")
    decided = decisions.filter(
        pc.and_(
            pc.equal(decisions["attribute"], "image_group"),
            pc.equal(decisions["status"], DecisionStatus.DECIDED.value),
        )
    )
    group = dict(zip(decided["sku"].to_pylist(), decided["value"].to_pylist(), strict=True))
    fused = [
        group.get(sku) or looked for sku, looked in zip(seen["sku"].to_pylist(), seen["group"].to_pylist(), strict=True)
    ]
    return seen.set_column(seen.schema.get_field_index("group"), "group", pa.array(fused, pa.string()))


def _carried(run: Run) -> pa.Table | None:
    """Embeddings of untouched products; those of another model version cannot stand beside tonight's."""
    base = base_of(run)
    if base is None or base.versions["vision"] != run.plan.manifest.versions["vision"]:
        return None
    table = base_embeddings(run)
    work = gather(run, "fetch", product_shards(run), "work", tables.WORK)
    withdrawn = gather(run, "read", read_vendors(run), "withdrawn", tables.WITHDRAWN)
    return None if table is None else carry(table, work.filter(work["changed"]), withdrawn)

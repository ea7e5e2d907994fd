"""Stage 4: one pass over each picture gives image group, tags and embedding; what was seen before is taken over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial

import numpy as np
import pyarrow as pa

from enrichment.images.keep import load
from enrichment.models.registry import ModelVersion
from enrichment.runs.run import Outcome, Run
from enrichment.stages.earlier_looks import Seen, earlier_looks, producer_of, to_look_at
from enrichment.stages.model import model_of
from enrichment.stages.rows import claims_table, predictions_table
from enrichment.stages.shard import changed_products
from enrichment.stages.steps import vendor_of
from enrichment.vision.look import Look, Looker, Picture
from enrichment.vision.net import DIMENSIONS
from enrichment.vision.vocabulary import GROUP
from schemas import tables
from schemas.records import AttributeClaim, Evidence, EvidenceKind, Source, StageReport

Pictures = Mapping[str, Sequence[str]]


def look(run: Run, shard: str) -> Outcome:
    """Return CLAIMS and EMBEDDINGS of the pictures of changed products, GROUP_PREDICTIONS of those looked at.

    ``notes``: pictures ``looked`` at, and ``reused``: answered by an earlier look of the same version.
    """
    vendor, pictures, model = vendor_of(shard), _pictures(run, shard), model_of(run, "vision")
    wanted = [sha for shas in pictures.values() for sha in shas]
    producer = producer_of(model)
    seen = earlier_looks(run, vendor, producer, wanted) if wanted else Seen()
    asked = to_look_at(pictures, seen)
    todo = [(sku, sha) for sku, shas in pictures.items() for sha in shas if sha in asked]
    fresh = [Picture(vendor, sku, sha, partial(load, run.store, sha)) for sku, sha in todo]
    found = _looker(model, run.plan.settings.threads).look(fresh) if fresh else None
    seen |= _seen(found) if found else Seen()
    claims = list(_claims(vendor, pictures, seen, producer))
    unread = sum(sha not in seen.answers for sha in wanted)
    notes = {"claims": len(claims), "looked": len(todo), "reused": len(wanted) - len(todo)}
    report = StageReport("look", shard, len(wanted), len(wanted) - unread, unread, notes)
    out = {
        "group_predictions": predictions_table(found.predictions if found else []),
        "claims": claims_table(claims),
        "embeddings": _embeddings(vendor, pictures, seen),
    }
    return Outcome(report, out)


def _pictures(run: Run, shard: str) -> Pictures:
    """Return sku -> sha256 of the pictures of each changed product, in order."""
    changed = set(changed_products(run, shard)["sku"].to_pylist())
    images = run.table("fetch", shard, "images")
    found: dict[str, list[str]] = defaultdict(list)
    for sku, sha in zip(images["sku"].to_pylist(), images["sha256"].to_pylist(), strict=True):
        if sku in changed:
            found[sku].append(sha)
    return found


def _seen(found: Look) -> Seen:
    """Return what tonight's look saw."""
    told: dict[str, set[tuple[str, str, float]]] = defaultdict(set)
    for claim in found.claims:
        told[claim.evidence.field].add((claim.attribute, claim.value, claim.confidence))
    vectors = dict(zip(found.embeddings.ids, found.embeddings.vectors, strict=True))
    return Seen({sha: sorted(answers) for sha, answers in told.items()}, vectors)


def _claims(vendor: str, pictures: Pictures, seen: Seen, producer: str) -> Iterator[AttributeClaim]:
    for sku, shas in pictures.items():
        for sha in shas:
            evidence = Evidence(EvidenceKind.IMAGE, sha)
            for attribute, value, confidence in seen.answers.get(sha, ()):
                yield AttributeClaim(vendor, sku, attribute, value, Source.IMAGE, producer, confidence, evidence)


def _embeddings(vendor: str, pictures: Pictures, seen: Seen) -> pa.Table:
    """One embedding a product: that of its first usable picture."""
    usable = {sku: [sha for sha in shas if sha in seen.answers] for sku, shas in pictures.items()}
    first = {sku: shas[0] for sku, shas in usable.items() if shas}
    groups = [next(value for name, value, _ in seen.answers[sha] if name == GROUP) for sha in first.values()]
    vectors = np.array([seen.vectors[sha] for sha in first.values()], dtype=np.float32)
    flat = pa.array(vectors.reshape(-1), pa.float32())
    columns = [
        pa.array([vendor] * len(first), pa.string()),
        pa.array(list(first), pa.string()),
        pa.array(list(first.values()), pa.string()),
        pa.array(groups, pa.string()),
        pa.FixedSizeListArray.from_arrays(flat, DIMENSIONS),
    ]
    return pa.Table.from_arrays(columns, schema=tables.embeddings(DIMENSIONS))


@lru_cache(maxsize=1)
def _looker(version: ModelVersion, threads: int) -> Looker:
    """Keep the loaded model between the shards of one process."""
    return Looker(version, threads)

"""Build one bundle: forest, ids, vectors and the sidecar that lets a loader refuse a wrong one.

A folder holds ``forest.ann``, ``ids.parquet`` (row, vendor, sku, sha256), ``vectors.parquet`` (the embeddings, so
that any other index can be rebuilt) and ``forest.json``, written last. No clock: equal input gives equal bytes.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from enrichment.index.forest import ForestIndex, write_forest
from enrichment.index.recall import QuerySet, query_set, recall_at_10
from enrichment.index.settings import DEFAULTS, RECALL_K, ForestSettings
from enrichment.runs.parquet import to_parquet
from schemas.errors import GateRefused, UsageError
from schemas.tables import embeddings

log = logging.getLogger(__name__)
FORMAT = 1
FOREST, IDS, VECTORS, SIDECAR = "forest.ann", "ids.parquet", "vectors.parquet", "forest.json"
FILES = (FOREST, IDS, VECTORS, SIDECAR)
_UNIT = 1e-3


@dataclass(frozen=True, slots=True)
class BundleInfo:
    """What was built: where, of what, how deep it must be searched, and the recall@10 (0 to 1) that was measured."""

    folder: Path
    group: str
    items: int
    dimensions: int
    trees: int
    search_k: int
    recall: float
    queries: int
    sha256: str


def build_bundle(
    vectors: NDArray[np.float32],
    keys: Sequence[tuple[str, str]],
    shas: Sequence[str],
    group: str,
    out: Path,
    model_hash: str,
    settings: ForestSettings = DEFAULTS,
    groups: Sequence[str | None] | None = None,
) -> BundleInfo:
    """Write the bundle of ``group`` into the folder ``out`` and return what was measured.

    ``vectors`` are float32 ``[N, D]`` of unit norm under ``N`` unique ``keys`` (vendor, sku) with the sha256 of their
    pictures; any order gives the same bytes. ``groups`` names each item's group where the bundle holds several.

    Raises:
        UsageError: lengths differ, a key is repeated, or a vector is NaN or not of unit norm.
        GateRefused: no forest within ``settings`` reaches the recall asked for.

    """
    _check(vectors, keys, shas, groups)
    order = sorted(range(len(keys)), key=lambda i: keys[i])
    vectors = np.ascontiguousarray(vectors[order])
    out.mkdir(parents=True, exist_ok=True)
    (out / SIDECAR).unlink(missing_ok=True)
    table = _items(vectors, [keys[i] for i in order], [shas[i] for i in order], _groups(group, groups, order))
    rows = pa.array(range(len(keys)), pa.int32())
    (out / IDS).write_bytes(to_parquet(table.select(["vendor", "sku", "sha256"]).add_column(0, "row", rows)))
    (out / VECTORS).write_bytes(to_parquet(table))
    queries = query_set(vectors, settings.queries, settings.seed)
    forest, recall = _grow(vectors, queries, settings, out / FOREST, group)
    side = _sidecar(out, group, model_hash, settings, forest, recall, queries.size)
    (out / SIDECAR).write_text(json.dumps(side, sort_keys=True, indent=1) + "\n", encoding="utf-8")
    log.info("bundle %s: %d items, search_k %d, recall@10 %.3f", group, len(keys), forest.search_k, recall)
    sha256 = side["sha256"][FOREST]
    items, dimensions = vectors.shape
    return BundleInfo(out, group, items, dimensions, forest.trees, forest.search_k, recall, queries.size, sha256)


def _check(
    vectors: NDArray[np.float32],
    keys: Sequence[tuple[str, str]],
    shas: Sequence[str],
    groups: Sequence[str | None] | None,
) -> None:
    if vectors.ndim != 2 or vectors.shape[1] < 1 or vectors.dtype != np.float32:
        raise UsageError(f"bundle vectors: got {vectors.dtype} {vectors.shape}; allowed: float32 [N, D], D >= 1")
    lengths = {len(vectors), len(keys), len(shas), len(vectors) if groups is None else len(groups)}
    if len(lengths) != 1:
        raise UsageError(f"bundle: {len(vectors)} vectors, {len(keys)} keys, {len(shas)} sha256; all must be equal")
    if len(set(keys)) != len(keys):
        raise UsageError(f"bundle keys: {len(keys) - len(set(keys))} repeated; give one vector a (vendor, sku)")
    # NaN compares false, so it is refused together with wrong norms; Annoy would take it silently.
    norms = np.sqrt(np.einsum("nd,nd->n", vectors, vectors, dtype=np.float64))
    good = np.abs(norms - 1.0) < _UNIT
    if not good.all():
        row = int(np.flatnonzero(~good)[0])
        raise UsageError(
            f"bundle vectors: {int((~good).sum())} of {len(good)} are NaN, infinite or not of unit norm, "
            f"first {keys[row]!r}. Normalise embeddings before indexing."
        )


def _groups(group: str, groups: Sequence[str | None] | None, order: list[int]) -> list[str | None]:
    return [group] * len(order) if groups is None else [groups[i] for i in order]


def _items(
    vectors: NDArray[np.float32], keys: list[tuple[str, str]], shas: list[str], groups: list[str | None]
) -> pa.Table:
    """Return the embeddings table of the bundle, in row order."""
    dimensions = vectors.shape[1]
    flat = pa.array(vectors.reshape(-1), pa.float32())
    columns = {
        "vendor": pa.array([k[0] for k in keys], pa.string()),
        "sku": pa.array([k[1] for k in keys], pa.string()),
        "sha256": pa.array(shas, pa.string()),
        "group": pa.array(groups, pa.string()),
        "vector": pa.FixedSizeListArray.from_arrays(flat, dimensions),
    }
    return pa.table(columns, schema=embeddings(dimensions))


def _grow(
    vectors: NDArray[np.float32], queries: QuerySet, settings: ForestSettings, path: Path, group: str
) -> tuple[ForestIndex, float]:
    """Search deeper, then in more trees, until the measured recall is high enough."""
    trees, recall, search_k = settings.trees, 0.0, 0
    while trees <= settings.max_trees:
        write_forest(vectors, trees, settings.seed, path)
        search_k = trees * RECALL_K
        deepest = max(search_k, min(settings.max_search_k, 2 * trees * max(len(vectors), 1)))
        while search_k <= deepest:
            forest = ForestIndex(path, vectors.shape[1], search_k)
            recall = recall_at_10(forest, vectors, queries)
            if recall >= settings.target_recall:
                return forest, recall
            search_k *= 2
        trees *= 2
    path.unlink(missing_ok=True)
    raise GateRefused(
        f"index bundle {group!r}: recall@10 {recall:.3f} of {len(vectors)} items at search_k {search_k // 2}; allowed: "
        f"{settings.target_recall} or more. Raise max_trees or max_search_k, or look at the embeddings."
    )


def _sidecar(
    out: Path, group: str, model_hash: str, settings: ForestSettings, forest: ForestIndex, recall: float, queries: int
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "annoy": version("annoy"),
        "metric": settings.metric,
        "dimensions": forest.dimensions,
        "items": forest.size,
        "trees": forest.trees,
        "search_k": forest.search_k,
        "seed": settings.seed,
        "group": group,
        "model": model_hash,
        "recall_at_10": round(recall, 6),
        "queries": queries,
        "target_recall": settings.target_recall,
        "sha256": {name: file_sha256(out / name) for name in (FOREST, IDS, VECTORS)},
    }


def file_sha256(path: Path) -> str:
    """Return the lower-case sha256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

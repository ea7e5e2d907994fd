"""Load a bundle, refusing every one whose parts do not belong together.

Annoy itself maps a truncated file, or one built for another metric, without a word and then answers wrongly.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from enrichment.index.build import FOREST, FORMAT, IDS, SIDECAR, VECTORS, file_sha256
from enrichment.index.bundle import Bundle
from enrichment.index.exact import ExactIndex
from enrichment.index.forest import ForestIndex
from enrichment.index.port import Index
from enrichment.index.settings import METRIC
from enrichment.runs.parquet import from_parquet
from schemas.errors import BundleMismatch
from schemas.records import bounded

EXACT_BELOW = 1_000
_CLOSE = 1e-3
_PROBES = 8
_SHAPES = {
    "dimensions": int,
    "items": int,
    "trees": int,
    "search_k": int,
    "group": str,
    "model": str,
    "recall_at_10": float,
    "target_recall": float,
    "sha256": dict,
}


def load_bundle(folder: Path | str, expect_model: str | None = None) -> Bundle:
    """Map the bundle in ``folder``; groups of up to ``EXACT_BELOW`` items are answered by exact search.

    ``expect_model`` is the model hash the caller's own query vectors come from; None leaves it unchecked.

    Raises:
        BundleMismatch: a part is missing or does not match the sidecar: metric, dimensions, items, trees, hash, ids,
            model, search depth, recall below its own target.

    """
    folder = Path(folder)
    side = _sidecar(folder)
    _same(folder, "format", side.get("format"), FORMAT)
    _same(folder, "metric", side.get("metric"), METRIC)
    if expect_model is not None:
        _same(folder, "model", side["model"], expect_model)
    # Asked this way round, NaN is refused too.
    if not side["recall_at_10"] >= side["target_recall"]:
        _refuse(folder, "recall_at_10", side["recall_at_10"], f"{side['target_recall']} or more")
    if side["search_k"] < 1:
        _refuse(folder, "search_k", side["search_k"], "1 or more")
    for name in (FOREST, IDS, VECTORS):
        if not (folder / name).is_file():
            _refuse(folder, name, "no file", f"{FOREST}, {IDS}, {VECTORS} and {SIDECAR} in one folder")
        _same(folder, f"sha256 of {name}", file_sha256(folder / name), side["sha256"].get(name))
    forest = _forest(folder, side)
    ids = from_parquet(folder / IDS)
    _same(folder, f"rows of {IDS}", ids.num_rows, side["items"])
    _probe(folder, forest)
    index: Index = _exact(folder) if forest.size <= EXACT_BELOW else forest
    return Bundle(str(side["group"]), str(side["model"]), ids, index, forest)


def read_vectors(folder: Path) -> pa.Table:
    """Return the bundle's embeddings as in ``schemas.tables.embeddings``, to carry over or to index otherwise."""
    return from_parquet(folder / VECTORS)


def _sidecar(folder: Path) -> dict[str, Any]:
    try:
        side = json.loads((folder / SIDECAR).read_text(encoding="utf-8"))
    except FileNotFoundError:
        _refuse(folder, SIDECAR, "no file", "the sidecar the bundle was built with")
    except ValueError as error:
        _refuse(folder, SIDECAR, f"no JSON: {error}", "the sidecar the bundle was built with")
    if not isinstance(side, dict):
        _refuse(folder, SIDECAR, side, "a JSON object")
    for name, kind in _SHAPES.items():
        number = kind is float and isinstance(side.get(name), int)
        if not isinstance(side.get(name), kind) and not number:
            _refuse(folder, f"{SIDECAR} {name}", side.get(name), f"a value of type {kind.__name__}")
    return side


def _forest(folder: Path, side: dict[str, Any]) -> ForestIndex:
    try:
        forest = ForestIndex(folder / FOREST, side["dimensions"], side["search_k"])
    except OSError as error:
        _refuse(folder, FOREST, error, f"an Annoy file of {side['dimensions']} dimensions")
    _same(folder, "items", forest.size, side["items"])
    _same(folder, "trees", forest.trees, side["trees"])
    return forest


def _probe(folder: Path, forest: ForestIndex) -> None:
    """Compare a few rows with their true vectors: a file of another metric has other vectors or distances."""
    with pq.ParquetFile(folder / VECTORS, memory_map=True) as file:
        _same(folder, f"rows of {VECTORS}", file.metadata.num_rows, forest.size)
        dimensions = file.schema_arrow.field("vector").type.list_size
        _same(folder, f"dimensions of {VECTORS}", dimensions, forest.dimensions)
        if forest.size == 0:
            return
        vectors = as_matrix(file.read_row_group(0, columns=["vector"]))
    rows = np.unique(np.linspace(0, len(vectors) - 1, _PROBES).astype(int))
    for row in rows.tolist():
        true = float(vectors[row] @ vectors[rows[-1]])
        if not np.allclose(forest.vector(row), vectors[row], atol=_CLOSE):
            _refuse(folder, f"vector of row {row}", forest.vector(row)[:3].tolist(), vectors[row][:3].tolist())
        if abs(forest.cosine(row, int(rows[-1])) - true) > _CLOSE:
            _refuse(folder, f"cosine of rows {row} and {rows[-1]}", forest.cosine(row, int(rows[-1])), true)


def _exact(folder: Path) -> ExactIndex:
    return ExactIndex(as_matrix(read_vectors(folder)))


def as_matrix(table: pa.Table) -> NDArray[np.float32]:
    """Return the column ``vector`` of an embeddings table as float32 ``[N, D]``."""
    dimensions = table.schema.field("vector").type.list_size
    chunks = [c.flatten().to_numpy(zero_copy_only=False).reshape(-1, dimensions) for c in table["vector"].chunks]
    return np.concatenate([np.zeros((0, dimensions), np.float32), *chunks])


def _same(folder: Path, what: str, got: object, allowed: object) -> None:
    if got != allowed:
        _refuse(folder, what, got, allowed)


def _refuse(folder: Path, what: str, got: object, allowed: object) -> NoReturn:
    raise BundleMismatch(
        f"bundle {folder.name}: {what}: got {bounded(str(got))}; allowed: {bounded(str(allowed))}. "
        "Fetch the bundle again as one folder, or rebuild it with the current model."
    )

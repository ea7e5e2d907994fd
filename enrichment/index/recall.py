"""recall@10 of an index, measured against exact search on a fixed, seeded query set.

Half of the queries are items of the index, which must find their neighbours without counting themselves;
the other half are drawn away from an item towards another one, as a picture would be that the catalogue
does not hold. https://github.com/erikbern/ann-benchmarks counts ties at the last place as hits; so do we.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from enrichment.index.exact import ExactIndex
from enrichment.index.port import Index
from enrichment.index.settings import RECALL_K

_TIE = 1e-6
_PULL = 0.35


@dataclass(frozen=True, slots=True)
class QuerySet:
    """Queries ``[Q, D]``, the row each one is (-1: none), and the cosine its last true neighbour has."""

    vectors: NDArray[np.float32]
    rows: NDArray[np.int64]
    least: NDArray[np.float32]
    wanted: NDArray[np.int64]

    @property
    def size(self) -> int:
        """How many queries there are."""
        return len(self.rows)


def query_set(vectors: NDArray[np.float32], count: int, seed: int) -> QuerySet:
    """Draw up to ``count`` queries from unit ``vectors`` ``[N, D]`` and find their true neighbours."""
    size = len(vectors)
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.permutation(size)[:count]).astype(np.int64)
    queries = vectors[rows].copy()
    drawn = np.arange(len(rows)) % 2 == 1
    partners = rng.integers(0, max(size, 1), size=len(rows))
    queries[drawn] += _PULL * vectors[partners[drawn]]
    norms = np.linalg.norm(queries, axis=1, keepdims=True)
    # Opposite vectors could cancel; the item itself is then the query.
    queries = np.where(norms > _TIE, queries / np.maximum(norms, _TIE), vectors[rows]).astype(np.float32)
    rows[drawn] = -1
    return _with_truth(vectors, queries, rows)


def _with_truth(vectors: NDArray[np.float32], queries: NDArray[np.float32], rows: NDArray[np.int64]) -> QuerySet:
    oracle = ExactIndex(vectors)
    least = np.zeros(len(rows), dtype=np.float32)
    wanted = np.zeros(len(rows), dtype=np.int64)
    for at, (query, row) in enumerate(zip(queries, rows, strict=True)):
        found = _answers(oracle, query, int(row))
        wanted[at] = len(found)
        least[at] = found[-1][1] if found else 0.0
    return QuerySet(queries, rows, least, wanted)


def recall_at_10(index: Index, vectors: NDArray[np.float32], queries: QuerySet) -> float:
    """Return the share (0 to 1) of true ten nearest that ``index`` finds; 1.0 where there is nothing to find."""
    total = int(queries.wanted.sum())
    if total == 0:
        return 1.0
    hits = 0
    for at in range(queries.size):
        rows = [row for row, _ in _answers(index, queries.vectors[at], int(queries.rows[at]))]
        near = vectors[rows] @ queries.vectors[at] >= queries.least[at] - _TIE
        hits += min(int(near.sum()), int(queries.wanted[at]))
    return hits / total


def _answers(index: Index, query: NDArray[np.float32], row: int) -> list[tuple[int, float]]:
    """Ask for ten answers, leaving the query's own row out."""
    found = index.nearest(query, RECALL_K + (row >= 0))
    return [pair for pair in found if pair[0] != row][:RECALL_K]

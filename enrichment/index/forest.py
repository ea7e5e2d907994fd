"""The Annoy forest: built with one seed and one thread, so that the same vectors give the same file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from annoy import AnnoyIndex
from numpy.typing import NDArray

from enrichment.index.settings import METRIC, RECALL_K


class ForestIndex:
    """A memory-mapped Annoy file, searched as deep as its measured recall asked for."""

    def __init__(self, path: Path, dimensions: int, search_k: int) -> None:
        """Map ``path``; ``OSError`` where Annoy refuses it. Annoy accepts some wrong files: see ``load.py``."""
        self._forest = AnnoyIndex(dimensions, METRIC)
        self._forest.load(str(path))
        self._dimensions = dimensions
        self._search_k = search_k

    @property
    def size(self) -> int:
        """How many vectors it holds."""
        return int(self._forest.get_n_items())

    @property
    def dimensions(self) -> int:
        """Length of every vector."""
        return self._dimensions

    @property
    def trees(self) -> int:
        """How many trees Annoy finds in the file (for a handful of items more than were asked for)."""
        return int(self._forest.get_n_trees())

    @property
    def search_k(self) -> int:
        """How many nodes are inspected for ten answers."""
        return self._search_k

    def vector(self, row: int) -> NDArray[np.float32]:
        """Return the stored vector float32 ``[D]`` of a row."""
        return np.asarray(self._forest.get_item_vector(row), dtype=np.float32)

    def cosine(self, a: int, b: int) -> float:
        """Return the cosine of two rows as the file's own metric sees it."""
        return _cosine(self._forest.get_distance(a, b))

    def nearest(self, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        """Return about the ``k`` rows of highest cosine, best first, ties by row."""
        k = min(k, self.size)
        if k < 1:
            return []
        depth = self._search_k * max(1, -(-k // RECALL_K))
        rows, distances = self._forest.get_nns_by_vector(vector, k, search_k=depth, include_distances=True)
        return sorted(((row, _cosine(d)) for row, d in zip(rows, distances, strict=True)), key=lambda p: (-p[1], p[0]))


def write_forest(vectors: NDArray[np.float32], trees: int, seed: int, path: Path) -> None:
    """Build a forest of ``trees`` over ``vectors`` ``[N, D]`` and save it; byte-identical for equal arguments.

    Annoy draws its hyperplanes from the seed only while it builds on one thread.
    """
    forest = AnnoyIndex(vectors.shape[1], METRIC)
    forest.set_seed(seed)
    for row, vector in enumerate(vectors):
        forest.add_item(row, vector)
    forest.build(trees, n_jobs=1)
    forest.save(str(path))
    forest.unload()


def _cosine(distance: float) -> float:
    """Turn Annoy's angular distance ``sqrt(2 (1 - cos))`` back; https://github.com/spotify/annoy#readme.

    >>> _cosine(0.0), _cosine(1.0), _cosine(2.0)
    (1.0, 0.5, -1.0)
    """
    return max(-1.0, 1.0 - distance * distance / 2.0)

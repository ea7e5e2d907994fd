"""Exact search: the oracle that forests are measured against, and the answer for small groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class ExactIndex:
    """Compares a query with every vector; linear in size, never wrong."""

    def __init__(self, vectors: NDArray[np.float32]) -> None:
        """Take unit vectors float32 ``[N, D]``; they are kept, not copied."""
        self._vectors = vectors

    @property
    def size(self) -> int:
        """How many vectors it holds."""
        return int(self._vectors.shape[0])

    @property
    def dimensions(self) -> int:
        """Length of every vector."""
        return int(self._vectors.shape[1])

    def nearest(self, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        """Return the ``k`` rows of highest cosine, best first, ties by row."""
        k = min(k, self.size)
        if k < 1:
            return []
        cosines = np.clip(self._vectors @ vector, -1.0, 1.0)
        least = np.partition(cosines, self.size - k)[self.size - k]
        rows = np.flatnonzero(cosines >= least)
        best = rows[np.lexsort((rows, -cosines[rows]))][:k]
        return [(int(row), float(cosines[row])) for row in best]

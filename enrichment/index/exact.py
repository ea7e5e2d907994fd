"""Exact search: the oracle that forests are measured against, and the answer for small groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_ROUGH = 1e-5


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
        rough = self._vectors @ vector
        least = np.partition(rough, self.size - k)[self.size - k]
        rows = np.flatnonzero(rough >= least - _ROUGH)
        # A matrix product rounds equal rows unequally; summed one by one, ties are ties.
        exact = np.einsum("nd,d->n", self._vectors[rows].astype(np.float64), vector.astype(np.float64))
        cosines = np.clip(exact, -1.0, 1.0)
        best = np.lexsort((rows, -cosines))[:k]
        return [(int(rows[at]), float(cosines[at])) for at in best]

"""The index port: unit vectors in, the nearest rows out."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Index(Protocol):
    """What every index can do. Rows are ``0 .. size - 1`` in the order the vectors came in."""

    @property
    def size(self) -> int:
        """How many vectors it holds."""
        ...

    @property
    def dimensions(self) -> int:
        """Length ``D`` of every vector."""
        ...

    def nearest(self, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        """Return up to ``k`` rows with their cosine (-1 to 1) to ``vector`` ``[D]``, best first, ties by row.

        ``vector`` is of unit norm. Fewer than ``k`` come back only where the index holds fewer.
        """
        ...

"""Word vectors of the catalogue: which words are used alike."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


class WordVectors:
    """Unit vectors ``[words, D]`` float32, kept as plain arrays."""

    def __init__(self, words: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Take ``N`` words and their vectors ``[N, D]``; rows are scaled to unit length."""
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        self._vectors: NDArray[np.float32] = (vectors / np.where(norms == 0, 1, norms)).astype(np.float32)
        self._index = {w: i for i, w in enumerate(words)}

    def __contains__(self, word: str) -> bool:
        return word in self._index

    def of(self, words: Iterable[str]) -> NDArray[np.float32] | None:
        """Return the unit mean ``[D]`` of the known ``words``; None where none is known."""
        rows = [self._index[w] for w in words if w in self._index]
        if not rows:
            return None
        mean = self._vectors[rows].mean(axis=0)
        norm = float(np.linalg.norm(mean))
        return (mean / norm).astype(np.float32) if norm else None

    def save(self, folder: Path) -> None:
        """Write ``vectors.npz`` (half precision) and ``vectors.json``."""
        np.savez_compressed(folder / "vectors.npz", vectors=self._vectors.astype(np.float16))
        words = json.dumps(list(self._index), ensure_ascii=False, indent=0)
        (folder / "vectors.json").write_text(words, encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> WordVectors:
        """Read what :meth:`save` wrote."""
        words = json.loads((folder / "vectors.json").read_text(encoding="utf-8"))
        with np.load(folder / "vectors.npz", allow_pickle=False) as arrays:
            return cls(words, arrays["vectors"].astype(np.float32))

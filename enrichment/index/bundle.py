"""Ask a loaded bundle what a product, or a query vector, resembles."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from enrichment.index.forest import ForestIndex
from enrichment.index.port import Index
from schemas.errors import UsageError
from schemas.records import bounded


class Bundle:
    """A checked bundle: rows are sorted by (vendor, sku), so a key is found without a dictionary."""

    def __init__(self, group: str, model: str, ids: pa.Table, index: Index, forest: ForestIndex) -> None:
        """Join the id table (row, vendor, sku, sha256) with the index that answers and the mapped forest."""
        self.group, self.model = group, model
        self._ids = ids.combine_chunks()
        self._index, self._forest = index, forest

    def __len__(self) -> int:
        """Return how many products it holds."""
        return int(self._ids.num_rows)

    @property
    def dimensions(self) -> int:
        """Length of its vectors."""
        return self._forest.dimensions

    @property
    def search_k(self) -> int:
        """The depth at which the recall was measured."""
        return self._forest.search_k

    @property
    def exact(self) -> bool:
        """Whether answers come from exact search (small groups) and not from the forest."""
        return self._index is not self._forest

    def similar(self, vendor: str, sku: str, k: int = 10) -> list[tuple[str, str, float]]:
        """Return up to ``k`` other products as (vendor, sku, cosine -1 to 1), best first.

        Raises:
            UsageError: the bundle does not hold this product, or ``k`` is below 1.

        """
        row = self._row(vendor, sku)
        found = self._nearest(self._forest.vector(row), k, 1)
        return self._named([pair for pair in found if pair[0] != row][:k])

    def query(self, vector: NDArray[np.float32], k: int = 10) -> list[tuple[str, str, float]]:
        """Return up to ``k`` products nearest to ``vector`` ``[D]`` (any norm but 0), best first.

        Raises:
            UsageError: another length, NaN, infinite or zero; or ``k`` is below 1.

        """
        flat = np.asarray(vector, dtype=np.float32)
        if flat.shape != (self.dimensions,):
            raise UsageError(f"query vector: got shape {flat.shape}; allowed: ({self.dimensions},)")
        norm = float(np.linalg.norm(flat))
        if not np.isfinite(norm) or norm == 0:
            raise UsageError(f"query vector: norm {norm}; allowed: finite numbers, not all zero")
        return self._named(self._nearest(flat / np.float32(norm), k))

    def _nearest(self, vector: NDArray[np.float32], k: int, itself: int = 0) -> list[tuple[int, float]]:
        if k < 1:
            raise UsageError(f"k: got {k}; allowed: 1 or more")
        return self._index.nearest(vector, k + itself)

    def _named(self, found: list[tuple[int, float]]) -> list[tuple[str, str, float]]:
        return [(*self._key(row), cosine) for row, cosine in found]

    def _key(self, row: int) -> tuple[str, str]:
        return self._ids["vendor"][row].as_py(), self._ids["sku"][row].as_py()

    def _row(self, vendor: str, sku: str) -> int:
        row = bisect_left(range(len(self)), (vendor, sku), key=self._key)
        if row == len(self) or self._key(row) != (vendor, sku):
            raise UsageError(self._unknown(vendor, sku, row))
        return row

    def _unknown(self, vendor: str, sku: str, row: int) -> str:
        near = [self._key(i) for i in range(max(0, row - 2), min(len(self), row + 2))]
        vendors = sorted(pc.unique(self._ids["vendor"]).to_pylist())
        named = bounded(", ".join(vendors)) or "no vendor"
        return (
            f"bundle {self.group!r} holds no sku {bounded(sku, 60)!r} of vendor {bounded(vendor, 60)!r} ({len(self)} "
            f"items of {named}; nearest by name: {near}). A product without a usable picture is in no bundle; "
            "one of another group is in the bundle 'all'."
        )

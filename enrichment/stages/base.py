"""Last night's catalogue, as the run at hand stands on it.

Published runs never change, so what was read and verified once is kept, packed as it lies in the store, for the next
stage of the same process: up to ``MOST_BYTES``.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.index.build import VECTORS
from enrichment.index.catalogue import ALL
from enrichment.publish.layout import table_key
from enrichment.publish.read import Published, find_run, open_run, read_file
from enrichment.runs.parquet import from_parquet
from enrichment.runs.run import Run

MOST_BYTES = 192 * 2**20
_BUNDLE = f"indexes/{ALL}/{VECTORS}"


class Kept:
    """Verified bytes of published files by (store, run, name); those not asked for longest leave first."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        """Keep up to ``most`` bytes; a larger file is never kept."""
        self._most = most
        self._files: OrderedDict[tuple[str, str, str], bytes] = OrderedDict()

    @property
    def size(self) -> int:
        """Bytes held now."""
        return sum(len(data) for data in self._files.values())

    def read(self, run: Run, published: Published, name: str) -> bytes:
        """Return one file of ``published``, from the store the first time; errors as in ``read_file``."""
        key = (run.store.uri, published.run_id, name)
        data = self._files.pop(key, None)
        if data is None:
            data = read_file(run.store, published, name)
        if len(data) <= self._most:
            self._files[key] = data
            while self.size > self._most:
                self._files.popitem(last=False)
        return data


_KEPT = Kept()
_OPENED: dict[tuple[str, str], Published] = {}


def base_of(run: Run) -> Published | None:
    """Return the published run that this run continues, None on the first night."""
    base = run.plan.manifest.base_run_id
    if base is None:
        return None
    key = (run.store.uri, base)
    if key not in _OPENED:
        _OPENED[key] = open_run(run.store, find_run(run.store, base))
    return _OPENED[key]


def base_table(
    run: Run, name: str, where: pc.Expression | None = None, columns: Sequence[str] | None = None
) -> pa.Table | None:
    """Read a published table of the base: its rows or some of them, its columns or some; None on the first night."""
    published = base_of(run)
    return None if published is None else from_parquet(_KEPT.read(run, published, table_key(name)), columns, where)


def base_products(run: Run, vendor: str, columns: Sequence[str] | None = None) -> pa.Table | None:
    """Read the base's products of one vendor, None on the first night."""
    return base_table(run, "products", of_vendor(vendor), columns)


def base_embeddings(run: Run, where: pc.Expression | None = None) -> pa.Table | None:
    """Read the embeddings of the base's catalogue, or some of them; None where it has none."""
    published = base_of(run)
    if published is None or _BUNDLE not in published.manifest["files"]:
        return None
    return from_parquet(_KEPT.read(run, published, _BUNDLE), where=where)


def of_vendor(vendor: str) -> pc.Expression:
    """Name the rows of one vendor."""
    return pc.field("vendor") == vendor

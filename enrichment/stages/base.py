"""Last night's catalogue, as the run at hand stands on it.

Published runs never change, so each file is brought here and verified once, and every shard that the process works on
reads from that copy the rows and columns it needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.index.build import VECTORS
from enrichment.index.catalogue import ALL
from enrichment.publish.layout import table_key
from enrichment.publish.read import Published, download_file, find_run, open_run
from enrichment.runs.parquet import from_parquet
from enrichment.runs.run import Run
from enrichment.runs.scratch import Scratch

_BUNDLE = f"indexes/{ALL}/{VECTORS}"


class Kept:
    """Verified copies of one published run's files; those of the run before go when another is asked for."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._run: tuple[str, str] | None = None
        self._scratch: Scratch | None = None
        self._files: dict[str, Path] = {}

    def path(self, run: Run, published: Published, name: str) -> Path:
        """Return where the copy of one file of ``published`` lies; errors as in ``read_file``."""
        if self._run != (run.store.uri, published.run_id):
            self.close()
            self._run = (run.store.uri, published.run_id)
        if name not in self._files:
            self._scratch = self._scratch or Scratch()
            path = self._scratch.path / f"{len(self._files)}.parquet"
            download_file(run.store, published, name, path)
            self._files[name] = path
        return self._files[name]

    def close(self) -> None:
        """Remove all copies."""
        if self._scratch is not None:
            self._scratch.close()
        self._run, self._scratch, self._files = None, None, {}


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
    return None if published is None else from_parquet(_KEPT.path(run, published, table_key(name)), columns, where)


def base_products(run: Run, vendor: str, columns: Sequence[str] | None = None) -> pa.Table | None:
    """Read the base's products of one vendor, None on the first night."""
    return base_table(run, "products", of_vendor(vendor), columns)


def base_embeddings(run: Run, where: pc.Expression | None = None) -> pa.Table | None:
    """Read the embeddings of the base's catalogue, or some of them; None where it has none."""
    published = base_of(run)
    if published is None or _BUNDLE not in published.manifest["files"]:
        return None
    return from_parquet(_KEPT.path(run, published, _BUNDLE), where=where)


def of_vendor(vendor: str) -> pc.Expression:
    """Name the rows of one vendor."""
    return pc.field("vendor") == vendor

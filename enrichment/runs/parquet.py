"""Tables to Parquet bytes and back, the same bytes for the same table."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


def to_parquet(table: pa.Table) -> bytes:
    """Return the same Parquet bytes for the same table."""
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", row_group_size=64_000, store_schema=True)
    return sink.getvalue()


def from_parquet(
    source: bytes | Path, columns: Sequence[str] | None = None, where: pc.Expression | None = None
) -> pa.Table:
    """Read a table from bytes or a local file: whole, or some of its columns, or the rows that ``where`` names."""
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    # Arrow's read-ahead threads now and then abort a process that ends soon after; nothing here is far away.
    return pq.read_table(stream, columns=list(columns) if columns else None, filters=where, pre_buffer=False)

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
    stream = _native(source) if isinstance(source, bytes) else source
    return pq.read_table(stream, columns=list(columns) if columns else None, filters=where, pre_buffer=False)


def _native(source: bytes) -> pa.BufferReader:
    """Copy bytes into Arrow's own memory, so that its threads meet no Python object and read nothing ahead.

    A process that ends while one of them still waits for the interpreter is aborted
    (https://github.com/apache/arrow/issues/34314): of 100 that ended right after reading, up to 26 were.
    """
    copied = pa.BufferOutputStream()
    copied.write(source)
    return pa.BufferReader(copied.getvalue())

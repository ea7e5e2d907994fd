"""Parquet: declared columns alone, row group by row group."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from enrichment.vendors.columns import require_columns
from enrichment.vendors.paths import root
from enrichment.vendors.port import Refusal, Row
from enrichment.vendors.source import seekable, too_large, too_many_rows
from schemas.errors import DropError
from schemas.records import bounded
from schemas.vendor_spec import VendorSpec

_BATCH = 4_096
_SLICE = 64
# Damaged bytes also surface as undecodable text, impossible dates and unknown types.
_BROKEN = (pa.ArrowException, OSError, EOFError, ValueError, KeyError, TypeError, OverflowError)


def read_parquet(spec: VendorSpec, path: Path) -> Iterator[Row | Refusal]:
    """Yield the rows of a Parquet file; see :class:`enrichment.vendors.port.Reader`."""
    with seekable(spec, path) as stream:
        try:
            schema = pq.read_schema(stream)
            # A dictionary holds a repeated string once, however many rows a hostile file repeats it in.
            texts = [field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_binary(field.type)]
            yield from _rows(spec, path, pq.ParquetFile(stream, read_dictionary=texts))
        except _BROKEN as error:
            if isinstance(error, DropError):
                raise
            raise DropError(
                f"drop {spec.vendor} file {path.name}: truncated or no Parquet ({bounded(str(error))}). "
                "Ask the vendor to send it again."
            ) from error


def _rows(spec: VendorSpec, path: Path, file: Any) -> Iterator[Row | Refusal]:
    names = file.schema_arrow.names
    require_columns(spec, names, path)
    meta = file.metadata
    if sum(meta.row_group(at).total_byte_size for at in range(meta.num_row_groups)) > spec.limits.unpacked_bytes:
        raise too_large(spec, path, spec.limits.unpacked_bytes)
    # Blank rows are no rows and count as none, and a few bytes can hold billions of them.
    if meta.num_rows > spec.limits.rows:
        raise too_many_rows(spec, path)
    # Columns that nobody declared are never decoded.
    wanted = {column if column in names else root(column) for column in spec.wanted_columns}
    for batch in file.iter_batches(batch_size=_BATCH, columns=sorted(wanted & set(names))):
        # Small slices, because each row gets its own Python copy of a repeated string.
        for at in range(0, batch.num_rows, _SLICE):
            for row in batch.slice(at, _SLICE).to_pylist():
                if any(value not in (None, "") for value in row.values()):
                    yield row

"""The truth beside the drops: one row a product and night sent, what it is, how it was filed, how it looks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from enrichment.sample.drop_port import Sent
from enrichment.sample.training import DRAWN_ATTRIBUTES

_LEVELS = ("division", "department", "class", "subclass")
_LOOKS = tuple(name for name in DRAWN_ATTRIBUTES if name != "colour")
_SCHEMA = pa.schema(
    [
        (name, pa.string())
        for name in (
            "vendor",
            "night",
            "sku",
            "filing",
            "image_group",
            "article_type",
            "colour",
            *_LEVELS,
            "gender",
            "material",
            *_LOOKS,
        )
    ]
)
_ROW_GROUP = 5_000


class TruthFile:
    """Writes ``truth.parquet`` row by row; empty levels are outside the taxonomy, null attributes do not apply."""

    def __init__(self, path: Path) -> None:
        """Open the file."""
        self._file = pq.ParquetWriter(path, _SCHEMA, compression="zstd")
        self._rows: list[dict[str, str | None]] = []

    def add(self, vendor: str, night: date, sent: Sent, filing: str) -> None:
        """Write what is true of one product sent."""
        item, look = sent.item, sent.item.look
        row: dict[str, str | None] = {"vendor": vendor, "night": night.isoformat(), "sku": sent.sku, "filing": filing}
        row |= {"image_group": look.group, "article_type": look.article_type, "gender": look.gender}
        row |= {"colour": look.colour.replace("_", " ").title(), "material": item.material or None}
        row |= dict(zip(_LEVELS, item.path, strict=True)) | {name: look.values.get(name) for name in _LOOKS}
        self._rows.append(row)
        if len(self._rows) >= _ROW_GROUP:
            self._flush()

    def close(self) -> None:
        """Write what is left and close the file."""
        self._flush()
        self._file.close()

    def _flush(self) -> None:
        self._file.write_table(pa.Table.from_pylist(self._rows, schema=_SCHEMA))
        self._rows = []

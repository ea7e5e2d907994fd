"""A full delivery as Parquet, levels as a nested struct, pictures in a folder: what is absent is withdrawn."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from enrichment.sample.drop_port import Sent

_TEXT = pa.string()
_SCHEMA = pa.schema(
    [
        ("item_id", _TEXT),
        ("title", _TEXT),
        ("text", _TEXT),
        ("filing", pa.struct([("division", _TEXT), ("department", _TEXT), ("class", _TEXT), ("subclass", _TEXT)])),
        ("colour", _TEXT),
        ("pictures", pa.list_(_TEXT)),
        ("sizes", pa.list_(_TEXT)),
        ("price", pa.float64()),
    ]
)
_ROW_GROUP = 2_000


class ParquetDrop:
    """Writes ``products.parquet`` and ``pictures/``."""

    def __init__(self, folder: Path) -> None:
        """Open the file and make the picture folder."""
        self._pictures = folder / "pictures"
        self._pictures.mkdir()
        self._file = pq.ParquetWriter(folder / "products.parquet", _SCHEMA, compression="zstd")
        self._rows: list[dict[str, object]] = []

    def add(self, sent: Sent) -> str:
        """Write one row; nulls stand for blank levels."""
        item = sent.item
        names = [f"{sent.sku}.jpg"][: len(sent.photos)]
        levels = zip(("division", "department", "class", "subclass"), item.sent, strict=True)
        self._rows.append(
            {
                "item_id": sent.sku,
                "title": item.name,
                "text": item.description,
                "filing": {level: value or None for level, value in levels},
                "colour": item.colour_sent or None,
                "pictures": names,
                "sizes": list(item.sizes),
                "price": item.price,
            }
        )
        for name, photo in zip(names, sent.photos, strict=False):
            (self._pictures / name).write_bytes(photo)
        if len(self._rows) >= _ROW_GROUP:
            self._flush()
        return item.filing

    def close(self) -> None:
        """Write what is left and close the file."""
        self._flush()
        self._file.close()

    @staticmethod
    def photos(folder: Path, sku: str) -> tuple[bytes, ...]:
        """Return the pictures that an earlier drop in ``folder`` holds of a product."""
        return ((folder / "pictures" / f"{sku}.jpg").read_bytes(),)

    def _flush(self) -> None:
        self._file.write_table(pa.Table.from_pylist(self._rows, schema=_SCHEMA))
        self._rows = []

"""A drop as gzipped JSON Lines, nested, the whole path in one text, one or two pictures a product."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from enrichment.sample.drop_port import Sent


class FeedDrop:
    """Writes ``products.jsonl.gz`` and ``media/``."""

    def __init__(self, folder: Path) -> None:
        """Open the feed and make the picture folder."""
        self._media = folder / "media"
        self._media.mkdir()
        self._raw = (folder / "products.jsonl.gz").open("wb")
        self._lines = gzip.GzipFile("", "wb", mtime=0, fileobj=self._raw)

    def add(self, sent: Sent) -> str:
        """Write one object; the levels as sent are joined to one path."""
        item = sent.item
        names = [f"{sent.sku}_{view}.jpg" for view in range(len(sent.photos))]
        record = {
            "id": sent.sku,
            "copy": {"title": item.name, "long": item.description, "brand": item.brand},
            "taxonomy": {"path": " > ".join(item.sent)},
            "media": {"images": [{"url": f"media/{name}"} for name in names]},
            "offer": {"price": item.price, "sizes": list(item.sizes)},
            "facets": {"shade": item.colour_sent, "material": item.material},
            "state": "withdrawn" if sent.withdrawn else "active",
        }
        self._lines.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")
        for name, photo in zip(names, sent.photos, strict=True):
            (self._media / name).write_bytes(photo)
        return item.filing

    def close(self) -> None:
        """Close the feed."""
        self._lines.close()
        self._raw.close()

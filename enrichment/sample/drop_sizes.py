"""A drop as tab separated text in cp1252, a row a size, gender and product type for a filing, pictures in a folder."""

from __future__ import annotations

import csv
from pathlib import Path

from enrichment.sample.damage import PLACEHOLDER
from enrichment.sample.drop_port import Sent
from enrichment.sample.item import Item

HEADER = ("Item", "Size", "Product Name", "Long Text", "Gender", "Product Type", "Shade", "Picture", "State")


class SizesDrop:
    """Writes ``feed.txt`` and ``pictures/``."""

    def __init__(self, folder: Path) -> None:
        """Open the feed and make the picture folder."""
        self._pictures = folder / "pictures"
        self._pictures.mkdir()
        self._text = (folder / "feed.txt").open("w", encoding="cp1252", errors="replace", newline="")
        self._rows = csv.writer(self._text, delimiter="\t", lineterminator="\r\n")
        self._rows.writerow(HEADER)

    def add(self, sent: Sent) -> str:
        """Write a row for each size; placeholders and wrong types stay, damage between levels has no place here."""
        item, kind = sent.item, flat_kind(sent.item)
        shown = f"{sent.sku}.jpg" if sent.photos else ""
        state = "gone" if sent.withdrawn else "live"
        told = " ".join(item.description.split())
        gender, product_type = _gender(item), _product_type(item, kind)
        for size in item.sizes:
            self._rows.writerow(
                (f"{sent.sku}-{size}", size, item.name, told, gender, product_type, item.colour_sent, shown, state)
            )
        for photo in sent.photos[:1]:
            (self._pictures / shown).write_bytes(photo)
        return kind

    def close(self) -> None:
        """Close the feed."""
        self._text.close()


def flat_kind(item: Item) -> str:
    """Return the filing's kind where only division and product type are sent."""
    if item.filing == "synonym":
        return "synonym" if item.sent[0] != item.path[0] else "right"
    return item.filing if item.filing in ("def", "blank", "wrong") else "right"


def _gender(item: Item) -> str:
    return item.sent[0] if item.filing in ("def", "synonym") else item.look.gender.title()


def _product_type(item: Item, kind: str) -> str:
    return {"def": PLACEHOLDER, "blank": "", "wrong": item.sent[3]}.get(kind, item.look.article_type)

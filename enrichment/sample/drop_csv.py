"""A drop as CSV with a byte order mark, the five levels in columns of their own, and a zip of pictures."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

from enrichment.sample.drop_port import STAMP, Sent

HEADER = (
    "Style Number",
    "Style Name",
    "Product Description",
    "Division",
    "Department",
    "Class",
    "Subclass",
    "Colour",
    "Image File",
    "Retail Price",
    "Status",
)


class CsvDrop:
    """Writes ``catalog.csv`` and ``images.zip``."""

    def __init__(self, folder: Path) -> None:
        """Open both files and write the header."""
        self._text = (folder / "catalog.csv").open("w", encoding="utf-8-sig", newline="")
        self._rows = csv.writer(self._text, lineterminator="\r\n")
        self._rows.writerow(HEADER)
        self._pictures = zipfile.ZipFile(folder / "images.zip", "w", zipfile.ZIP_STORED)

    def add(self, sent: Sent) -> str:
        """Write the row and its picture; the filing is sent whole."""
        item = sent.item
        shown = f"images/{sent.sku}.jpg" if sent.photos else ""
        status = "WITHDRAWN" if sent.withdrawn else "ACTIVE"
        self.row(
            (sent.sku, item.name, item.description, *item.sent, item.colour_sent, shown, f"{item.price:.2f}", status)
        )
        for photo in sent.photos[:1]:
            self.member(shown, photo)
        return item.filing

    def row(self, cells: tuple[str, ...]) -> None:
        """Write one row of the columns of ``HEADER``, whatever it holds."""
        self._rows.writerow(cells)

    def line(self, text: str) -> None:
        """Write one line as it stands, quotes unbalanced or not."""
        self._text.write(text + "\r\n")

    def member(self, name: str, data: bytes) -> None:
        """Put a file into the archive under any name."""
        self._pictures.writestr(zipfile.ZipInfo(name, STAMP), data)

    def close(self) -> None:
        """Close both files."""
        self._text.close()
        self._pictures.close()

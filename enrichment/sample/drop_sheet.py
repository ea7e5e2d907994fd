"""A drop as an Excel workbook of words: no pictures, no filing, a title and an empty row above the header."""

from __future__ import annotations

import re
import zipfile
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook

from enrichment.sample.drop_port import STAMP, Sent

HEADER = ("Product code", "Brand", "Name", "For", "Long description", "MRP", "Status")
_MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class SheetDrop:
    """Writes ``catalogue.xlsx``."""

    def __init__(self, folder: Path) -> None:
        """Start a workbook that is written row by row."""
        self._path = folder / "catalogue.xlsx"
        self._book = Workbook(write_only=True)
        self._book.properties.created = datetime(*STAMP)
        self._sheet = self._book.create_sheet("Catalogue")
        self._sheet.append(["Sample Trading: nightly catalogue"])
        self._sheet.append([])
        self._sheet.append(list(HEADER))

    def add(self, sent: Sent) -> str:
        """Write one row of words."""
        item = sent.item
        status = "discontinued" if sent.withdrawn else "listed"
        self._sheet.append(
            [sent.sku, item.brand, item.name, item.look.gender.title(), item.description, item.price, status]
        )
        return "none"

    def close(self) -> None:
        """Save the workbook, then write its archive anew with one moment for all members: equal rows, equal bytes."""
        draft = self._path.with_suffix(".draft")
        self._book.save(draft)
        moment = datetime(*STAMP).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
        with zipfile.ZipFile(draft) as saved, zipfile.ZipFile(self._path, "w", zipfile.ZIP_DEFLATED) as final:
            for member in saved.namelist():
                data = saved.read(member)
                if member == "docProps/core.xml":
                    data = _MOMENT.sub(moment, data)
                final.writestr(zipfile.ZipInfo(member, STAMP), data, zipfile.ZIP_DEFLATED)
        draft.unlink()

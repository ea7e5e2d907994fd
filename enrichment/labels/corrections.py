"""The review CSV: written for a reviewer, read back as corrected labels."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import UsageError
from schemas.records import bounded

COLUMNS = ("id", "attribute", "label", "suggested", "quality", "confidence", "why", "decision")
ACCEPT, KEEP, DROP = "accept", "keep", "drop"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One item to review. ``decision`` is for the reviewer: accept, keep, drop, or another value; empty = not yet."""

    id: str
    attribute: str
    label: str
    suggested: str
    quality: float
    confidence: float
    why: str
    decision: str = ""


def write_review(path: Path, rows: Iterable[ReviewRow]) -> None:
    """Write rows as CSV; cells that a spreadsheet would run as a formula are quoted with an apostrophe."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in rows:
            writer.writerow([_plain(str(getattr(row, name))) for name in COLUMNS])


def read_corrections(path: Path) -> dict[tuple[str, str], str]:
    """Return the corrected label by (id, attribute); "" means drop the label. Rows kept or undecided are left out.

    Raises:
        UsageError: the file has not the columns that :func:`write_review` writes.

    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = set(COLUMNS) - set(reader.fieldnames or ())
        if missing:
            raise UsageError(f"{path.name}: no column {sorted(missing)}; allowed: a CSV written by labels audit")
        return dict(found for row in reader if (found := _correction(row)) is not None)


def _correction(row: dict[str, str]) -> tuple[tuple[str, str], str] | None:
    cells = {name: (row[name] or "").removeprefix("'").strip() for name in COLUMNS}
    decision = cells["decision"]
    if decision.lower() in {"", KEEP}:
        return None
    key = cells["id"], cells["attribute"]
    if decision.lower() == DROP:
        return key, ""
    value = cells["suggested"] if decision.lower() == ACCEPT else decision
    if not value:
        raise UsageError(f"correction of {bounded(cells['id'])!r}: accept without a suggested value; write the value")
    return key, value


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell

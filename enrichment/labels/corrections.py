"""The review CSV: written for a reviewer, read back as corrected labels."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from schemas.attribute_spec import attributes
from schemas.errors import UsageError
from schemas.records import bounded
from schemas.sheet import closest, read_sheet, safe_cell
from schemas.taxonomy_spec import taxonomy

COLUMNS = ("id", "attribute", "label", "suggested", "quality", "confidence", "why", "decision")
ACCEPT, KEEP, DROP = "accept", "keep", "drop"


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
            writer.writerow([safe_cell(getattr(row, name)) for name in COLUMNS])


def read_corrections(path: Path) -> dict[tuple[str, str], str]:
    """Return the corrected label by (id, attribute); "" means drop the label. Rows kept or undecided are left out.

    A value must be declared for its attribute, or be the label of another row of the file.

    Raises:
        UsageError: the file cannot be read or has not the columns that :func:`write_review` writes, or a row names an
            unknown attribute or value.

    """
    rows = list(read_sheet(path, COLUMNS, "`enrich labels audit`", verbatim=("id",)))
    values = declared_values()
    for _, row in rows:
        values.get(row["attribute"], set()).add(row["label"])
    return dict(found for where, row in rows if (found := _correction(where, row, values)) is not None)


def declared_values() -> dict[str, set[str]]:
    """Return the declared values of every attribute that has any, article types included."""
    hierarchy = taxonomy()
    values = {a.name: {value.name for value in a.values} for a in attributes().attributes if a.values}
    return values | {"article_type": {one.name for one in (*hierarchy.outside, *hierarchy.placed_types())}}


def _correction(where: str, row: dict[str, str], values: dict[str, set[str]]) -> tuple[tuple[str, str], str] | None:
    attribute, decision = row["attribute"], row["decision"]
    if decision.lower() in {"", KEEP}:
        return None
    if attribute not in values:
        raise UsageError(
            f"{where}: attribute {bounded(attribute)!r} is not known{closest(attribute, values)}. Mend the row. "
            f"Allowed: {', '.join(sorted(values))}"
        )
    key = row["id"], attribute
    if decision.lower() == DROP:
        return key, ""
    value = row["suggested"] if decision.lower() == ACCEPT else decision
    if not value:
        raise UsageError(f"{where}: decision {ACCEPT!r} without a suggested value. Write the value as decision.")
    if value not in values[attribute]:
        raise UsageError(
            f"{where}: {bounded(value)!r} is no value of {attribute}{closest(value, values[attribute])}. As decision "
            f"write {ACCEPT}, {KEEP}, {DROP} or a value. Allowed: {', '.join(sorted(values[attribute]))}"
        )
    return key, value

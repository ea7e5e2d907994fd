"""Reclassification events, the shape in which retail systems take over a changed hierarchy.

Columns follow Oracle Retail's item reclassification message
(https://docs.oracle.com/cd/E82085_01/16021/EnterpriseIntegration/ApiMappingReports/rms/XItemRclsDesc.html):
one event number for all items that move between the same two subclasses.
"""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from enrichment.review.cells import write_csv
from enrichment.review.changes import Change, read_changes
from schemas.paths import join_path, parse_path

HEADS = (
    *("reclass_no", "reclass_desc", "reclass_date", "item", "vendor", "from_division", "from_dept", "from_class"),
    *("from_subclass", "to_division", "to_dept", "to_class", "to_subclass"),
)
_LEVELS = ("division", "department", "class", "subclass")


def reclass_events(changes: pa.Table, effective: date) -> bytes:
    """Return ``reclass_events.csv`` of the night's re-filed products, those that a rejection sent back included.

    A move within a subclass, and one to no place at all, is no event. ``reclass_no`` is the date and a count
    from 1: ``2026111800001``.
    """
    moves = [change for change in read_changes(changes) if change.change == "refiled"]
    events = sorted((_ends(change), change.vendor, change.sku) for change in moves if change.decided)
    real = [event for event in events if event[0][: len(_LEVELS)] != event[0][len(_LEVELS) :]]
    # One event moves many items between the same two nodes: that is how the receiving system books it.
    numbers = {ends: at for at, ends in enumerate(dict.fromkeys(event[0] for event in real), 1)}
    return write_csv(HEADS, (_row(effective, numbers[ends], ends, vendor, sku) for ends, vendor, sku in real))


def _ends(change: Change) -> tuple[str, ...]:
    before, after = parse_path(change.previous), parse_path(change.path)
    return tuple(path.level(level) or "" for path in (before, after) for level in _LEVELS)


def _row(effective: date, number: int, ends: tuple[str, ...], vendor: str, sku: str) -> tuple[str, ...]:
    to = join_path(level for level in ends[len(_LEVELS) :] if level)
    reclass_no = f"{effective:%Y%m%d}{number:05d}"
    return (reclass_no, f"to {to}", effective.isoformat(), sku, vendor, *ends)

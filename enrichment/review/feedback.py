"""What a vendor gets back: its own columns, as sent and as we would file them, with the reason and our questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.review.cells import write_csv
from enrichment.review.ledger import CONTENT_DIGITS, LedgerEntry, Verdict
from enrichment.review.obey import by_a_pin
from enrichment.review.reasons import main_reason
from enrichment.review.standing import standing_entries
from schemas.paths import join_path
from schemas.records import LEVELS, LevelState, PlacementStatus
from schemas.vendor_spec import SKIP, VendorSpec

_TO_MEND = frozenset(
    {
        LevelState.BLANK.value,
        LevelState.PLACEHOLDER.value,
        LevelState.REPEATED.value,
        LevelState.SHIFTED.value,
        LevelState.UNKNOWN.value,
    }
)
_DISPUTED = frozenset({Verdict.REJECT, Verdict.CORRECT})
_JUDGES = _DISPUTED | {Verdict.ACCEPT, Verdict.LOCK}
_FIELDS = (
    *("sku", "name", "placement", "placed_by", "reasons", "levels_seen", "content_hash"),
    *LEVELS,
    *(f"vendor_{level}" for level in LEVELS),
)


def vendor_feedback(spec: VendorSpec, products: pa.Table, entries: Iterable[LedgerEntry] = ()) -> bytes:
    """Return the CSV for one vendor: products whose filing needs mending, and those it is asked about.

    The vendor's columns come first under the vendor's own names, then ``suggested <column>`` for each column
    of its hierarchy, then ``our path``, ``reason`` and ``question``. A placement that a person disputes makes
    no suggestion, one that a person set does. What was said of a product, or asked, ends when the vendor has sent it
    otherwise. ``products`` is the published table, or the part of it that should be reported.

    Of a column with ``skip`` levels that table lacks a part: it is named ``read from <column>`` and shows the levels
    read, and there is no suggestion for it, as one without that part would be read as other levels.
    """
    own = products.filter(pc.equal(products.column("vendor"), spec.vendor)).select(_FIELDS).sort_by("sku").to_pylist()
    content = {product["sku"]: (product["content_hash"] or "")[:CONTENT_DIGITS] for product in own}
    ours = standing_entries(entry for entry in entries if entry.vendor == spec.vendor)
    said = [entry for entry in ours if entry.content == content.get(entry.sku)]
    questions = {e.sku: e.comment or "Please check this product." for e in said if e.decision is Verdict.ASK_VENDOR}
    # A reviewer who rejected one place and accepted the next disputes nothing any more.
    judged = {(entry.reviewer, entry.sku): entry.decision for entry in said if entry.decision in _JUDGES}
    disputed = {sku for (_, sku), decision in judged.items() if decision in _DISPUTED}
    rows = []
    for product in own:
        # A vendor is never told to change what our own people doubt.
        settled = by_a_pin(product["placed_by"] or "") or product["sku"] not in disputed
        mend = settled and _needs_mending(product)
        if mend or product["sku"] in questions:
            rows.append(_row(spec, product, questions.get(product["sku"], ""), mend))
    return write_csv(_heads(spec), rows)


def _needs_mending(product: dict[str, Any]) -> bool:
    placed = product["placement"] != PlacementStatus.ABSTAINED
    return placed and any(
        state in _TO_MEND and product[level] for level, state in zip(LEVELS, product["levels_seen"] or (), strict=False)
    )


def _hierarchy_columns(spec: VendorSpec) -> list[tuple[str, Sequence[str]]]:
    """Return the vendor's columns that hold its hierarchy, each with the levels it holds."""
    if spec.columns.path:
        return [(spec.columns.path.column, spec.columns.path.levels)]
    return [(column, (level,)) for level, column in spec.columns.levels.items()]


def _heads(spec: VendorSpec) -> list[str]:
    columns = _hierarchy_columns(spec)
    named = [spec.columns.sku, spec.columns.name or "name"]
    sent = [column if _whole(levels) else f"read from {column}" for column, levels in columns]
    ours = [f"suggested {column}" for column, levels in columns if _whole(levels)]
    return [*named, *sent, *ours, "our path", "reason", "question"]


def _row(spec: VendorSpec, product: dict[str, Any], question: str, mend: bool) -> list[str]:
    columns = _hierarchy_columns(spec)
    separator = spec.columns.path.separator if spec.columns.path else None
    sent = [_joined(_values(product, levels, "vendor_"), separator) for _, levels in columns]
    ours = [_suggested(product, levels, separator) if mend else "" for _, levels in columns if _whole(levels)]
    path = join_path(product[level] for level in LEVELS if product[level]) if mend else ""
    return [product["sku"], product["name"] or "", *sent, *ours, path, main_reason(product["reasons"]), question]


def _whole(levels: Sequence[str]) -> bool:
    """Tell whether the published table has all that the vendor sent in a column of these levels."""
    return SKIP not in levels


def _suggested(product: dict[str, Any], levels: Sequence[str], separator: str | None) -> str:
    """Return our levels as the vendor would write them; nothing where they would not be read back as written."""
    ours = _values(product, levels, "")
    written = _joined(ours, separator)
    # A node's own name may hold the separator: "T-Shirts" in a path parted by "-".
    read = [part.strip() for part in written.split(separator)] if separator else ours
    return written if read == (ours or [""]) else ""


def _values(product: dict[str, Any], levels: Sequence[str], start: str) -> list[str]:
    values = [product[start + level] or "" for level in levels if level != SKIP]
    # A vendor's shorter path ends where its own levels end.
    while values and not values[-1]:
        values.pop()
    return values


def _joined(values: Sequence[str], separator: str | None) -> str:
    return f" {separator or '/'} ".join(values)

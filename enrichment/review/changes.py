"""The night's changes as light records, ordered by risk times impact."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pyarrow as pa

from enrichment.review.reasons import main_reason
from schemas.records import CONTRADICTIONS, PlacementStatus

# How much it costs to be wrong at a level: a dress among men's shoes hurts more than a wrong silhouette.
LEVEL_IMPACT = {"division": 1.0, "department": 0.9, "class": 0.8, "subclass": 0.6, "category": 0.3}
_UNPLACED_IMPACT = 0.3
_CONTRADICTIONS = frozenset(reason.value for reason in CONTRADICTIONS)
_CHANGE_IMPACT = {"new": 0.7, "withdrawn": 0.05, "unchanged": 0.5}


@dataclass(frozen=True, slots=True)
class Change:
    """One product's move; ``change`` is new, refiled, withdrawn, or unchanged (shown for another cause)."""

    vendor: str
    sku: str
    change: str
    cause: str
    level: str
    vendor_path: str
    previous: str
    path: str
    status: str
    confidence: float
    reasons: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str]:
        """The product's name: vendor and sku."""
        return self.vendor, self.sku

    @property
    def origin(self) -> str:
        """Where the product comes from: its previous place, for a new one the vendor's own filing."""
        return self.vendor_path if self.change == "new" else self.previous

    @property
    def reason(self) -> str:
        """The one reason that names the change."""
        return main_reason(self.reasons)

    @property
    def decided(self) -> bool:
        """Tell whether the product got any place at all."""
        return bool(self.path) and self.status != PlacementStatus.ABSTAINED


def read_changes(table: pa.Table) -> list[Change]:
    """Return the rows of a ``HIERARCHY_CHANGES`` table; empty cells become empty text, confidence 0."""
    names = ("vendor", "sku", "change", "cause", "level", "vendor_path", "previous_path", "path", "status")
    columns = [table.column(name).to_pylist() for name in names]
    confidences = table.column("confidence").to_pylist()
    # Few distinct reason lists stand behind many rows: one tuple is shared by all of them.
    shared: dict[tuple[str, ...], tuple[str, ...]] = {}
    reasons = [shared.setdefault(t := tuple(r or ()), t) for r in table.column("reasons").to_pylist()]
    texts = zip(*([value or "" for value in column] for column in columns), strict=True)
    rows = zip(texts, confidences, reasons, strict=True)
    return [_change(text, round(float(confidence or 0.0), 4), told) for text, confidence, told in rows]


def _change(text: tuple[str, ...], confidence: float, reasons: tuple[str, ...]) -> Change:
    vendor, sku, change, cause, level, sent, previous, path, status = text
    return Change(vendor, sku, change, cause, level, sent, previous, path, status, confidence, reasons)


def by_risk(changes: Iterable[Change], impact: Callable[[str, str], float] | None = None) -> list[Change]:
    """Return ``changes`` with the largest (1 - confidence) x impact first; ties by vendor and sku."""
    return sorted(changes, key=lambda c: (-risk(c, impact), c.vendor, c.sku))


def risk(change: Change, impact: Callable[[str, str], float] | None = None) -> float:
    """Return the chance of being wrong times what it would cost; at least 0, no unit."""
    weight = LEVEL_IMPACT.get(change.level, _CHANGE_IMPACT.get(change.change, 0.5))
    if change.change != "withdrawn" and not _CONTRADICTIONS.isdisjoint(change.reasons):
        # Sources that exclude each other disagree about what the product is, not about how it is cut.
        weight = max(weight, LEVEL_IMPACT["division"])
    if not change.decided:
        # Saying nothing misleads no shopper: below every real doubt, above what is nearly certain.
        weight *= _UNPLACED_IMPACT
    # Expected cost, the order in which a queue of reviews loses least when it is cut short.
    return (1.0 - change.confidence) * weight * (impact(*change.key) if impact else 1.0)

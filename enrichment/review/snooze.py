"""Which products wait for their day, and which are back from waiting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from enrichment.review.ledger import LedgerEntry, Verdict
from enrichment.review.standing import standing_entries

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Snoozed:
    """A product whose newest decision is to wait: ``waits`` until the day (``until``) has come."""

    vendor: str
    sku: str
    until: str
    reviewer: str
    waits: bool

    @property
    def key(self) -> Key:
        """The product's name: vendor and sku."""
        return self.vendor, self.sku


def snoozed(entries: Iterable[LedgerEntry], night: date) -> list[Snoozed]:
    """Return the products whose newest standing decision is a snooze, by day, vendor and sku.

    One waits while its day lies after ``night``. From its day on it is back, each night anew, until somebody decides
    something else about it. A day that is no date never hides a product.
    """
    newest: dict[Key, LedgerEntry] = {}
    for entry in standing_entries(entries):
        newest[entry.key] = entry
    found = [
        Snoozed(entry.vendor, entry.sku, entry.value, entry.reviewer, _is_after(entry.value, night))
        for entry in newest.values()
        if entry.decision is Verdict.SNOOZE
    ]
    return sorted(found, key=lambda one: (one.until, one.key))


def is_day(text: str) -> bool:
    """Tell whether ``text`` is a date such as 2026-11-25."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_after(text: str, night: date) -> bool:
    return is_day(text) and date.fromisoformat(text) > night

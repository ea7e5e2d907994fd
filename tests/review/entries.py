"""Ledger entries for tests."""

from __future__ import annotations

from typing import Any

from enrichment.review.ledger import LedgerEntry, Verdict

DRESSES = "Women / Clothing / Dresses"
TOPS = "Women / Clothing / Tops"
BAGS = "Women / Accessories / Bags"
CONTENT = "0123456789"


def said(decision: Verdict = Verdict.ACCEPT, minute: int = 0, **more: Any) -> LedgerEntry:
    given: dict[str, Any] = {
        "vendor": "alpine",
        "sku": "A-1",
        "decision": decision,
        "path": DRESSES,
        "previous": TOPS,
        "content": CONTENT,
        "reviewer": "ada",
        "at": f"2026-11-18T08:{minute:02d}:00+00:00",
        "run_id": "2026-11-18-a1b2c3",
    }
    return LedgerEntry(**(given | more))

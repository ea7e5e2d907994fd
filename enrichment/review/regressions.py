"""Rejections as permanent test cases: a fixed mistake may not come back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from enrichment.review.ledger import CONTENT_DIGITS, LedgerEntry, Verdict
from enrichment.review.listing import product_facts
from enrichment.review.standing import Today, as_written, settle
from schemas.paths import join_path
from schemas.records import LEVELS

_WRONG = (Verdict.REJECT, Verdict.CORRECT)


@dataclass(frozen=True, slots=True)
class RegressionCase:
    """With this content this product is not ``wrong``; ``right`` is empty where nobody said what it is."""

    vendor: str
    sku: str
    content: str
    wrong: str
    right: str

    @property
    def key(self) -> tuple[str, str]:
        """The product's name: vendor and sku."""
        return self.vendor, self.sku


def regression_cases(entries: Iterable[LedgerEntry], today: Today = as_written) -> list[RegressionCase]:
    """Return a case a standing, uncontradicted rejection or correction of a path, sorted.

    Paths are what ``today`` calls them. That a product had no place is no such case: it has none again where nobody
    knows a better one.
    """
    # What reviewers still argue about proves nothing yet.
    agreed, _ = settle(entries, today)
    cases = {
        RegressionCase(e.vendor, e.sku, e.content, today(e, e.path), _right(e, today))
        for e in agreed
        if e.decision in _WRONG and e.path
    }
    return sorted(cases, key=lambda c: (c.vendor, c.sku, c.content, c.wrong, c.right))


def _right(entry: LedgerEntry, today: Today) -> str:
    return today(entry, entry.value) if entry.decision is Verdict.CORRECT else ""


def broken_cases(cases: Iterable[RegressionCase], products: pa.Table) -> list[RegressionCase]:
    """Return the cases whose product is published, unchanged, where a person said that it does not belong."""
    known = list(cases)
    facts = product_facts(products, [case.key for case in known])
    return [case for case in known if case.key in facts and _broken(case, facts[case.key])]


def _broken(case: RegressionCase, fact: dict[str, str | None]) -> bool:
    same = (fact["content_hash"] or "")[:CONTENT_DIGITS] == case.content
    return same and join_path(level for name in LEVELS if (level := fact[name])) == case.wrong

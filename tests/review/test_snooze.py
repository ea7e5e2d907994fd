from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from enrichment.review.exchange import check_records
from enrichment.review.ledger import LedgerEntry, Verdict, as_record
from enrichment.review.snooze import is_day, snoozed

NIGHT = date(2026, 11, 18)


def entry(verdict: Verdict = Verdict.SNOOZE, value: str = "2026-11-20", day: int = 10, who: str = "ada") -> LedgerEntry:
    at = f"2026-11-{day:02d}T08:00:00+00:00"
    return LedgerEntry("acme", "A-1", verdict, "Women", "", "0123456789", who, at, "r1", value=value)


@pytest.mark.parametrize(
    ("until", "waits"),
    [("2026-11-19", True), ("2026-11-18", False), ("2026-11-01", False), ("soon", False), ("", False)],
)
def test_a_product_waits_until_its_day_and_then_is_back(until: str, waits: bool) -> None:
    found = snoozed([entry(value=until)], NIGHT)
    assert [(one.key, one.until, one.waits) for one in found] == [(("acme", "A-1"), until, waits)]


def test_the_newest_decision_counts_whoever_made_it() -> None:
    first = entry(day=10)
    assert snoozed([first, entry(Verdict.ACCEPT, "", day=11, who="bo")], NIGHT) == []
    longer = entry(value="2026-12-24", day=12, who="bo")
    assert [(one.until, one.reviewer) for one in snoozed([longer, first], NIGHT)] == [("2026-12-24", "bo")]
    undone = replace(first, decision=Verdict.UNDO, value="", at="2026-11-11T08:00:00+00:00")
    assert snoozed([first, undone], NIGHT) == []


def test_a_snooze_without_a_day_is_refused_where_decisions_come_in() -> None:
    found = check_records([as_record(entry(value=value)) for value in ("2026-11-20", "next week", "", "20261120")])
    assert len(found.entries) == 1
    assert [refused.row for refused in found.refused] == [2, 3, 4]
    assert "2026-11-25" in found.refused[0].why


def test_days_are_written_in_full() -> None:
    assert is_day("2026-02-28")
    assert not is_day("2026-02-30")
    assert not is_day("2026-W07-1")

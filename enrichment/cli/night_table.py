"""A published night on the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from enrichment.cli.output import console, plain, say_table
from enrichment.desk.summary import NightSummary, VendorSummary
from schemas.records import bounded

COLUMNS = ("vendor", "state", "rows", "published", "withdrawn", "refused", "products withdrawn", "problems")
# The merchandisers' page has the same word for it.
STATES = {"missing": "late"}
_KINDS = 4
_REASON = 600


def show_night(night: NightSummary) -> None:
    """Say how each vendor fared and why, how much was worked on, and where tables and report lie."""
    rows = [(v.vendor, STATES.get(v.state, v.state), *_counts(v)) for v in night.vendors]
    say_table(f"Night {night.night}, run {night.run_id}", COLUMNS, rows)
    for line in [line for vendor in night.vendors for line in _why(vendor)]:
        console().print(plain(line), markup=False, highlight=False)
    if any(vendor.problems for vendor in night.vendors):
        console().print("each of them: enrich report --problems", markup=False)
    console().print(f"catalogue  {night.products} products, {night.changed} worked on, {night.carried} carried over")
    if night.pictures_awaited:
        console().print(f"pictures   {night.pictures_awaited} missing asked for again, {night.pictures_found} came")
    console().print(f"published  {night.published_at}\nreport     {night.report_at}", markup=False)


def _counts(vendor: VendorSummary) -> tuple[int, ...]:
    rows = vendor.rows_in, vendor.published, vendor.withdrawn, vendor.quarantined
    return *rows, vendor.products_withdrawn, vendor.problems


def _why(vendor: VendorSummary) -> Iterator[str]:
    """Say why a vendor failed, what is amiss with its drop, and what its problems were, the most frequent first."""
    if vendor.reason:
        yield f"{vendor.vendor} {vendor.state}: {bounded(vendor.reason, _REASON)}"
    yield from (f"{vendor.vendor}: {notice}" for notice in vendor.notices)
    if vendor.reasons:
        shown = [f"{reason.replace('_', ' ')} {count}" for reason, count in list(vendor.reasons.items())[:_KINDS]]
        more = len(vendor.reasons) - _KINDS
        yield f"{vendor.vendor}: {', '.join(shown)}{f', {more} more kinds' if more > 0 else ''}"

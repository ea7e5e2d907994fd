"""A published night on the terminal."""

from __future__ import annotations

from enrichment.cli.output import console, say_table
from enrichment.stages.summary import NightSummary

COLUMNS = ("vendor", "state", "rows", "published", "withdrawn", "refused", "problems")


def show_night(night: NightSummary) -> None:
    """Say how each vendor fared, how much was worked on, and where tables and report lie."""
    rows = [(v.vendor, v.state, v.rows_in, v.published, v.withdrawn, v.quarantined, v.problems) for v in night.vendors]
    say_table(f"Night {night.night}, run {night.run_id}", COLUMNS, rows)
    console().print(f"catalogue  {night.products} products, {night.changed} worked on, {night.carried} carried over")
    if night.pictures_awaited:
        console().print(f"pictures   {night.pictures_awaited} missing asked for again, {night.pictures_found} came")
    console().print(f"published  {night.published_at}\nreport     {night.report_at}", markup=False)

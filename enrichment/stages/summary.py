"""What a finished night comes to, read back from what it published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from enrichment.publish.read import find_run, open_run, read_file
from enrichment.runs.parquet import from_parquet
from enrichment.runs.run import Run
from enrichment.stages.steps import vendors_of


@dataclass(frozen=True, slots=True)
class VendorSummary:
    """One vendor's night; ``problems`` counts refused rows and pictures."""

    vendor: str
    state: str
    rows_in: int
    published: int
    withdrawn: int
    quarantined: int
    problems: int


@dataclass(frozen=True, slots=True)
class NightSummary:
    """A published night: where it lies, what is in it, and how each vendor fared.

    ``pictures_awaited`` of earlier nights were asked for again, of which ``pictures_found`` had come.
    """

    run_id: str
    night: date
    published_at: str
    report_at: str
    products: int
    changed: int
    carried: int
    pictures_awaited: int
    pictures_found: int
    vendors: tuple[VendorSummary, ...]

    @property
    def refused_share(self) -> float:
        """Share (0 to 1) of all rows that were quarantined."""
        rows = sum(vendor.rows_in for vendor in self.vendors)
        return sum(vendor.quarantined for vendor in self.vendors) / rows if rows else 0.0

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return asdict(self) | {"refused_share": self.refused_share}


def summary(run_uri: str) -> NightSummary:
    """Return the summary of a published run; ``UsageError`` where it is not published."""
    run = Run.at(run_uri)
    published = open_run(run.store, find_run(run.store, run.run_id))
    manifest = published.manifest
    problems = _problem_counts(run)
    rows = {row["vendor"]: row for row in manifest["accounting"]}
    vendors = [
        _vendor(vendor, manifest["vendors"].get(vendor, "in"), rows.get(vendor, {}), problems[vendor])
        for vendor in [*vendors_of(run), *run.plan.refused]
    ]
    at = f"{run.store.uri}/{published.prefix}"
    products = manifest["files"]["products/part-0.parquet"]["rows"]
    notes = manifest["notes"]
    # A run of before there were such pictures does not count them.
    pictures = notes.get("pictures_asked_again", 0), notes.get("pictures_found", 0)
    counts = products, notes["worked_on"], notes["carried"], *pictures
    return NightSummary(run.run_id, run.plan.manifest.night, at, f"{at}/report/index.html", *counts, tuple(vendors))


def _vendor(vendor: str, state: str, rows: Mapping[str, int], problems: int) -> VendorSummary:
    counts = {name: rows.get(name, 0) for name in ("rows_in", "published", "withdrawn", "quarantined")}
    return VendorSummary(vendor=vendor, state=state, problems=problems, **counts)


def _problem_counts(run: Run) -> Counter[str]:
    published = open_run(run.store, find_run(run.store, run.run_id))
    table = from_parquet(read_file(run.store, published, "report/row_problems.parquet"), ["vendor"])
    return Counter(table["vendor"].to_pylist())

"""What a finished night comes to, read back from what it published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.desk.problems import noticed, problems_of
from enrichment.publish.read import find_run, open_run, read_table
from enrichment.runs.run import Run
from enrichment.stages.steps import vendors_of
from schemas.records import WHOLE_DROP


@dataclass(frozen=True, slots=True)
class VendorSummary:
    """One vendor's night; ``problems`` counts refused rows and pictures, ``reasons`` the same by reason, most first.

    ``reason`` says why a ``failed`` vendor was not read. ``notices`` say what is amiss with a drop as a whole.
    ``withdrawn`` are rows of the drop, ``products_withdrawn`` what left the catalogue, by a row or by its absence.
    """

    vendor: str
    state: str
    rows_in: int
    published: int
    withdrawn: int
    quarantined: int
    problems: int
    reason: str = ""
    reasons: Mapping[str, int] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    products_withdrawn: int = 0


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
    problems = problems_of(run.store, published)
    reasons, notices = _reasons(problems), _notices(problems)
    withdrawn = _withdrawn(read_table(run.store, published, "hierarchy_changes"))
    rows = {row["vendor"]: row for row in manifest["accounting"]}
    vendors = [
        replace(
            _vendor(run, vendor, manifest["vendors"].get(vendor, "in"), rows.get(vendor, {})),
            problems=sum(reasons.get(vendor, {}).values()),
            reasons=reasons.get(vendor, {}),
            notices=tuple(notices.get(vendor, ())),
            products_withdrawn=withdrawn[vendor],
        )
        for vendor in [*vendors_of(run), *run.plan.refused]
    ]
    at = f"{run.store.uri}/{published.prefix}"
    products = manifest["files"]["products/part-0.parquet"]["rows"]
    notes = manifest["notes"]
    # A run of before there were such pictures does not count them.
    pictures = notes.get("pictures_asked_again", 0), notes.get("pictures_found", 0)
    counts = products, notes["worked_on"], notes["carried"], *pictures
    return NightSummary(run.run_id, run.plan.manifest.night, at, f"{at}/report/index.html", *counts, tuple(vendors))


def _vendor(run: Run, vendor: str, state: str, rows: Mapping[str, int]) -> VendorSummary:
    """Return where a vendor's rows went, and why it was not read."""
    why = _why(run, vendor) if state == "failed" else ""
    rows_in, published, withdrawn, refused = (
        rows.get(name, 0) for name in ("rows_in", "published", "withdrawn", "quarantined")
    )
    return VendorSummary(vendor, state, rows_in, published, withdrawn, refused, problems=0, reason=why)


def _why(run: Run, vendor: str) -> str:
    if vendor in run.plan.refused:
        return f"not declared. Add {run.plan.settings.vendors}/{vendor}.yaml, or remove its folder of drops."
    failure = run.failure("read", vendor)
    return "" if failure is None else str(failure)


def _notices(problems: pa.Table) -> dict[str, list[str]]:
    """Return what is amiss with each vendor's drop as a whole."""
    found: dict[str, list[str]] = {}
    for problem in problems.filter(pc.equal(problems["row"], WHOLE_DROP)).to_pylist():
        found.setdefault(problem["vendor"], []).append(noticed(problem))
    return found


def _withdrawn(changes: pa.Table) -> Counter[str]:
    return Counter(changes.filter(pc.equal(changes["change"], "withdrawn"))["vendor"].to_pylist())


def _reasons(problems: pa.Table) -> dict[str, dict[str, int]]:
    """Count problems by vendor and reason, the most frequent reason first."""
    counts = Counter(zip(problems["vendor"].to_pylist(), problems["reason"].to_pylist(), strict=True))
    found: dict[str, dict[str, int]] = {}
    for (vendor, reason), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        found.setdefault(vendor, {})[reason] = count
    return found

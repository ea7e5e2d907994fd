"""Write the hierarchy diff report of one night into a folder."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.review.audit import Estimate, draw
from enrichment.review.changes import Change, by_risk, read_changes
from enrichment.review.details import describe_neighbours, write_details
from enrichment.review.drift import count_mix, measure_drift
from enrichment.review.flows import count_flows
from enrichment.review.inputs import Key, Neighbour, ReportInputs, RunHeader
from enrichment.review.ledger import LedgerEntry, Verdict
from enrichment.review.listing import Listing, compose, picture_of, product_facts
from enrichment.review.numbers import gather, past_estimates, write_numbers
from enrichment.review.obey import Orders, by_a_pin, orders_of
from enrichment.review.page import render_page
from enrichment.review.patterns import Pattern, find_patterns
from enrichment.review.payload import encode_rows, wanted_pictures
from enrichment.review.shown import shown
from enrichment.review.snooze import Snoozed, snoozed
from enrichment.review.standing import Conflict, standing_entries
from enrichment.review.thumbs import write_thumbnails
from enrichment.review.tiles import TITLES, compare_tiles, count_tiles
from schemas.records import CONTRADICTIONS
from schemas.tables import CAUSES
from schemas.ways_out import WAY_OUT

PAGE_LIMIT = 5_000_000
_NAME_LIMITS = (80, 56, 40, 28, 16, 0)
_PROBLEMS_SHOWN = 2_000
_FLOWS_SHOWN = 400
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """What was written: the page, its data twins, the files beside it, and the night's numbers."""

    index: Path
    numbers_json: Path
    numbers_parquet: Path
    summary_json: Path
    details: tuple[Path, ...]
    thumbnails: tuple[Path, ...]
    numbers: dict[str, Any]

    @property
    def all(self) -> tuple[Path, ...]:
        """Every file of the report, the page last."""
        return (self.numbers_json, self.numbers_parquet, self.summary_json, *self.details, *self.thumbnails, self.index)


@dataclass(frozen=True, slots=True)
class _Said:
    """What people said, read once: what stands, what of it holds tonight, who waits, what audits came to."""

    standing: Sequence[LedgerEntry]
    orders: Orders
    asleep: Sequence[Snoozed]
    audits: Sequence[Estimate]


def write_report(inputs: ReportInputs, out: Path) -> ReportFiles:
    """Write the page and what lies beside it into ``out``; the same inputs give the same bytes.

    ``index.html`` stays under 5 MB; ``numbers.json|parquet`` hold the same numbers, ``summary.json`` what later
    nights compare with, ``details/`` and ``thumbs/`` what the page reads when it is needed. More than
    ``inputs.listed`` changes are counted everywhere but only the riskiest are listed; the page says so.
    """
    out.mkdir(parents=True, exist_ok=True)
    changes = read_changes(inputs.changes)
    patterns = find_patterns(changes, inputs.impact)
    numbers = _numbers(inputs, changes, patterns)
    said = _said(inputs)
    listing = _listing(inputs, changes, numbers, said)
    found, facts = _neighbours(inputs, listing)
    pictures: dict[str, Path] = {}
    if inputs.pictures:
        wanted = [*wanted_pictures(listing), *(picture for fact in facts.values() if (picture := picture_of(fact)))]
        pictures = write_thumbnails(wanted, inputs.pictures, out / "thumbs", inputs.thumbnails)
    page, listing = _fitting_page(inputs, said, numbers, listing, patterns, pictures)
    accepted = {entry.key for entry in said.standing if entry.decision in (Verdict.ACCEPT, Verdict.LOCK)}
    similar = describe_neighbours(found, facts, accepted, pictures)
    details = write_details(listing.lines, inputs.products, inputs.claims, similar, inputs.entries, out / "details")
    as_json, as_parquet, short = write_numbers(numbers, out)
    index = out / "index.html"
    index.write_bytes(page)
    return ReportFiles(index, as_json, as_parquet, short, tuple(details), tuple(pictures.values()), numbers)


def _numbers(inputs: ReportInputs, changes: Sequence[Change], patterns: Sequence[Pattern]) -> dict[str, Any]:
    header = RunHeader.from_manifest(inputs.manifest)
    counts = count_tiles(inputs.products, inputs.changes, inputs.problems)
    mix = count_mix(inputs.products)
    plan = draw(header.run_id, *_audit_population(inputs.products, changes), size=inputs.audited)
    tiles = compare_tiles(counts, inputs.history)
    drift = measure_drift(mix, inputs.history)
    return gather(header, tiles, changes, count_flows(changes), patterns, drift, plan, mix)


def _audit_population(products: pa.Table, changes: Sequence[Change]) -> tuple[list[Key], list[Key]]:
    """Return what was placed tonight, and what stands placed from earlier nights."""
    # Abstentions are no claim that could be wrong: accuracy is of what was decided, coverage stands in the tiles.
    moved = {change.key for change in changes}
    placed = [change.key for change in changes if change.change in ("new", "refiled") and change.decided]
    stands = products.select(["vendor", "sku"]).filter(pc.not_equal(products.column("placement"), "abstained"))
    keys = zip(stands.column("vendor").to_pylist(), stands.column("sku").to_pylist(), strict=True)
    return placed, [key for key in keys if key not in moved]


def _said(inputs: ReportInputs) -> _Said:
    standing = standing_entries(inputs.entries, inputs.today)
    return _Said(standing, _orders(inputs), snoozed(inputs.entries, inputs.night), past_estimates(inputs))


def _listing(inputs: ReportInputs, changes: Sequence[Change], numbers: dict[str, Any], said: _Said) -> Listing:
    kept = by_risk(changes, inputs.impact)[: inputs.listed]
    audit = [(v, s) for stratum in numbers["audit"]["strata"] for v, s in stratum["sample"]]
    orders, asleep = said.orders, said.asleep
    special = {
        "audit": audit,
        "expired": sorted({*orders.expired, *_idle(inputs, orders)}),
        "disputed": sorted(conflict.key for conflict in orders.conflicts),
        "waiting": [one.key for one in asleep if one.waits],
        "back": [one.key for one in asleep if not one.waits],
    }
    wanted = dict.fromkeys(key for keys in ([change.key for change in kept], *special.values()) for key in keys)
    facts = product_facts(inputs.products, list(wanted))
    # What was withdrawn is in no table of tonight any more.
    if inputs.previous_products is not None:
        gone = [change.key for change in kept if change.change == "withdrawn"]
        facts = product_facts(inputs.previous_products, gone) | facts
    return compose(kept, facts, special)


def _orders(inputs: ReportInputs) -> Orders:
    touched = sorted({entry.key for entry in inputs.entries})
    facts = product_facts(inputs.products, touched)
    content = {key: fact["content_hash"] or "" for key, fact in facts.items()}
    return orders_of(inputs.entries, content, inputs.today)


def _idle(inputs: ReportInputs, orders: Orders) -> list[Key]:
    """Return the products that their pin does not hold: its node is gone, or the vendor's drop could not be read."""
    facts = product_facts(inputs.products, list(orders.pins))
    return [key for key in orders.pins if not by_a_pin(facts[key]["placed_by"] or "")]


def _neighbours(
    inputs: ReportInputs, listing: Listing
) -> tuple[dict[Key, Sequence[Neighbour]], dict[Key, dict[str, Any]]]:
    """Return each line's look-alikes, and what is known of these."""
    if inputs.similar is None:
        return {}, {}
    found = {line.change.key: inputs.similar(*line.change.key) for line in listing.lines}
    return found, product_facts(inputs.products, sorted({(n.vendor, n.sku) for near in found.values() for n in near}))


def _fitting_page(
    inputs: ReportInputs,
    said: _Said,
    numbers: dict[str, Any],
    listing: Listing,
    patterns: Sequence[Pattern],
    pictures: dict[str, Path],
) -> tuple[bytes, Listing]:
    """Return the page, names cut and at last lines dropped until it is under ``PAGE_LIMIT`` bytes."""
    frame = _frame(inputs, said, numbers, listing)
    page = b""
    for limit in _NAME_LIMITS:
        page = render_page(frame | encode_rows(listing, patterns, pictures, limit))
        if len(page) <= PAGE_LIMIT:
            return page, listing
    # Steps of a quarter: few renderings, and never far below what would have fitted.
    size = len(listing.lines)
    while len(page) > PAGE_LIMIT and size > 1:
        size = size * 3 // 4
        listing = listing.shortened(size)
        rows = encode_rows(listing, patterns[:size], pictures, _NAME_LIMITS[2])
        page = render_page(_frame(inputs, said, numbers, listing) | rows)
    _log.warning("report page lists %d lines: more do not fit %d bytes", len(listing.lines), PAGE_LIMIT)
    return page, listing


def _frame(inputs: ReportInputs, said: _Said, numbers: dict[str, Any], listing: Listing) -> dict[str, Any]:
    """Return what the page shows around the lines."""
    total = sum(cause["count"] for cause in numbers["causes"])
    flows = _top_flows(numbers["flows"])
    return {
        "run": numbers["run"],
        "tiles": [tile | {"title": TITLES[tile["name"]]} for tile in numbers["tiles"]],
        "causes": [{"cause": c, "count": _sum(numbers, c)} for c in CAUSES],
        "flows": [[f["level"], f["basis"], f["origin"], f["to"], f["count"]] for f in flows],
        "flow_totals": _flow_totals(numbers["flows"]),
        "drift": {**numbers["drift"], "signals": numbers["drift"]["signals"][:12]},
        "audit": {
            "rows": list(listing.special["audit"]),
            "strata": [[s["name"], s["size"], _rows_of(s["sample"], listing)] for s in numbers["audit"]["strata"]],
            "past": [asdict(found) for found in said.audits],
        },
        "problems": _problem_rows(inputs.problems),
        "problems_total": inputs.problems.num_rows,
        "problem_counts": _problem_counts(inputs.problems),
        "contradictions": [reason.value for reason in CONTRADICTIONS],
        "ways_out": {reason.value: way for reason, way in WAY_OUT.items()},
        "expired": list(listing.special["expired"]),
        "back": list(listing.special["back"]),
        "waiting": [
            [listing.position[one.key], one.until] for one in said.asleep if one.waits and one.key in listing.position
        ],
        "conflicts": [
            [listing.position[c.key], [[e.reviewer, e.decision.value, e.value or e.path] for e in _by_reviewer(c)]]
            for c in said.orders.conflicts
            if c.key in listing.position
        ],
        "human": _earlier_decisions(said, numbers["run"]["run_id"], listing),
        "nodes": list(inputs.nodes),
        "total": total,
    }


def _by_reviewer(conflict: Conflict) -> list[LedgerEntry]:
    return sorted(conflict.entries, key=lambda entry: (entry.reviewer, entry.at))


def _earlier_decisions(said: _Said, run_id: str, listing: Listing) -> list[list[Any]]:
    """Return what people decided on listed products in earlier nights: row, verdict, reviewer, day, value."""
    standing = [e for e in said.standing if e.run_id != run_id and e.key in listing.position]
    told = ((listing.position[e.key], e.decision.value, shown(e.reviewer), e.at[:10], shown(e.value)) for e in standing)
    return [list(row) for row in sorted(told)]


def _rows_of(sample: Sequence[Sequence[str]], listing: Listing) -> list[int]:
    keys = ((vendor, sku) for vendor, sku in sample)
    return [listing.position[key] for key in keys if key in listing.position]


def _sum(numbers: dict[str, Any], cause: str) -> int:
    return sum(row["count"] for row in numbers["causes"] if row["cause"] == cause)


def _top_flows(flows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the largest flows of each level and basis; the data twins hold all."""
    taken: dict[tuple[Any, Any], int] = {}
    kept = []
    for flow in flows:
        place = flow["basis"], flow["level"]
        taken[place] = taken.get(place, 0) + 1
        if taken[place] <= _FLOWS_SHOWN:
            kept.append(flow)
    return kept


def _flow_totals(flows: Sequence[dict[str, Any]]) -> list[list[Any]]:
    """Return (level, basis, products that moved), those of flows that the page does not list included."""
    sums: Counter[tuple[str, str]] = Counter()
    for flow in flows:
        sums[flow["level"], flow["basis"]] += flow["count"]
    return [[*place, moved] for place, moved in sorted(sums.items())]


def _problem_counts(problems: pa.Table) -> list[list[Any]]:
    """Return (vendor, reason, problems, quarantined rows), the most frequent first."""
    kept_out = problems.set_column(
        problems.schema.get_field_index("quarantined"), "quarantined", problems["quarantined"].cast(pa.int64())
    )
    counted = kept_out.group_by(["vendor", "reason"]).aggregate([("row", "count"), ("quarantined", "sum")]).to_pylist()
    rows = [[shown(r["vendor"]), r["reason"], r["row_count"], r["quarantined_sum"] or 0] for r in counted]
    return sorted(rows, key=lambda row: (-row[2], row[0], row[1]))


def _problem_rows(problems: pa.Table) -> list[list[Any]]:
    order = [("vendor", "ascending"), ("row", "ascending"), ("reason", "ascending"), ("sku", "ascending")]
    rows = problems.sort_by(order).slice(0, _PROBLEMS_SHOWN).to_pylist()
    names = ("vendor", "row", "sku", "stage", "reason", "column", "excerpt", "quarantined")
    return [[shown(v) if isinstance(v := row[name], str) else v for name in names] for row in rows]

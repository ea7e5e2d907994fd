"""The page's numbers as data: one JSON document, and the same as a tidy Parquet table."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from enrichment.review.audit import AuditPlan, Estimate, estimate, plan_from
from enrichment.review.changes import Change
from enrichment.review.drift import DriftReport, Mix
from enrichment.review.flows import Flow
from enrichment.review.inputs import ReportInputs, RunHeader
from enrichment.review.patterns import Pattern
from enrichment.review.tiles import WINDOW

NUMBERS = pa.schema(
    [
        ("run_id", pa.string()),
        ("section", pa.string()),
        ("name", pa.string()),
        ("vendor", pa.string()),
        ("origin", pa.string()),
        ("to", pa.string()),
        ("value", pa.float64()),
    ]
)


def gather(
    header: RunHeader,
    tiles: Sequence[Mapping[str, Any]],
    changes: Sequence[Change],
    flows: Sequence[Flow],
    patterns: Sequence[Pattern],
    drift: DriftReport,
    plan: AuditPlan,
    mix: Mix,
) -> dict[str, Any]:
    """Return everything the page counts as JSON values."""
    causes = Counter((change.cause, change.change) for change in changes)
    # By the reason that names a change, so that the counts add up to the changes.
    reasons = Counter((change.reason, change.change) for change in changes)
    return {
        "version": 1,
        "run": header_record(header),
        "tiles": list(tiles),
        "tiles_by_name": {tile["name"]: tile["value"] for tile in tiles},
        "causes": [{"cause": a, "change": b, "count": n} for (a, b), n in sorted(causes.items())],
        "reasons": [{"reason": a, "change": b, "count": n} for (a, b), n in sorted(reasons.items())],
        "flows": [asdict(flow) for flow in flows],
        "patterns": [asdict(pattern) for pattern in patterns],
        "drift": drift_record(drift),
        "audit": plan.record(),
        "mix": mix,
    }


def header_record(header: RunHeader) -> dict[str, Any]:
    """Return the header as JSON values."""
    record = asdict(header)
    record["night"] = header.night.isoformat()
    record["base_night"] = header.base_night.isoformat() if header.base_night else None
    return record


def drift_record(drift: DriftReport) -> dict[str, Any]:
    """Return the drift signals as JSON values."""
    signals = [asdict(signal) | {"tripped": signal.tripped} for signal in drift.signals]
    return {"nights": drift.nights, "tripped": drift.tripped, "reasons": list(drift.reasons), "signals": signals}


def past_estimates(inputs: ReportInputs) -> list[Estimate]:
    """Return what the ledger's audit answers say of earlier nights, oldest first."""
    plans = [plan_from(night["audit"]) for night in inputs.history[-WINDOW:] if night.get("audit")]
    return [found for plan in plans if (found := estimate(plan, inputs.entries)).judged]


def summary(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the little that later nights compare themselves with; ``approved`` where a person was asked."""
    kept = {name: numbers[name] for name in ("version", "tiles_by_name", "mix", "audit")}
    run = numbers["run"]
    # A night that the gate asks about is published by nobody but a person.
    return kept | {"run_id": run["run_id"], "night": run["night"], "approved": bool(run["gate_reasons"])}


def write_numbers(numbers: Mapping[str, Any], folder: Path) -> tuple[Path, Path, Path]:
    """Write ``numbers.json``, ``numbers.parquet`` and ``summary.json``; return the paths."""
    as_json, as_parquet, short = folder / "numbers.json", folder / "numbers.parquet", folder / "summary.json"
    _write_json(numbers, as_json)
    _write_json(summary(numbers), short)
    pq.write_table(tidy(numbers), as_parquet, compression="zstd")
    return as_json, as_parquet, short


def _write_json(value: Mapping[str, Any], path: Path) -> None:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def tidy(numbers: Mapping[str, Any]) -> pa.Table:
    """Return the counts of :func:`gather` as one long table, a number a row."""
    rows = [{"section": "tile", "name": t["name"], "value": t["value"]} for t in numbers["tiles"]]
    rows += [{"section": f"cause/{c['change']}", "name": c["cause"], "value": c["count"]} for c in numbers["causes"]]
    rows += [{"section": f"reason/{r['change']}", "name": r["reason"], "value": r["count"]} for r in numbers["reasons"]]
    for flow in numbers["flows"]:
        place = {"name": flow["level"], "origin": flow["origin"], "to": flow["to"]}
        rows.append({"section": f"flow/{flow['basis']}", "value": flow["count"], **place})
    for pattern in numbers["patterns"]:
        place = {"vendor": pattern["vendor"], "origin": pattern["origin"], "to": pattern["to"]}
        rows.append({"section": "pattern", "name": pattern["reason"], "value": pattern["count"], **place})
    for vendor in numbers["run"]["vendors"]:
        for name in ("rows_in", "published", "withdrawn", "quarantined"):
            rows.append({"section": "vendor", "name": name, "vendor": vendor["vendor"], "value": vendor[name]})
    for signal in numbers["drift"]["signals"]:
        rows.append({"section": "drift", "name": signal["name"], "value": signal["index"]})
    for name, counts in sorted(numbers["mix"].items()):
        rows += [{"section": f"mix/{name}", "name": value, "value": n} for value, n in sorted(counts.items())]
    run_id = numbers["run"]["run_id"]
    return pa.Table.from_pylist([{"run_id": run_id, **row} for row in rows], schema=NUMBERS)

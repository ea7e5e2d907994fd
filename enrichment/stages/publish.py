"""Stage 9: report, immutable files, manifest, and the pointer last."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from enrichment.index.build import FILES
from enrichment.publish.accounting import VendorAccount
from enrichment.publish.commit import publish as commit
from enrichment.publish.layout import RunKey
from enrichment.publish.manifest import RunFacts
from enrichment.publish.verdict import GateResult
from enrichment.runs.run import Outcome, Run
from enrichment.stages.approval import require_approval
from enrichment.stages.assemble import Catalogue, assembled
from enrichment.stages.catalogue import product_shards
from enrichment.stages.gate import VERDICT
from enrichment.stages.handover import write_handover
from enrichment.stages.report import vendor_states, write_night_report
from enrichment.stages.steps import STEPS, shards_of
from schemas.records import StageReport


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate stage found, and who approved what it found unusual."""

    gate: GateResult
    questions: tuple[str, ...]
    approved_by: str | None
    accounts: tuple[VendorAccount, ...]
    worked_on: int


def publish(run: Run, whole: str) -> Outcome:
    """Publish what the gate let through; ``ApprovalNeeded`` leaves the pointer where it is.

    ``notes``: products in the catalogue, worked on, carried over, and whether the pointer moved.
    """
    verdict = _verdict(run, whole)
    catalogue = assembled(run, verdict.accounts, verdict.worked_on)
    bundles = _bundles(run)
    state = f"approved by {verdict.approved_by}" if verdict.questions else "passed"
    report = write_night_report(run, catalogue, state, verdict.questions)
    write_handover(run, catalogue, report)
    pq.write_table(catalogue.problems, report / "row_problems.parquet")
    files = bundles | {f"report/{path.relative_to(report)}": path for path in report.rglob("*") if path.is_file()}
    tables = {
        "products": catalogue.products,
        "attribute_claims": catalogue.claims,
        "hierarchy_changes": catalogue.changes,
    }
    done = commit(run.store, _facts(run, catalogue, verdict), tables, files)
    total, fresh = catalogue.products.num_rows, catalogue.worked_on
    notes = {"products": total, "worked_on": fresh, "carried": total - fresh, "latest": int(done.is_latest)}
    return Outcome(StageReport("publish", whole, total, total, 0, notes))


def _verdict(run: Run, whole: str) -> Verdict:
    approved_by = require_approval(run)
    raw = json.loads(run.read("gate", whole, VERDICT))
    accounts = tuple(VendorAccount(**account) for account in raw["accounts"])
    return Verdict(GateResult(raw["checks"], ()), tuple(raw["questions"]), approved_by, accounts, raw["worked_on"])


def _facts(run: Run, catalogue: Catalogue, verdict: Verdict) -> RunFacts:
    """Return what the manifest says of the run."""
    manifest = run.plan.manifest
    key = RunKey(manifest.night, manifest.run_id)
    notes: dict[str, Any] = {
        "worked_on": catalogue.worked_on,
        "carried": catalogue.products.num_rows - catalogue.worked_on,
        "problems": catalogue.problems.num_rows,
        "undeclared_vendors": list(run.plan.refused),
        "unusual": list(verdict.questions),
        "approved_by": verdict.approved_by,
        **_asked_again(run),
    }
    states = {state["vendor"]: state["state"] for state in vendor_states(run, catalogue)}
    return RunFacts(key, manifest.base_run_id, manifest.versions, states, catalogue.accounts, verdict.gate, notes)


def _asked_again(run: Run) -> dict[str, int]:
    """Count the pictures of earlier nights' products that were asked for again, and those that had come."""
    markers = [run.marker("fetch", shard) for shard in product_shards(run)]
    counts = [marker.report.notes for marker in markers if marker is not None]
    return {f"pictures_{name}": sum(notes[name] for notes in counts) for name in ("asked_again", "found")}


def _bundles(run: Run) -> dict[str, Path]:
    """Bring the night's index bundles here, under the names they are published by."""
    found: dict[str, Path] = {}
    for group in shards_of(run, STEPS["index"]):
        marker = run.marker("index", group)
        for name in FILES if marker is not None and marker.outputs else ():
            path = run.scratch / "published" / group / name
            path.parent.mkdir(parents=True, exist_ok=True)
            run.download("index", group, name, path)
            found[f"indexes/{group}/{name}"] = path
    return found

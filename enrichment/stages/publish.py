"""Stage 8: gate, report, immutable files, manifest, and the pointer last."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from enrichment.index.bundle import FILES
from enrichment.publish.allowed import Limits, allowed
from enrichment.publish.commit import publish as commit
from enrichment.publish.gate import Candidate, GateResult, check
from enrichment.publish.layout import RunKey
from enrichment.publish.manifest import RunFacts
from enrichment.runs.run import Outcome, Run
from enrichment.stages.assemble import Catalogue, assemble
from enrichment.stages.handover import write_handover
from enrichment.stages.report import vendor_states, write_night_report
from enrichment.stages.steps import STEPS, shards_of
from schemas.attribute_spec import attributes
from schemas.group_spec import groups
from schemas.records import StageReport
from schemas.taxonomy_spec import taxonomy


def publish(run: Run, whole: str) -> Outcome:
    """Publish the night; ``GateRefused`` leaves the pointer where it is.

    ``notes``: products in the catalogue, worked on, carried over, and whether the pointer moved.
    """
    catalogue = assemble(run)
    gate = gate_of(run, catalogue)
    gate.require()
    bundles = _bundles(run)
    report = write_night_report(run, catalogue, gate, run.scratch)
    write_handover(run, catalogue, report)
    pq.write_table(catalogue.problems, report / "row_problems.parquet")
    files = bundles | {f"report/{path.relative_to(report)}": path for path in report.rglob("*") if path.is_file()}
    tables = {
        "products": catalogue.products,
        "attribute_claims": catalogue.claims,
        "hierarchy_changes": catalogue.changes,
    }
    done = commit(run.store, facts_of(run, catalogue, gate), tables, files)
    total, fresh = catalogue.products.num_rows, catalogue.worked_on
    notes = {"products": total, "worked_on": fresh, "carried": total - fresh, "latest": int(done.is_latest)}
    return Outcome(StageReport("publish", whole, total, total, 0, notes))


def gate_of(run: Run, catalogue: Catalogue) -> GateResult:
    """Ask the gate about the night's tables."""
    candidate = Candidate(
        catalogue.products,
        catalogue.claims,
        catalogue.changes,
        catalogue.accounts,
        catalogue.base_products,
        catalogue.withdrawn,
    )
    limits = Limits(refiled_share=run.plan.settings.max_refiled_share)
    return check(candidate, allowed(attributes(), groups(), taxonomy()), limits)


def facts_of(run: Run, catalogue: Catalogue, gate: GateResult) -> RunFacts:
    """Return what the manifest says of the run."""
    manifest = run.plan.manifest
    key = RunKey(manifest.night, manifest.run_id)
    notes: dict[str, Any] = {
        "worked_on": catalogue.worked_on,
        "carried": catalogue.products.num_rows - catalogue.worked_on,
        "problems": catalogue.problems.num_rows,
        "undeclared_vendors": list(run.plan.refused),
    }
    states = {state["vendor"]: state["state"] for state in vendor_states(run, catalogue)}
    return RunFacts(key, manifest.base_run_id, manifest.versions, states, catalogue.accounts, gate, notes)


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

"""The merchandisers' page of a night: what the review room needs, gathered from run and store."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from enrichment.images.keep import load
from enrichment.index.catalogue import ALL
from enrichment.index.load import load_bundle
from enrichment.review.inputs import Neighbour, ReportInputs
from enrichment.review.nodes import known_nodes
from enrichment.review.report import write_report
from enrichment.runs.run import Run
from enrichment.stages.assemble import Catalogue
from enrichment.stages.hierarchy import hierarchy_of, paths_in
from enrichment.stages.history import night_summaries
from enrichment.stages.judges import tree
from enrichment.stages.ledger import entries_of
from enrichment.stages.steps import vendors_of
from enrichment.taxonomy.tree import Tree
from schemas.errors import UsageError
from schemas.taxonomy_spec import taxonomy

NEIGHBOURS = 5
# What a product weighs at most: a price is a vendor's own word, and one mistyped must not outweigh all others.
MOST_IMPACT = 1e6
_BATCH = 10_000


def write_night_report(run: Run, catalogue: Catalogue, gate: str, questions: Sequence[str]) -> Path:
    """Write the page and its files below the run's scratch folder, and return theirs.

    ``gate`` says how the night stands ("passed"), ``questions`` what was unusual about it. Similar products are shown
    where the night's forests lie in the scratch folder already.
    """
    out = run.scratch / "report"
    inputs = ReportInputs(
        manifest=_header(run, catalogue, gate, questions),
        products=catalogue.products,
        claims=catalogue.claims,
        changes=catalogue.changes,
        problems=catalogue.problems,
        previous_products=catalogue.base_products,
        history=night_summaries(run),
        entries=entries_of(run),
        today=paths_in(run.store, tree()),
        nodes=known_nodes(taxonomy()),
        pictures=lambda sha256: load(run.store, sha256),
        impact=_impact(catalogue),
        similar=_similar(run.scratch / "published" / ALL),
    )
    write_report(inputs, out)
    return out


def vendor_states(run: Run, catalogue: Catalogue) -> list[dict[str, Any]]:
    """Say of every vendor whether it is in, missing or failed, why, and where its rows went."""
    missing = set(run.plan.manifest.missing)
    counted = {account.vendor: account for account in catalogue.accounts}
    states = []
    for vendor in vendors_of(run):
        failure = run.failure("read", vendor)
        state = "failed" if failure else "missing" if vendor in missing else "in"
        reason = str(failure) if failure else ("no drop for this night" if state == "missing" else "")
        row: dict[str, Any] = {"vendor": vendor, "state": state, "reason": reason}
        if (account := counted.get(vendor)) is not None:
            names = ("rows_in", "published", "withdrawn", "quarantined")
            row |= {name: getattr(account, name) for name in names}
        states.append(row)
    states += [
        {"vendor": name, "state": "failed", "reason": "UnknownVendor: not declared"} for name in run.plan.refused
    ]
    return states


def _header(run: Run, catalogue: Catalogue, gate: str, questions: Sequence[str]) -> dict[str, Any]:
    manifest, base = run.plan.manifest, catalogue.base
    earlier = hierarchy_of(run.store, base) if base else None
    return {
        "run_id": manifest.run_id,
        "night": manifest.night.isoformat(),
        "base_run_id": manifest.base_run_id,
        "base_night": base.night.isoformat() if base else None,
        "versions": _named(manifest.versions, tree()),
        "base_versions": _named(base.versions, earlier) if base else {},
        "vendors": vendor_states(run, catalogue),
        "gate": {"status": gate, "reasons": list(questions)},
    }


def _named(versions: Mapping[str, str], hierarchy: Tree | None) -> dict[str, str]:
    """Return versions as people call them: the hierarchy has a number of its own beside its hash."""
    number = f"v{hierarchy.version} " if hierarchy else ""
    return {name: f"{number}{mark}" if name == "taxonomy" else mark for name, mark in versions.items()}


def _impact(catalogue: Catalogue) -> Callable[[str, str], float]:
    """Weigh a product by its price, from 1 to ``MOST_IMPACT``, where the vendor sends one."""
    prices: dict[tuple[str, str], float] = {}
    for batch in catalogue.products.select(["vendor", "sku", "fields"]).to_batches(max_chunksize=_BATCH):
        for row in batch.to_pylist():
            try:
                price = float(dict(row["fields"] or []).get("price", ""))
            except ValueError:
                continue
            # Text such as "1e999" is infinite, and infinity is no JSON.
            if math.isfinite(price):
                prices[row["vendor"], row["sku"]] = min(MOST_IMPACT, max(1.0, price))
    return lambda vendor, sku: prices.get((vendor, sku), 1.0)


def _similar(folder: Path) -> Callable[[str, str], Sequence[Neighbour]] | None:
    """Look neighbours up in the night's own forest."""
    if not folder.is_dir():
        return None
    bundle = load_bundle(folder)

    def neighbours(vendor: str, sku: str) -> Sequence[Neighbour]:
        try:
            return [Neighbour(v, s, cosine) for v, s, cosine in bundle.similar(vendor, sku, NEIGHBOURS)]
        except UsageError:
            # A product without a usable picture has no neighbours.
            return []

    return neighbours

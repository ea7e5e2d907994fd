"""Files that other systems take over: reclassification events, vendor feedback, navigation facets, proposals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.review.feedback import vendor_feedback
from enrichment.review.reclass import reclass_events
from enrichment.runs.run import Run
from enrichment.stages.assemble import Catalogue
from enrichment.stages.hierarchy import HIERARCHY, hierarchy_json
from enrichment.stages.judges import tree
from enrichment.stages.ledger import entries_of
from enrichment.taxonomy.facets import facets
from enrichment.taxonomy.filing import Reader
from enrichment.taxonomy.placeholders import propose
from enrichment.vendors.declarations import read_declarations
from schemas.attribute_spec import attributes
from schemas.records import LEVELS
from schemas.taxonomy_spec import taxonomy

LEAST_PRODUCTS = 3
_BATCH = 10_000


def write_handover(run: Run, catalogue: Catalogue, out: Path) -> None:
    """Write ``reclass_events.csv``, ``feedback/`` and ``facets|placeholders|taxonomy.json`` into ``out``.

    The last is the hierarchy that the night's paths are of: a later night with another one finds old paths in it.
    """
    entries = entries_of(run)
    night = run.plan.manifest.night
    (out / "reclass_events.csv").write_bytes(reclass_events(catalogue.changes, night))
    (out / "feedback").mkdir()
    specs = read_declarations(Path(run.plan.settings.vendors)).specs
    for vendor in sorted(set(catalogue.products["vendor"].to_pylist()) & set(specs)):
        feedback = vendor_feedback(specs[vendor], catalogue.products, entries)
        (out / "feedback" / f"{vendor}.csv").write_bytes(feedback)
    counted = [asdict(facet) for facet in facets(_paths_and_values(catalogue.products), attributes(), LEAST_PRODUCTS)]
    _write_json(out / "facets.json", counted)
    proposals = [asdict(p) for vendor in sorted(specs) for p in _proposals(catalogue.products, vendor, specs)]
    _write_json(out / "placeholders.json", proposals)
    (out / HIERARCHY).write_text(hierarchy_json(taxonomy()), encoding="utf-8")


def _paths_and_values(products: pa.Table) -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
    named = [name for name in products.schema.names if name.startswith("attr_")]
    for batch in products.select([*LEVELS, *named]).to_batches(max_chunksize=_BATCH):
        for row in batch.to_pylist():
            path = tuple(row[level] for level in LEVELS if row[level])
            yield path, {name.removeprefix("attr_"): row[name] for name in named if row[name]}


def _proposals(products: pa.Table, vendor: str, specs: Any) -> list[Any]:
    """Return values that this vendor writes where it means nothing, for its YAML."""
    columns = ["vendor", "image_group", *(f"vendor_{level}" for level in LEVELS)]
    rows = products.select(columns).filter(pc.equal(products["vendor"], vendor)).to_pylist()
    reader = Reader(tree(), specs[vendor].placeholders)
    seen = ((reader.read([row[f"vendor_{level}"] for level in LEVELS]), row["image_group"]) for row in rows)
    return propose(vendor, seen)


def _write_json(path: Path, data: list[Any]) -> None:
    path.write_text(json.dumps(data, indent=0, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")

"""Stage 6: the deepest node that is sure enough; what people decided is obeyed."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.review.obey import obey, orders_of
from enrichment.runs.run import Outcome, Run
from enrichment.stages.drop import spec_of
from enrichment.stages.judges import fuser, tree
from enrichment.stages.ledger import entries_of
from enrichment.stages.rows import by_sku, claims_from, decisions_from, hierarchy_table
from enrichment.stages.shard import changed_products
from enrichment.stages.steps import vendor_of
from enrichment.stages.trust import trust_of
from enrichment.taxonomy.filing import Reader
from enrichment.taxonomy.place import Evidence, Placer
from enrichment.vendors.product_tables import products_from_table
from schemas.records import DecisionStatus, HierarchyPath, PlacementStatus, StageReport


def place(run: Run, shard: str) -> Outcome:
    """Return HIERARCHY_DECISIONS of changed products."""
    table = changed_products(run, shard)
    claims = by_sku(claims_from(run.table("decide", shard, "judged_claims").drop_columns(["outcome"])))
    decided = by_sku(decisions_from(_telling(run.table("decide", shard, "attribute_decisions"))))
    filings = Reader(tree(), spec_of(run, vendor_of(shard)).placeholders)
    fuse, placer = fuser(run), Placer(tree(), trust_of(run, vendor_of(shard)))
    placed = []
    for product in products_from_table(table):
        belief = fuse.believe(claims.get(product.sku, []))
        known = Evidence(belief.types, belief.genders, {d.attribute: d for d in decided.get(product.sku, [])})
        placed.append(placer.place(product.vendor, product.sku, known, filings.read_product(product)))
    keys = zip(table["vendor"].to_pylist(), table["sku"].to_pylist(), strict=True)
    orders = orders_of(entries_of(run), dict(zip(keys, table["content_hash"].to_pylist(), strict=True)))
    final = obey(placed, orders, _exists)
    abstained = sum(d.status is PlacementStatus.ABSTAINED for d in final)
    report = StageReport("place", shard, len(final), len(final), 0, {"abstained": abstained})
    return Outcome(report, {"hierarchy_decisions": hierarchy_table(final)})


def _telling(decisions: pa.Table) -> pa.Table:
    """Leave out what nobody claimed and what does not apply: nine decisions in ten, and nothing to place by."""
    decided = pc.equal(decisions["status"], DecisionStatus.DECIDED.value)
    return decisions.filter(pc.or_(decided, decisions["conflict"]))


def _exists(path: HierarchyPath) -> bool:
    """Tell whether a path that a person set still stands in tonight's taxonomy."""
    return tree().is_path(path.levels)

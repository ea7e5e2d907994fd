"""Stage 6: the deepest node that is sure enough; what people decided is obeyed."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.review.obey import obey, orders_of
from enrichment.runs.run import Outcome, Run
from enrichment.stages.hierarchy import paths_in
from enrichment.stages.judges import Judges, tree
from enrichment.stages.ledger import entries_of
from enrichment.stages.rows import by_sku, claims_from, decisions_from, hierarchy_table
from enrichment.stages.shard import changed_products
from enrichment.stages.steps import vendor_of
from enrichment.stages.trust import judges_of
from enrichment.taxonomy.place import Evidence, Placer
from enrichment.vendors.product_tables import products_from_table
from schemas.records import DecisionStatus, HierarchyDecision, HierarchyPath, PlacementStatus, StageReport


def place(run: Run, shard: str) -> Outcome:
    """Return HIERARCHY_DECISIONS of changed products."""
    table = changed_products(run, shard)
    judged = run.table("decide", shard, "judged_claims")
    decisions = run.table("decide", shard, "attribute_decisions")
    found = placed(table, judged, decisions, judges_of(run, vendor_of(shard)))
    keys = zip(table["vendor"].to_pylist(), table["sku"].to_pylist(), strict=True)
    content = dict(zip(keys, table["content_hash"].to_pylist(), strict=True))
    orders = orders_of(entries_of(run), content, paths_in(run.store, tree()))
    final = obey(found, orders, _exists)
    abstained = sum(d.status is PlacementStatus.ABSTAINED for d in final)
    report = StageReport("place", shard, len(final), len(final), 0, {"abstained": abstained})
    return Outcome(report, {"hierarchy_decisions": hierarchy_table(final)})


def placed(products: pa.Table, judged: pa.Table, decisions: pa.Table, judges: Judges) -> list[HierarchyDecision]:
    """Place one vendor's products by JUDGED_CLAIMS and ATTRIBUTE_DECISIONS; nobody's orders count yet."""
    claims = by_sku(claims_from(judged.drop_columns(["outcome"])))
    decided = by_sku(decisions_from(_telling(decisions)))
    placer = Placer(judges.tree, judges.trust)
    found = []
    for product in products_from_table(products):
        belief = judges.fuse.believe(claims.get(product.sku, []))
        known = Evidence(belief.types, belief.genders, {d.attribute: d for d in decided.get(product.sku, [])})
        found.append(placer.place(product.vendor, product.sku, known, judges.filings.read_product(product)))
    return found


def _telling(decisions: pa.Table) -> pa.Table:
    """Leave out what nobody claimed and what does not apply: nine decisions in ten, and nothing to place by."""
    decided = pc.equal(decisions["status"], DecisionStatus.DECIDED.value)
    return decisions.filter(pc.or_(decided, decisions["conflict"]))


def _exists(path: HierarchyPath) -> bool:
    """Tell whether a path that a person set still stands in tonight's taxonomy."""
    return tree().is_path(path.levels)

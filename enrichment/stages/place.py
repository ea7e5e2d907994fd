"""Stage 6: the deepest node that is sure enough; what people decided is obeyed."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.fusion.belief import GENDER, TYPE
from enrichment.fusion.fuse import Fuser
from enrichment.fusion.voices import speaker
from enrichment.review.obey import obey, orders_of, pinned
from enrichment.runs.run import Outcome, Run
from enrichment.stages.hierarchy import paths_in
from enrichment.stages.judges import Judges, tree
from enrichment.stages.ledger import entries_of
from enrichment.stages.rows import by_sku, claims_from, decisions_from, decisions_table, hierarchy_table
from enrichment.stages.shard import changed_products
from enrichment.stages.steps import vendor_of
from enrichment.stages.trust import judges_of
from enrichment.taxonomy.implied import IMPLIED, implied
from enrichment.taxonomy.place import Evidence, Placer
from enrichment.taxonomy.reasons import Named
from enrichment.vendors.product_tables import products_from_table
from schemas.records import (
    AttributeClaim,
    AttributeDecision,
    DecisionStatus,
    HierarchyDecision,
    HierarchyPath,
    PlacementStatus,
    Source,
    StageReport,
)

SETTLED = "settled"


def place(run: Run, shard: str) -> Outcome:
    """Return HIERARCHY_DECISIONS of changed products, and what the paths that people set say of their attributes.

    Table ``settled`` holds the ATTRIBUTE_DECISIONS that stand in the place of those of the decide stage.
    """
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
    settled = decisions_table(_settled(final, decisions))
    return Outcome(report, {"hierarchy_decisions": hierarchy_table(final), SETTLED: settled})


def _settled(final: Sequence[HierarchyDecision], decisions: pa.Table) -> list[AttributeDecision]:
    """Return what the path of a pinned product implies of its attributes, where they say otherwise."""
    held = [decision for decision in final if pinned(decision)]
    mine = pc.and_(
        pc.is_in(decisions["sku"], pa.array([decision.sku for decision in held], pa.string())),
        pc.is_in(decisions["attribute"], pa.array(IMPLIED)),
    )
    decided = by_sku(decisions_from(decisions.filter(mine)))
    return [new for decision in held for new in implied(tree(), decision, decided.get(decision.sku, []))]


def placed(products: pa.Table, judged: pa.Table, decisions: pa.Table, judges: Judges) -> list[HierarchyDecision]:
    """Place one vendor's products by JUDGED_CLAIMS and ATTRIBUTE_DECISIONS; nobody's orders count yet."""
    claims = by_sku(claims_from(judged.drop_columns(["outcome"])))
    decided = by_sku(decisions_from(_telling(decisions)))
    placer = Placer(judges.tree, judges.trust)
    found = []
    for product in products_from_table(products):
        said = claims.get(product.sku, [])
        belief = judges.fuse.believe(said)
        attributes = {d.attribute: d for d in decided.get(product.sku, [])}
        known = Evidence(belief.types, belief.genders, attributes, named(said, judges.fuse))
        found.append(placer.place(product.vendor, product.sku, known, judges.filings.read_product(product)))
    return found


def named(claims: Sequence[AttributeClaim], fuse: Fuser) -> Named:
    """Return what words name outright; a voice that fusion hears as a guess concludes, it does not read."""
    found: dict[str, dict[str, float]] = {TYPE: {}, GENDER: {}}
    for claim in claims:
        heard = found.get(claim.attribute) if claim.source is Source.TEXT else None
        # float32 at rest reads 0.9 back as 0.89999998.
        sure = round(claim.confidence, 4)
        if heard is not None and sure > heard.get(claim.value, 0.0):
            weights = fuse.weights.attributes.get(claim.attribute)
            if weights is None or speaker(claim.source, claim.producer) not in weights.guesses:
                heard[claim.value] = sure
    return Named(found[TYPE], found[GENDER])


def _telling(decisions: pa.Table) -> pa.Table:
    """Leave out what nobody claimed and what does not apply: nine decisions in ten, and nothing to place by."""
    decided = pc.equal(decisions["status"], DecisionStatus.DECIDED.value)
    return decisions.filter(pc.or_(decided, decisions["conflict"]))


def _exists(path: HierarchyPath) -> bool:
    """Tell whether a path that a person set still stands in tonight's taxonomy."""
    return tree().is_path(path.levels)

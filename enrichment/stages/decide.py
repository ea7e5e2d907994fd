"""Stage 5: vendor, text and image claims meet here, once."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from enrichment.runs.run import Outcome, Run
from enrichment.stages.judges import Judges
from enrichment.stages.rows import by_sku, claims_from, claims_table, decisions_table
from enrichment.stages.shard import changed_products
from enrichment.stages.steps import vendor_of
from enrichment.stages.trust import judges_of
from enrichment.taxonomy.claims import FieldReader, vendor_claims
from enrichment.vendors.product_tables import products_from_table
from schemas.attribute_spec import attributes
from schemas.records import AttributeClaim, AttributeDecision, StageReport


def decide(run: Run, shard: str) -> Outcome:
    """Return ATTRIBUTE_DECISIONS and all claims with their outcome (won, lost, ignored)."""
    products = changed_products(run, shard)
    said = claims_from(run.table("text", shard, "claims")) + claims_from(run.table("look", shard, "claims"))
    out = decided(products, said, judges_of(run, vendor_of(shard)))
    size, notes = products.num_rows, {"claims": out["judged_claims"].num_rows}
    return Outcome(StageReport("decide", shard, size, size, 0, notes), out)


def decided(products: pa.Table, said: Sequence[AttributeClaim], judges: Judges) -> dict[str, pa.Table]:
    """Return ``attribute_decisions`` and ``judged_claims`` of one vendor; ``said`` is of words and pictures."""
    columns, others = FieldReader(attributes()), by_sku(said)
    decisions: list[AttributeDecision] = []
    judged: list[AttributeClaim] = []
    outcomes: list[str] = []
    for product in products_from_table(products):
        filing = judges.filings.read_product(product)
        filed = vendor_claims(product, filing, judges.tree, columns, judges.trust)
        claims = [*filed, *others.get(product.sku, [])]
        fused = judges.fuse.fuse(product.vendor, product.sku, claims)
        decisions += fused.decisions
        judged += claims
        outcomes += fused.outcomes
    return {"attribute_decisions": decisions_table(decisions), "judged_claims": claims_table(judged, outcomes)}

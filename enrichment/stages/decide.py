"""Stage 5: vendor, text and image claims meet here, once."""

from __future__ import annotations

from enrichment.runs.run import Outcome, Run
from enrichment.stages.drop import spec_of
from enrichment.stages.judges import fuser, tree
from enrichment.stages.rows import by_sku, claims_from, claims_table, decisions_table
from enrichment.stages.shard import changed_products
from enrichment.stages.steps import vendor_of
from enrichment.stages.trust import trust_of
from enrichment.taxonomy.claims import FieldReader, vendor_claims
from enrichment.taxonomy.filing import Reader
from enrichment.vendors.product_tables import products_from_table
from schemas.attribute_spec import attributes
from schemas.records import AttributeClaim, AttributeDecision, StageReport


def decide(run: Run, shard: str) -> Outcome:
    """Return ATTRIBUTE_DECISIONS and all claims with their outcome (won, lost, ignored)."""
    products = products_from_table(changed_products(run, shard))
    said = by_sku(claims_from(run.table("text", shard, "claims")) + claims_from(run.table("look", shard, "claims")))
    filings = Reader(tree(), spec_of(run, vendor_of(shard)).placeholders)
    columns, fuse, trust = FieldReader(attributes()), fuser(run), trust_of(run, vendor_of(shard))
    decisions: list[AttributeDecision] = []
    judged: list[AttributeClaim] = []
    outcomes: list[str] = []
    for product in products:
        filed = vendor_claims(product, filings.read_product(product), tree(), columns, trust)
        claims = [*filed, *said.get(product.sku, [])]
        fused = fuse.fuse(product.vendor, product.sku, claims)
        decisions += fused.decisions
        judged += claims
        outcomes += fused.outcomes
    report = StageReport("decide", shard, len(products), len(products), 0, {"claims": len(judged)})
    out = {"attribute_decisions": decisions_table(decisions), "judged_claims": claims_table(judged, outcomes)}
    return Outcome(report, out)

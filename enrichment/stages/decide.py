"""Stage 5: vendor, text and image claims meet here, once."""

from __future__ import annotations

from functools import lru_cache

from enrichment.fusion.fuse import Fuser
from enrichment.fusion.weights import FusionWeights
from enrichment.runs.run import Outcome, Run
from enrichment.stages.drop import spec_of
from enrichment.stages.model import model_of
from enrichment.stages.rows import by_sku, claims_from, claims_table, decisions_table
from enrichment.stages.shard import changed_products
from enrichment.stages.steps import vendor_of
from enrichment.taxonomy.claims import FieldReader, vendor_claims
from enrichment.taxonomy.filing import Reader
from enrichment.taxonomy.tree import Tree
from enrichment.vendors.product_tables import products_from_table
from schemas.attribute_spec import attributes
from schemas.records import AttributeClaim, AttributeDecision, StageReport
from schemas.taxonomy_spec import taxonomy

WEIGHTS = "weights.json"


def decide(run: Run, shard: str) -> Outcome:
    """Return ATTRIBUTE_DECISIONS and all claims with their outcome (won, lost, ignored)."""
    products = products_from_table(changed_products(run, shard))
    said = by_sku(claims_from(run.table("text", shard, "claims")) + claims_from(run.table("look", shard, "claims")))
    filings = Reader(tree(), spec_of(run, vendor_of(shard)).placeholders)
    columns, fuse = FieldReader(attributes()), fuser(run)
    decisions: list[AttributeDecision] = []
    judged: list[AttributeClaim] = []
    outcomes: list[str] = []
    for product in products:
        filed = vendor_claims(product, filings.read(product.levels), tree(), columns)
        claims = [*filed, *said.get(product.sku, [])]
        fused = fuse.fuse(product.vendor, product.sku, claims)
        decisions += fused.decisions
        judged += claims
        outcomes += fused.outcomes
    report = StageReport("decide", shard, len(products), len(products), 0, {"claims": len(judged)})
    out = {"attribute_decisions": decisions_table(decisions), "judged_claims": claims_table(judged, outcomes)}
    return Outcome(report, out)


def fuser(run: Run) -> Fuser:
    """Return the fusion with the weights the run is pinned to."""
    return _fuser((model_of(run, "fusion").folder / WEIGHTS).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def tree() -> Tree:
    """Return the declared hierarchy, compiled once a process."""
    return Tree(taxonomy())


@lru_cache(maxsize=2)
def _fuser(weights: str) -> Fuser:
    return Fuser(attributes(), FusionWeights.from_json(weights))

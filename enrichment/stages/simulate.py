"""What another hierarchy would do to the published catalogue, before it does."""

from __future__ import annotations

from pathlib import Path

from enrichment.fusion.belief import TypeMap
from enrichment.fusion.fuse import Fuser
from enrichment.fusion.weights import FusionWeights
from enrichment.models.registry import Kind, resolve
from enrichment.publish.read import latest, read_table
from enrichment.review.ledger import read as read_ledger
from enrichment.review.obey import orders_of
from enrichment.stages.judges import WEIGHTS
from enrichment.stages.rows import claims_from
from enrichment.stores.port import Store
from enrichment.taxonomy.change import Simulation, simulate
from enrichment.taxonomy.filing import Reader
from enrichment.taxonomy.place import Evidence, Placer
from enrichment.taxonomy.tree import Tree
from enrichment.vendors.product_tables import products_from_table
from schemas.attribute_spec import attributes
from schemas.records import LEVELS, AttributeClaim, HierarchyDecision, HierarchyPath, Product
from schemas.taxonomy_spec import taxonomy
from schemas.vendor_spec import vendor_specs


def simulate_taxonomy(store: Store, changed: Path, vendors: Path) -> Simulation:
    """Place the published catalogue in the hierarchy declared in ``changed``; nothing is written."""
    published = latest(store)
    table = read_table(store, published, "products")
    stood = [
        (row["vendor"], row["sku"], HierarchyPath(tuple(row[level] for level in LEVELS if row[level])))
        for row in table.select(["vendor", "sku", *LEVELS]).to_pylist()
    ]
    claims: dict[tuple[str, str], list[AttributeClaim]] = {}
    for claim in claims_from(read_table(store, published, "attribute_claims").drop_columns(["outcome"])):
        claims.setdefault((claim.vendor, claim.sku), []).append(claim)
    content = {
        (v, s): h for v, s, h in zip(*(table[n].to_pylist() for n in ("vendor", "sku", "content_hash")), strict=True)
    }
    locked = orders_of(read_ledger(store), content).pins.keys()
    version = resolve(store, Kind.FUSION)
    weights = FusionWeights.from_json((version.folder / WEIGHTS).read_text(encoding="utf-8"))
    fuse = Fuser(attributes(), weights, TypeMap(taxonomy(changed), weights.type_share))
    placed = _place(products_from_table(table), claims, Tree(taxonomy(changed)), fuse, vendors)
    return simulate(changed.name, stood, placed, locked)


def _place(
    products: list[Product],
    claims: dict[tuple[str, str], list[AttributeClaim]],
    tree: Tree,
    fuser: Fuser,
    vendors: Path,
) -> list[HierarchyDecision]:
    readers = {name: Reader(tree, spec.placeholders) for name, spec in vendor_specs(vendors).items()}
    plain, placer = Reader(tree), Placer(tree)
    placed = []
    for product in products:
        fused = fuser.fuse(product.vendor, product.sku, claims.get((product.vendor, product.sku), []))
        known = Evidence(fused.belief.types, fused.belief.genders, {d.attribute: d for d in fused.decisions})
        filing = readers.get(product.vendor, plain).read_product(product)
        placed.append(placer.place(product.vendor, product.sku, known, filing))
    return placed

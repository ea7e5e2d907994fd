"""How far a vendor's levels are believed tonight, measured on its products of the run before.

Measured on the base and not on tonight's shard, so that no product's answer depends on which others it came with.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.fusion.fuse import Fuser
from enrichment.runs.run import Run
from enrichment.stages.base import base_table, of_vendor
from enrichment.stages.drop import spec_of
from enrichment.stages.judges import Judges, fuser, tree
from enrichment.stages.rows import by_sku, claims_from
from enrichment.taxonomy.filing import Reader
from enrichment.taxonomy.tree import Tree
from enrichment.taxonomy.trust import Agreement, VendorTrust, measured, observe
from enrichment.vendors.product_tables import products_from_table
from schemas.records import LEVELS, Source
from schemas.tables import PRODUCTS

MOST_PRODUCTS = 2_000
_ATTRIBUTES = pa.array(["image_group", "article_type", "gender"])
SCHEMA = pa.schema([("level", pa.string()), ("trust", pa.float64())])


def measure_trust(run: Run, vendor: str, base: pa.Table | None) -> pa.Table:
    """Return (level, reliability 0 to 1) of ``vendor``: what words and pictures of the base's products agree with."""
    trust = VendorTrust(vendor)
    claims = base_table(run, "attribute_claims", of_vendor(vendor)) if base is not None and base.num_rows else None
    if base is not None and claims is not None:
        filings = Reader(tree(), spec_of(run, vendor).placeholders)
        trust = observed_trust(vendor, base, claims, filings, fuser(run), tree())
    return pa.table({"level": list(LEVELS), "trust": list(trust.levels)}, schema=SCHEMA)


def trust_of(run: Run, vendor: str) -> VendorTrust:
    """Return what the read stage measured."""
    table = run.table("read", vendor, "trust")
    return VendorTrust(vendor, tuple(table["trust"].to_pylist()))


def judges_of(run: Run, vendor: str) -> Judges:
    """Return what decides about the vendor's products tonight."""
    filings = Reader(tree(), spec_of(run, vendor).placeholders)
    return Judges(tree(), fuser(run), filings, trust_of(run, vendor))


def observed_trust(
    vendor: str, products: pa.Table, claims: pa.Table, filings: Reader, fuse: Fuser, hierarchy: Tree
) -> VendorTrust:
    """Measure one vendor on its published ``products`` and what words and pictures say in published ``claims``."""
    sample = products.sort_by("fingerprint").slice(0, MOST_PRODUCTS)
    of_vendor = pc.and_(pc.equal(claims["vendor"], vendor), pc.not_equal(claims["source"], Source.VENDOR.value))
    telling = pc.and_(of_vendor, pc.is_in(claims["attribute"], _ATTRIBUTES))
    mine = claims.filter(pc.and_(telling, pc.is_in(claims["sku"], sample["sku"].combine_chunks())))
    said = by_sku(claims_from(mine.drop_columns(["outcome"])))
    found: list[Agreement] = []
    for product in products_from_table(sample.select(PRODUCTS.names)):
        own = said.get(product.sku, [])
        words = [claim for claim in own if claim.source is Source.TEXT]
        types, genders = fuse.believe(own).types, fuse.believe(words).genders
        found += observe(filings.read_product(product), hierarchy, types, genders)
    return measured(vendor, found)

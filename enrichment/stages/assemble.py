"""The night's whole catalogue: fresh rows beside those carried over, and what moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.publish.accounting import VendorAccount, accounts
from enrichment.publish.changes import hierarchy_changes
from enrichment.publish.keys import inside
from enrichment.publish.read import Published
from enrichment.publish.tables import GROUP_ATTRIBUTE, carry, merged, merged_claims, published_products
from enrichment.runs.run import Run
from enrichment.stages.base import base_of, base_table
from enrichment.stages.catalogue import gather, product_shards, read_vendors
from enrichment.stages.drop import spec_of
from enrichment.stages.foreign_words import foreign_words
from enrichment.stages.hierarchy import hierarchy_of, migration
from enrichment.stages.judges import tree
from enrichment.stages.missing_pictures import missing_pictures
from enrichment.stages.settled import settled_attributes
from enrichment.stages.shard import changed_products, products_of
from enrichment.stages.steps import WHOLE, vendor_of
from enrichment.stages.unknown_values import unknown_values
from enrichment.vendors.product_tables import problems_table
from schemas import tables
from schemas.attribute_spec import attributes

TABLES = ("products", "claims", "changes", "problems", "withdrawn")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a night wants to publish, beside the base it stands on (None on the first night)."""

    products: pa.Table
    claims: pa.Table
    changes: pa.Table
    problems: pa.Table
    withdrawn: pa.Table
    accounts: tuple[VendorAccount, ...]
    worked_on: int
    base: Published | None
    base_products: pa.Table | None


def assemble(run: Run) -> Catalogue:
    """Put the night's tables together over all shards."""
    shards, plan = product_shards(run), run.plan
    base = base_of(run)
    before = base_table(run, "products")
    fresh, judged = _answers(run, shards)
    withdrawn = gather(run, "read", read_vendors(run), "withdrawn", tables.WITHDRAWN)
    products = merged(carry(before, fresh, withdrawn) if before else None, fresh)
    claims_before = base_table(run, "attribute_claims")
    claims = merged_claims(carry(claims_before, fresh, withdrawn) if claims_before else None, judged)
    versions = base.versions if base else None
    old = hierarchy_of(run.store, base) if base else None
    today = migration(old, tree()) if old else None
    changes = hierarchy_changes(before, products, withdrawn, versions, plan.manifest.versions, today)
    sent = _sent_tonight(run, shards, products)
    problems = _problems(run, shards, sent)
    account = accounts(_rows_in(run), sent, withdrawn, problems)
    return Catalogue(products, claims, changes, problems, withdrawn, account, fresh.num_rows, base, before)


def assembled(run: Run, accounts: tuple[VendorAccount, ...], worked_on: int) -> Catalogue:
    """Return the catalogue that the gate stage put together."""
    base = base_of(run)
    before = base_table(run, "products")
    tables_ = {name: run.table("gate", WHOLE, name) for name in TABLES}
    return Catalogue(**tables_, accounts=accounts, worked_on=worked_on, base=base, base_products=before)


def _answers(run: Run, shards: list[str]) -> tuple[pa.Table, pa.Table]:
    """Return the published rows, unsorted, and JUDGED_CLAIMS of everything that was worked on tonight.

    A shard at a time: its decisions, dozens a product, are never held for the whole catalogue.
    """
    names = [attribute.name for attribute in attributes().attributes]
    rows = [tables.published_products(tuple(name for name in names if name != GROUP_ATTRIBUTE)).empty_table()]
    claims = [tables.JUDGED_CLAIMS.empty_table()]
    for shard in shards:
        vendor = vendor_of(shard)
        decisions, judged = settled_attributes(run, shard)
        fresh = published_products(
            _with_pictures(changed_products(run, shard), run.table("fetch", shard, "images")),
            run.table("fetch", shard, "work"),
            decisions,
            run.table("place", shard, "hierarchy_decisions"),
            {vendor: run.plan.versions_hash(vendor)},
            names,
        )
        rows.append(fresh)
        claims.append(judged)
    return pa.concat_tables(rows), pa.concat_tables(claims)


def _with_pictures(products: pa.Table, images: pa.Table) -> pa.Table:
    """Keep of each product's picture references those that are usable, each beside the sha256 it is kept under."""
    used: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for sku, position, sha in zip(*(images[n].to_pylist() for n in ("sku", "position", "sha256")), strict=True):
        used[sku].append((position, sha))
    refs, shas = [], []
    for sku, sent in zip(products["sku"].to_pylist(), products["images"].to_pylist(), strict=True):
        refs.append([sent[position] for position, _ in used[sku]])
        shas.append([sha for _, sha in used[sku]])
    for name, column in (("images", refs), ("image_sha256", shas)):
        at = tables.PRODUCTS.get_field_index(name)
        products = products.set_column(at, tables.PRODUCTS.field(at), pa.array(column, pa.list_(pa.string())))
    return products


def _problems(run: Run, shards: list[str], sent: pa.Table) -> pa.Table:
    parts = [gather(run, "read", read_vendors(run), "row_problems", tables.ROW_PROBLEMS)]
    fetched = gather(run, "fetch", shards, "row_problems", tables.ROW_PROBLEMS)
    night = run.plan.manifest.night
    for spec in (spec_of(run, vendor) for vendor in read_vendors(run)):
        found = unknown_values(spec, sent, night) + missing_pictures(spec, sent, fetched, night)
        parts.append(problems_table(found + foreign_words(spec, _text_notes(run, shards, spec.vendor), night)))
    parts.append(fetched)
    order = [(name, "ascending") for name in ("vendor", "row", "stage", "reason", "excerpt")]
    return pa.concat_tables(parts).sort_by(order)


def _text_notes(run: Run, shards: list[str], vendor: str) -> list[Mapping[str, int]]:
    """Return what was counted while the words of each of the vendor's shards were read."""
    markers = (run.marker("text", shard) for shard in shards if vendor_of(shard) == vendor)
    return [marker.report.notes for marker in markers if marker is not None]


def _rows_in(run: Run) -> dict[str, int]:
    markers = {vendor: run.marker("read", vendor) for vendor in read_vendors(run)}
    return {vendor: marker.report.units_in for vendor, marker in markers.items() if marker is not None}


def _sent_tonight(run: Run, shards: list[str], published: pa.Table) -> pa.Table:
    """Return the products of tonight's drops that are in the catalogue, also those sent again without a change."""
    read = pa.concat_tables([tables.PRODUCTS.empty_table(), *(products_of(run, shard) for shard in shards)])
    tonight = read.filter(pc.equal(read["night"], run.plan.manifest.night))
    return tonight.filter(inside(tonight, published))

"""Assemble the published tables: a night's fresh rows beside those carried from the base run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.publish.keys import KEY, conform, inside, keys_of, lists, ordered, positions
from schemas.records import LEVELS, DecisionStatus
from schemas.tables import JUDGED_CLAIMS
from schemas.tables import published_products as products_schema

GROUP_ATTRIBUTE = "image_group"
_PLACED = {name: name for name in (*LEVELS, "confidences", "reasons", "levels_seen")} | {
    "placement": "status",
    "placed_by": "rule",
}
_CLAIM_ORDER = (*KEY, "attribute", "source", "producer", "value", "evidence_field", "evidence_start", "evidence_end")


def published_products(
    products: pa.Table,
    work: pa.Table,
    attribute_decisions: pa.Table,
    hierarchy_decisions: pa.Table,
    versions_hashes: Mapping[str, str],
    attribute_names: Sequence[str],
) -> pa.Table:
    """Return the wide table of the given products, one row each, sorted by vendor and sku.

    ``versions_hashes`` is vendor -> hash. The image group is the decision on the attribute ``image_group``. A product
    without a decision gets nulls, which the gate refuses.
    """
    names = tuple(name for name in attribute_names if name != GROUP_ATTRIBUTE)
    products = ordered(products)
    keys = keys_of(products)
    columns = {name: products[name] for name in products.schema.names}
    worked = positions(keys, keys_of(work))
    columns |= {name: work[name].take(worked) for name in ("fingerprint", "images_sent")}
    columns["versions_hash"] = pa.array([versions_hashes[v] for v in products["vendor"].to_pylist()], pa.string())
    placed = positions(keys, keys_of(hierarchy_decisions))
    columns |= {name: hierarchy_decisions[source].take(placed) for name, source in _PLACED.items()}
    columns |= _attributes(keys, attribute_decisions, names)
    return conform(pa.table(columns), products_schema(names)).combine_chunks()


def carry(base: pa.Table, replaced: pa.Table, withdrawn: pa.Table | None = None) -> pa.Table:
    """Return the rows of ``base`` whose product is neither replaced nor withdrawn (tables with vendor and sku)."""
    gone = pc.or_(inside(base, replaced), inside(base, withdrawn))
    return base.filter(pc.invert(gone))


def merged(carried: pa.Table | None, fresh: pa.Table, by: Sequence[str] = KEY) -> pa.Table:
    """Put carried rows beside fresh ones, in the schema of the fresh, sorted."""
    if carried is None:
        return ordered(fresh, by)
    return ordered(pa.concat_tables([conform(carried, fresh.schema), fresh]), by)


def merged_claims(carried: pa.Table | None, fresh: pa.Table) -> pa.Table:
    """Put carried claims beside fresh ones in the published order."""
    return merged(carried, conform(fresh, JUDGED_CLAIMS), _CLAIM_ORDER)


def _attributes(keys: pa.Array, decisions: pa.Table, names: Sequence[str]) -> dict[str, pa.Array]:
    """Turn tidy decisions into one column an attribute, and the lists of what was left open and why."""
    group = decisions.filter(pc.equal(decisions["attribute"], GROUP_ATTRIBUTE))
    at = positions(keys, keys_of(group))
    columns = {"image_group": group["value"].take(at), "image_group_confidence": group["confidence"].take(at)}
    listed = ordered(decisions.filter(pc.is_in(decisions["attribute"], pa.array(names, pa.string()))), ("attribute",))
    decided = listed.filter(pc.equal(listed["status"], DecisionStatus.DECIDED.value))
    for name in names:
        mine = decided.filter(pc.equal(decided["attribute"], name))
        columns[f"attr_{name}"] = mine["value"].take(positions(keys, keys_of(mine)))
    for status in (DecisionStatus.ABSTAINED, DecisionStatus.NOT_APPLICABLE):
        open_ = listed.filter(pc.equal(listed["status"], status.value))
        columns[status.value] = lists(positions(keys_of(open_), keys), open_["attribute"], len(keys))
    return columns

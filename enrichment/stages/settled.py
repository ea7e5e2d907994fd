"""Attributes and claims as they stand once people's placements have settled them."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.fusion.fuse import IGNORED, LOST, WON
from enrichment.runs.run import Run
from enrichment.stages.place import SETTLED

_SEPARATOR = "\x1f"


def settled_attributes(run: Run, shard: str) -> tuple[pa.Table, pa.Table]:
    """Return a shard's ATTRIBUTE_DECISIONS and JUDGED_CLAIMS, those on pinned products as the path says."""
    decisions = run.table("decide", shard, "attribute_decisions")
    claims = run.table("decide", shard, "judged_claims")
    settled = run.table("place", shard, SETTLED)
    return with_settled(decisions, settled), judged_again(claims, settled)


def with_settled(decisions: pa.Table, settled: pa.Table) -> pa.Table:
    """Return ``decisions`` with those of ``settled`` in the place of what was decided on the same attribute."""
    replaced = pc.is_in(_keys(decisions), value_set=_keys(settled))
    return pa.concat_tables([decisions.filter(pc.invert(replaced)), settled])


def judged_again(claims: pa.Table, settled: pa.Table) -> pa.Table:
    """Return ``claims``, those on a settled attribute won where they say its value, lost, or ignored without one."""
    at = pc.index_in(_keys(claims), value_set=_keys(settled))
    value = settled["value"].combine_chunks().take(at)
    verdict = pc.if_else(pc.equal(claims["value"], value), WON, LOST)
    outcome = pc.if_else(pc.is_valid(at), pc.fill_null(verdict, IGNORED), claims["outcome"])
    where = claims.schema.get_field_index("outcome")
    return claims.set_column(where, claims.schema.field(where), outcome)


def _keys(table: pa.Table) -> pa.Array:
    """Return one text a row that names product and attribute."""
    joined = pc.binary_join_element_wise(table["vendor"], table["sku"], table["attribute"], _SEPARATOR)
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined

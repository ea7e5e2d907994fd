"""Records to Arrow tables and back, for what travels between stages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from schemas import tables
from schemas.records import (
    AttributeClaim,
    AttributeDecision,
    DecisionStatus,
    Evidence,
    EvidenceKind,
    GroupPrediction,
    HierarchyDecision,
    ImageRef,
    Source,
)


def from_rows(rows: Iterable[Sequence[Any]], schema: pa.Schema) -> pa.Table:
    """Build a table from rows of values in the schema's column order."""
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(list(c), type=f.type) for c, f in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def by_sku(rows: Iterable[Any]) -> Mapping[str, list[Any]]:
    """Group records of one vendor's shard by sku, keeping their order."""
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.sku].append(row)
    return found


def images_table(images: Iterable[ImageRef]) -> pa.Table:
    """Return IMAGES rows."""
    rows = [(i.vendor, i.sku, i.position, i.ref, i.sha256) for i in images]
    return from_rows(rows, tables.IMAGES)


def claims_table(claims: Sequence[AttributeClaim], outcomes: Sequence[str] | None = None) -> pa.Table:
    """Return CLAIMS rows, or JUDGED_CLAIMS rows where an outcome is given for each claim."""
    rows = [
        (
            *(c.vendor, c.sku, c.attribute, c.value, c.source.value, c.producer, c.confidence),
            *(c.evidence.kind.value, c.evidence.field, c.evidence.start, c.evidence.end, c.evidence.quote),
        )
        for c in claims
    ]
    if outcomes is None:
        return from_rows(rows, tables.CLAIMS)
    judged = [(*row, outcome) for row, outcome in zip(rows, outcomes, strict=True)]
    return from_rows(judged, tables.JUDGED_CLAIMS)


def claims_from(table: pa.Table) -> list[AttributeClaim]:
    """Return the claims of a CLAIMS table, in its order."""
    return [
        AttributeClaim(
            r["vendor"],
            r["sku"],
            r["attribute"],
            r["value"],
            Source(r["source"]),
            r["producer"],
            # float32 at rest may read back a hair above 1.
            min(r["confidence"], 1.0),
            Evidence(
                EvidenceKind(r["evidence_kind"]),
                r["evidence_field"],
                r["evidence_start"],
                r["evidence_end"],
                r["evidence_quote"],
            ),
        )
        for r in table.to_pylist()
    ]


def predictions_table(predictions: Iterable[GroupPrediction]) -> pa.Table:
    """Return GROUP_PREDICTIONS rows."""
    rows = [(p.vendor, p.sku, p.sha256, p.group, p.confidence, list(p.scores), p.producer) for p in predictions]
    return from_rows(rows, tables.GROUP_PREDICTIONS)


def decisions_table(decisions: Iterable[AttributeDecision]) -> pa.Table:
    """Return ATTRIBUTE_DECISIONS rows."""
    rows = [
        (d.vendor, d.sku, d.attribute, d.status.value, d.value, d.confidence, _value(d.source), d.rule, d.conflict)
        for d in decisions
    ]
    return from_rows(rows, tables.ATTRIBUTE_DECISIONS)


def decisions_from(table: pa.Table) -> list[AttributeDecision]:
    """Return the decisions of an ATTRIBUTE_DECISIONS table, in its order."""
    return [
        AttributeDecision(
            r["vendor"],
            r["sku"],
            r["attribute"],
            DecisionStatus(r["status"]),
            r["value"],
            min(r["confidence"], 1.0),
            Source(r["source"]) if r["source"] else None,
            r["rule"],
            r["conflict"],
        )
        for r in table.to_pylist()
    ]


def hierarchy_table(decisions: Iterable[HierarchyDecision]) -> pa.Table:
    """Return HIERARCHY_DECISIONS rows."""
    rows = [
        (
            *(d.vendor, d.sku, d.status.value),
            *(*d.path.levels, *[None] * (5 - len(d.path.levels))),
            *(list(d.confidences), [r.value for r in d.reasons], [s.value for s in d.levels_seen], d.rule),
        )
        for d in decisions
    ]
    return from_rows(rows, tables.HIERARCHY_DECISIONS)


def _value(source: Source | None) -> str | None:
    return source.value if source else None

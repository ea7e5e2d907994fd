"""Distant labels: what a text reader surely claims of a training row's words, where nobody labelled the row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from enrichment.runs.parquet import from_parquet
from enrichment.vision.training_labels import Distant, training_labels
from enrichment.vision.training_rows import TrainingRow
from schemas.attribute_spec import Attributes, attributes
from schemas.errors import UsageError

Said = tuple[str, str, float]
"""An attribute, the value claimed, and how sure the reader is, 0 to 1."""
Claims = Mapping[tuple[str, str], Sequence[Said]]
"""Claims by (source, row id)."""
_COLUMNS = ("vendor", "sku", "attribute", "value", "confidence")


def read_claims(path: Path) -> Claims:
    """Read a table of claims (the shape of ``schemas.tables.CLAIMS``), such as ``enrich labels mine`` writes.

    Raises:
        UsageError: the file is absent, or is no table of claims.

    """
    if not path.is_file():
        raise UsageError(f"claims: no file at {path}. Write one with `enrich labels mine`.")
    try:
        return claims_by_row(from_parquet(path, _COLUMNS))
    except (pa.ArrowInvalid, KeyError) as error:
        raise UsageError(f"claims {path.name}: {error}. Needed: a table with columns {', '.join(_COLUMNS)}.") from error


def claims_by_row(table: pa.Table) -> Claims:
    """Return the claims of a table by row; its vendor is the training source, its sku the row's id."""
    found: dict[tuple[str, str], list[Said]] = defaultdict(list)
    columns = [table.column(name).to_pylist() for name in _COLUMNS]
    for source, key, attribute, value, confidence in zip(*columns, strict=True):
        found[source, key].append((attribute, value, confidence))
    return found


def weak_labels(
    said: Iterable[Said], group: str, declared: Attributes | None = None, rule: Distant | None = None
) -> dict[str, str]:
    """Return one value by attribute, of the sure claims about a picture of ``group``.

    A claim counts from the declared confidence on, where its attribute is declared for distant labels and for the
    group, and its value for the attribute. Two values of one attribute cancel out.

    >>> weak_labels([("pattern", "striped", 1.0), ("neckline", "round", 0.4)], "top")
    {'pattern': 'striped'}
    >>> weak_labels([("pattern", "striped", 1.0), ("pattern", "checked", 1.0), ("collar", "polo", 1.0)], "top")
    {'collar': 'polo'}
    """
    known, rule = declared or attributes(), rule or training_labels().distant
    found: dict[str, set[str]] = defaultdict(set)
    for attribute, value, confidence in said:
        if attribute in rule.attributes and confidence >= rule.confidence and _can(known, attribute, value, group):
            found[attribute].add(value)
    return {name: values.pop() for name, values in found.items() if len(values) == 1}


def weakly_labelled(rows: Iterable[TrainingRow], claims: Claims) -> list[TrainingRow]:
    """Return ``rows`` with weak labels for the attributes that they have no label of."""
    return [_labelled(row, claims.get((row.source, row.key), ())) for row in rows]


def _labelled(row: TrainingRow, said: Sequence[Said]) -> TrainingRow:
    mined = weak_labels(said, row.labels.get("image_group", "")) if said else {}
    new = {name: value for name, value in mined.items() if name not in row.labels}
    return replace(row, labels={**row.labels, **new}, weak=row.weak | set(new)) if new else row


def _can(known: Attributes, attribute: str, value: str, group: str) -> bool:
    spec = known.get(attribute)
    return spec.applies_to(group) and any(value == one.name for one in spec.values)

"""Distant labels for the look model: what the text extractors claim of training rows' words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from enrichment.progress.port import Progress
from enrichment.runs.parquet import to_parquet
from enrichment.stages.rows import claims_table
from enrichment.stores.atomic import atomic_file
from enrichment.vision.training_rows import TrainingRow, read_rows
from enrichment.vision.weak_labels import claims_by_row, weakly_labelled
from nlp.catalog import ProductText, build
from schemas.records import AttributeClaim

_BATCH = 1024


def mine_labels(sources: Mapping[str, Path], out: Path, progress: Progress) -> Counter[str]:
    """Write what is claimed of the words of ``sources`` to ``out``, a CLAIMS table whose vendor is the source.

    Returns how many rows got a weak label from it, by attribute.

    Raises:
        UsageError: a source is unknown, or its file absent.

    """
    rows = rows_of(sources)
    table = claims_of(rows, progress)
    with atomic_file(out) as file:
        file.write(to_parquet(table))
    return weak_counts(weakly_labelled(rows, claims_by_row(table)), rows)


def rows_of(sources: Mapping[str, Path]) -> list[TrainingRow]:
    """Return the rows of all sources, by the sources' names."""
    return [row for name, path in sorted(sources.items()) for row in read_rows(name, path)]


def claims_of(rows: Sequence[TrainingRow], progress: Progress) -> pa.Table:
    """Return CLAIMS of the titles of ``rows``; the entity recogniser is left out, as it is never sure enough."""
    texts = [ProductText(row.source, row.key, row.title) for row in rows if row.title]
    reader = build(ner=False)
    claims: list[AttributeClaim] = []
    progress.start(len(texts), "words")
    for start in range(0, len(texts), _BATCH):
        part = texts[start : start + _BATCH]
        claims.extend(claim for found in reader.read(part) for claim in found)
        progress.advance(len(part))
    progress.close()
    return claims_table(claims)


def weak_counts(labelled: Sequence[TrainingRow], before: Sequence[TrainingRow]) -> Counter[str]:
    """Return how many rows have a weak label by attribute that they had not before."""
    return Counter(name for new, old in zip(labelled, before, strict=True) for name in new.weak - old.weak)

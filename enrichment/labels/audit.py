"""`enrich labels audit`: likely label errors, unequal near-duplicates and agreement, as a page and a CSV."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from enrichment.labels.agreement import agreements
from enrichment.labels.corrections import ReviewRow, write_review
from enrichment.labels.duplicates import UnequalPair, difference_hash, outvoted, unequal_duplicates
from enrichment.labels.labelled import Labelled
from enrichment.labels.out_of_fold import out_of_fold
from enrichment.labels.page import write_page
from enrichment.labels.suspects import Suspect, suspects
from enrichment.labels.votes import OWN
from enrichment.progress.port import Progress

PAGE, REVIEW = "labels.html", "labels.csv"


@dataclass(frozen=True, slots=True)
class LabelAudit:
    """What an audit found; ``kappa`` is agreement by pair of annotators, empty with one annotator."""

    items: int
    suspects: list[Suspect]
    duplicates: list[UnequalPair]
    kappa: dict[str, float]
    page: Path
    review: Path


def audit(
    items: Labelled, out: Path, progress: Progress, most: int = 500, told: Mapping[str, str] | None = None
) -> LabelAudit:
    """Audit the labels of ``items`` and write a review page and CSV of at most ``most`` rows each kind into ``out``.

    ``told`` are further notes for the top of the page.

    Raises:
        UsageError: too few labels to judge by.

    """
    judged = out_of_fold(items.features, items.labels, items.families)
    found = suspects(items, judged)
    pairs = _duplicates(items, progress)
    kappa = agreements({OWN: items.labels, **(items.votes or {})})
    # All pairs vote: a part of them could outvote the wrong one.
    doubted = dict(islice(outvoted(pairs, items.labels).items(), most))
    rows = _rows(items, found[:most], doubted)
    out.mkdir(parents=True, exist_ok=True)
    pictures = dict(zip(items.ids, items.pictures, strict=False))
    notes = {
        "items": str(len(items.ids)),
        "likely errors": str(len(found)),
        "near-duplicates with unequal labels": str(len(pairs)),
        **{f"kappa {name}": f"{value:.3f}" for name, value in kappa.items()},
        **(told or {}),
    }
    write_page(out / PAGE, f"Labels of {items.attribute}", rows, pictures, notes)
    write_review(out / REVIEW, rows)
    return LabelAudit(len(items.ids), found, pairs, kappa, out / PAGE, out / REVIEW)


def _duplicates(items: Labelled, progress: Progress) -> list[UnequalPair]:
    progress.start(len(items.pictures), "hash pictures")
    hashes = []
    for data in items.pictures:
        hashes.append(difference_hash(data))
        progress.advance()
    progress.close()
    if not hashes:
        return []
    return unequal_duplicates(hashes, items.labels, np.asarray(items.features, dtype=np.float32))


def _rows(items: Labelled, found: list[Suspect], doubted: Mapping[int, tuple[str, int]]) -> list[ReviewRow]:
    name = items.attribute
    rows = [
        ReviewRow(s.id, name, s.label, s.suggested, s.quality, round(s.confidence, 4), "out-of-fold disagreement")
        for s in found
    ]
    listed = {row.id for row in rows}
    for at, (label, other) in doubted.items():
        if items.ids[at] not in listed:
            why = f"near-duplicate of {items.ids[other]}"
            rows.append(ReviewRow(items.ids[at], name, items.labels[at], label, 0.5, 0.5, why))
    return rows

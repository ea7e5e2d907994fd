"""Rank likely label errors by confident learning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from enrichment.labels.labelled import Labelled
from enrichment.labels.out_of_fold import OutOfFold
from schemas.errors import UsageError


@dataclass(frozen=True, slots=True)
class Suspect:
    """An item whose label is likely wrong: ``quality`` near 0, a suggested value and how sure the model is of it.

    ``quality`` is half of 1 plus the label's probability minus the best other value's: 0 only where the model is sure
    of another, not already where it is sure of nothing.
    """

    at: int
    id: str
    label: str
    suggested: str
    quality: float
    confidence: float


def suspects(items: Labelled, judged: OutOfFold) -> list[Suspect]:
    """Return the items that confident learning flags and for which the model has another value, worst first.

    https://arxiv.org/abs/1911.00068 (cleanlab's implementation).

    Raises:
        UsageError: cleanlab is not installed.

    """
    find_label_issues, get_label_quality_scores = _cleanlab()
    shares = np.maximum(judged.shares, 1e-9)
    shares = shares / shares.sum(axis=1, keepdims=True)
    flagged = find_label_issues(judged.codes, shares, n_jobs=1)
    quality = get_label_quality_scores(judged.codes, shares, method="normalized_margin")
    found = []
    for row in np.flatnonzero(flagged):
        best = int(shares[row].argmax())
        if best == judged.codes[row]:
            continue
        at = int(judged.kept[row])
        value = judged.values[best]
        found.append(
            Suspect(at, items.ids[at], items.labels[at], value, round(float(quality[row]), 6), float(shares[row, best]))
        )
    return sorted(found, key=lambda s: (s.quality, s.id))


def _cleanlab() -> tuple[Any, Any]:
    """Import cleanlab late: only who audits labels needs it."""
    try:
        from cleanlab.filter import find_label_issues
        from cleanlab.rank import get_label_quality_scores
    except ImportError as error:
        raise UsageError("labels audit needs cleanlab: pip install 'catalog-enrichment[labels]'") from error
    return find_label_issues, get_label_quality_scores

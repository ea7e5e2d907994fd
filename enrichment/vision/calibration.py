"""Temperatures and thresholds of a version, from its held-out rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from enrichment.vision.answer import answers, best, claimed
from enrichment.vision.calibrate import Threshold, fit_temperature, threshold_for
from enrichment.vision.measured import Measured, known
from enrichment.vision.training_rows import DRAWN
from enrichment.vision.vocabulary import GROUP, MISSING, Vocabulary

PRECISION = {GROUP: 0.98, "article_type": 0.95, "gender": 0.95}
DEFAULT_PRECISION = 0.9
DRAWN_CEILING = 0.5
_FEW = 20


def temperatures(held: Measured, vocabulary: Vocabulary) -> dict[str, float]:
    """Return one temperature a head; heads of fewer than 20 held-out labels keep 1."""
    out = {}
    for name in (GROUP, *vocabulary.tags):
        rows = known(held, name, vocabulary)
        scores = held.raw.group if name == GROUP else held.raw.tags[name]
        allowed = None if name == GROUP else vocabulary.mask(name)[held.codes[GROUP][rows]]
        enough = int(rows.sum()) >= _FEW
        out[name] = round(fit_temperature(scores[rows], held.codes[name][rows], allowed), 4) if enough else 1.0
    return out


def thresholds(
    held: Measured, vocabulary: Vocabulary, fitted: dict[str, float], ceilings: Mapping[str, float]
) -> dict[str, dict[str, Threshold]]:
    """Return thresholds by head and group (``*`` = all groups together) that reach each head's precision target.

    They are thresholds of what is claimed (:func:`~enrichment.vision.answer.claimed`).
    """
    found = answers(held.raw, vocabulary, fitted)
    groups = np.array(vocabulary.groups)[found.group.argmax(axis=1)]
    out: dict[str, dict[str, Threshold]] = {}
    for name in (GROUP, *vocabulary.tags):
        if name == GROUP:
            place, sure = found.group.argmax(axis=1), found.group.max(axis=1)
        else:
            place, sure = best(name, vocabulary.tags[name], found.tags[name])
            sure = claimed(name, sure, found.group.max(axis=1), ceilings)
        rows = (held.codes[name] != MISSING) & (sure > 0)
        right, target = place == held.codes[name], PRECISION.get(name, DEFAULT_PRECISION)
        out[name] = {"*": threshold_for(sure[rows], right[rows], target)}
        for group in vocabulary.groups:
            mine = rows & (groups == group)
            if int(mine.sum()) >= _FEW:
                out[name][group] = threshold_for(sure[mine], right[mine], target)
    return out


def _proven(photos: Measured, name: str, vocabulary: Vocabulary) -> bool:
    """Tell whether photographs show enough of at least two values: one value alone makes any head look right."""
    codes = photos.codes[name][known(photos, name, vocabulary)]
    _, counts = np.unique(codes, return_counts=True)
    return len(codes) >= _FEW and int((counts >= _FEW // 4).sum()) >= 2


def calibrated(held: Measured, vocabulary: Vocabulary) -> dict[str, Any]:
    """Return the content of a version's ``thresholds.json``.

    Photographs calibrate; a head that only drawings taught is fitted on drawings, and its confidence is capped at
    ``DRAWN_CEILING``, since how it does on photographs is not known.
    """
    photos = held.only(np.array([row.source != DRAWN for row in held.rows], dtype=bool))
    unproven = [name for name in vocabulary.tags if not _proven(photos, name, vocabulary)]
    drawn = temperatures(held, vocabulary) if unproven else {}
    fitted = {**temperatures(photos, vocabulary), **{name: drawn[name] for name in unproven}}
    ceilings = dict.fromkeys(unproven, DRAWN_CEILING)
    found = thresholds(photos, vocabulary, fitted, ceilings)
    return {
        "ceilings": ceilings,
        "temperatures": fitted,
        "precision_targets": {name: PRECISION.get(name, DEFAULT_PRECISION) for name in found},
        "thresholds": {name: {g: t.to_json() for g, t in by_group.items()} for name, by_group in found.items()},
    }

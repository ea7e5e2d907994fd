"""Which validation rows a version answers rightly, head by head, and how two versions differ on the same rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from enrichment.vision.answer import best, merge_matrix
from enrichment.vision.calibrate import calibration_error, softmax
from enrichment.vision.calibration import temperatures
from enrichment.vision.intervals import bootstrap
from enrichment.vision.measured import Measured, known
from enrichment.vision.splits import fraction
from enrichment.vision.vocabulary import GROUP, TYPE, Vocabulary

Rights = dict[str, NDArray[np.float64]]
"""By "source/head" an array over all rows: 1 right, 0 wrong, NaN where the row has no such label."""
HEADS = (GROUP, TYPE, "colour", "gender", "pattern")
_DRAWS = 1000


@dataclass(frozen=True)
class Difference:
    """Shares of the same ``rows`` rows: before, now minus before, and the 95 % interval of the difference."""

    rows: int
    before: float
    change: float
    low: float
    high: float


def rights(measured: Measured, vocabulary: Vocabulary, fitted: Mapping[str, float]) -> Rights:
    """Tell which rows each head answers rightly: tags within the true group, near-equal values as one."""
    sources = np.array([row.source for row in measured.rows])
    out: Rights = {}
    for name in HEADS:
        if name != GROUP and name not in vocabulary.tags:
            continue
        rows = known(measured, name, vocabulary)
        right = np.full(len(rows), np.nan)
        right[rows] = _right(measured, name, vocabulary, fitted, rows)
        for source in sorted(set(sources)):
            mine = np.where(sources == source, right, np.nan)
            if not np.isnan(mine).all():
                out[f"{source}/{name}"] = mine
    return out


def _right(
    measured: Measured, name: str, vocabulary: Vocabulary, fitted: Mapping[str, float], rows: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    codes = measured.codes[name][rows]
    if name == GROUP:
        return np.asarray(measured.raw.group[rows].argmax(axis=1) == codes)
    values, allowed = vocabulary.tags[name], vocabulary.mask(name)[measured.codes[GROUP][rows]]
    place, _ = best(name, values, softmax(measured.raw.tags[name][rows], fitted.get(name, 1.0), allowed))
    family = merge_matrix(name, values).argmax(axis=1)
    return np.asarray(family[place] == family[codes])


def errors(measured: Measured, vocabulary: Vocabulary, fit: bool) -> dict[str, float]:
    """Return each head's calibration error, 0 (calibrated) to 1, with temperatures fitted (``fit``) or all 1.

    A temperature is fitted on one half of the families and judged on the other, then the other way round.
    """
    half = np.array([fraction("calibration", row.family) < 0.5 for row in measured.rows])
    parts = [(measured.only(half), measured.only(~half)), (measured.only(~half), measured.only(half))]
    heads = [name for name in HEADS if name == GROUP or name in vocabulary.tags]
    sure: dict[str, list[NDArray[np.float64]]] = {name: [] for name in heads}
    right: dict[str, list[NDArray[np.bool_]]] = {name: [] for name in heads}
    for fitting, judged in parts:
        warm = temperatures(fitting, vocabulary) if fit else {}
        for name in heads:
            rows = known(judged, name, vocabulary)
            scores = judged.raw.group if name == GROUP else judged.raw.tags[name]
            allowed = None if name == GROUP else vocabulary.mask(name)[judged.codes[GROUP][rows]]
            shares = softmax(scores[rows], warm.get(name, 1.0), allowed)
            sure[name].append(shares.max(axis=1))
            right[name].append(shares.argmax(axis=1) == judged.codes[name][rows])
    return {n: round(calibration_error(np.concatenate(sure[n]), np.concatenate(right[n])), 4) for n in heads}


def difference(before: NDArray[np.float64], now: NDArray[np.float64]) -> Difference:
    """Compare row by row over the rows that both know; the interval resamples rows."""
    both = ~np.isnan(before) & ~np.isnan(now)
    old, gap = before[both], now[both] - before[both]
    low, high = bootstrap(lambda at: float(gap[at].mean()), len(gap), _DRAWS)
    return Difference(len(gap), float(old.mean()), float(gap.mean()), low, high)


def table(found: Mapping[str, Mapping[str, Difference]], columns: tuple[str, ...]) -> str:
    """Return a Markdown table in points: one row a name, its change and interval in each column."""
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    first = next(iter(found.values()), {})
    whole = [f"{100 * first[c].before:.1f} (n={first[c].rows})" if c in first else "-" for c in columns]
    lines.append("| as it is | " + " | ".join(whole) + " |")
    for name, cells in found.items():
        told = [_cell(cells[column]) if column in cells else "-" for column in columns]
        lines.append(f"| {name} | " + " | ".join(told) + " |")
    return "\n".join(lines)


def _cell(told: Difference) -> str:
    return f"{100 * told.change:+.1f} [{100 * told.low:+.1f}, {100 * told.high:+.1f}]"

"""95 % intervals: Wilson for shares, bootstrap for anything computed over rows."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

_Z = 1.959964
# Rows that a value must have for its F1 to count.
COUNTED = 20


def wilson(right: int, total: int) -> tuple[float, float]:
    """Return the 95 % Wilson interval of a share; (0, 1) where nothing was counted.

    https://doi.org/10.1080/01621459.1927.10502953

    >>> tuple(round(x, 4) for x in wilson(95, 100))
    (0.8882, 0.9785)
    """
    if total == 0:
        return 0.0, 1.0
    share, z2 = right / total, _Z**2
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = _Z * math.sqrt(share * (1 - share) / total + z2 / (4 * total**2)) / (1 + z2 / total)
    return max(0.0, middle - half), min(1.0, middle + half)


def bootstrap(
    figure: Callable[[NDArray[np.intp]], float], rows: int, draws: int = 200, seed: int = 5
) -> tuple[float, float]:
    """Return the 95 % percentile interval of ``figure`` over ``draws`` resamples of row numbers 0..rows-1."""
    random = np.random.default_rng(seed)
    found = [figure(random.integers(0, rows, rows)) for _ in range(draws)]
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)


def macro_f1(true: NDArray[Any], got: NDArray[Any], at_least: int = COUNTED) -> float:
    """Return the mean F1 over values with ``at_least`` true rows; 0 where no value has that many."""
    values, counts = np.unique(true, return_counts=True)
    scores = []
    for value in values[counts >= at_least]:
        hits = float(((true == value) & (got == value)).sum())
        scores.append(2 * hits / float((true == value).sum() + (got == value).sum()))
    return float(np.mean(scores)) if scores else 0.0

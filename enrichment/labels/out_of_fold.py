"""What a linear model over features thinks of each item that it was not fitted to."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.preprocessing import StandardScaler

from schemas.errors import UsageError


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """Probabilities ``[M, C]`` of the items ``kept``, each from a linear model that was not fitted to its family."""

    kept: NDArray[np.intp]
    codes: NDArray[np.int64]
    values: tuple[str, ...]
    shares: NDArray[np.float64]


def out_of_fold(
    features: NDArray[np.floating[Any]], labels: Sequence[str], families: Sequence[str], folds: int = 5, seed: int = 3
) -> OutOfFold:
    """Cross-validate a linear model over ``features``; labels of fewer than ``folds`` families are left out.

    Raises:
        UsageError: fewer than two labels are left.

    """
    spread = Counter(label for label, _ in {*zip(labels, families, strict=True)})
    values = tuple(sorted(label for label, count in spread.items() if label and count >= folds))
    if len(values) < 2:
        raise UsageError(f"an audit needs two labels of {folds} families each; got {bounded_counts(spread)}")
    kept = np.array([at for at, label in enumerate(labels) if label in values], dtype=np.intp)
    codes = np.array([values.index(labels[at]) for at in kept], dtype=np.int64)
    groups = np.array([families[at] for at in kept], dtype=object)
    scaled = StandardScaler().fit_transform(features[kept])
    shares = np.zeros((len(kept), len(values)))
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    for train, test in splitter.split(scaled, codes, groups):
        with warnings.catch_warnings():
            # A fold that has not quite converged still ranks disagreement.
            warnings.simplefilter("ignore")
            model = LogisticRegression(C=0.3, max_iter=200).fit(scaled[train], codes[train])
        shares[np.ix_(test, model.classes_)] = model.predict_proba(scaled[test])
    return OutOfFold(kept, codes, values, shares)


def bounded_counts(counts: Counter[str]) -> dict[str, int]:
    """Return the eight commonest counts, for a message."""
    return dict(counts.most_common(8))

"""Calibration: one temperature a head, and thresholds that reach a precision target on held-out pictures."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

Floats = NDArray[np.floating[Any]]
_FAR = -1e4


def softmax(scores: Floats, temperature: float = 1.0, allowed: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
    """Return probabilities ``[N, V]`` of raw scores, values that are not allowed at 0; a row without any is all 0."""
    raw = scores.astype(np.float64) / temperature
    if allowed is not None:
        raw = np.where(allowed, raw, -np.inf)
    top = raw.max(axis=1, keepdims=True)
    powers = np.exp(raw - np.where(np.isfinite(top), top, 0.0))
    shares: NDArray[np.float64] = powers / np.maximum(powers.sum(axis=1, keepdims=True), 1e-300)
    return shares


def fit_temperature(scores: Floats, codes: NDArray[np.integer[Any]], allowed: NDArray[np.bool_] | None = None) -> float:
    """Return the temperature (0.2 to 5) that makes ``softmax(scores / T)`` likeliest on rows of known code.

    https://arxiv.org/abs/1706.04599
    """
    if len(codes) < 2:
        return 1.0

    def cost(log_temperature: float) -> float:
        right = softmax(scores, float(np.exp(log_temperature)), allowed)[np.arange(len(codes)), codes]
        return float(-np.log(np.maximum(right, 1e-12)).mean())

    return float(np.exp(minimize_scalar(cost, bounds=(np.log(0.2), np.log(5.0)), method="bounded").x))


def calibration_error(confidence: Floats, right: NDArray[np.bool_], bins: int = 15) -> float:
    """Return the expected calibration error over ``bins`` equally wide bins, 0 (calibrated) to 1.

    The mean gap between how sure and how right, weighted by how many: https://arxiv.org/abs/1706.04599

    >>> calibration_error(np.array([0.9, 0.9, 0.9, 0.9]), np.array([True, True, True, False]))
    0.15
    """
    if not len(confidence):
        return 0.0
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(float(confidence[place == b].mean()) - float(right[place == b].mean())) * float((place == b).mean())
        for b in range(bins)
        if (place == b).any()
    ]
    return round(sum(gaps), 6)


@dataclass(frozen=True, slots=True)
class Threshold:
    """From ``threshold`` on, claims were right with ``precision``; ``coverage`` of all claims reach it."""

    threshold: float
    precision: float
    coverage: float
    rows: int

    def to_json(self) -> dict[str, float]:
        """Return plain JSON data."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


def threshold_for(confidence: Floats, right: NDArray[np.bool_], precision: float) -> Threshold:
    """Return the lowest threshold from which on the claims reach ``precision``; 1.0 with no coverage if none does."""
    order = np.argsort(-confidence, kind="stable")
    sure, hits = confidence[order], np.cumsum(right[order])
    shares = hits / np.arange(1, len(order) + 1)
    # Only where the next confidence is lower can a threshold fall between two claims.
    last_of_tie = np.append(sure[1:] < sure[:-1], True) if len(sure) else np.zeros(0, dtype=bool)
    reached = np.flatnonzero((shares >= precision) & last_of_tie)
    if not len(reached):
        return Threshold(1.0, 0.0, 0.0, len(order))
    at = int(reached[-1])
    return Threshold(float(sure[at]), float(shares[at]), (at + 1) / len(order), len(order))

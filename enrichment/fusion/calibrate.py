"""Thresholds by precision target, with the coverage they leave; and how well probabilities keep their word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Scored:
    """One fused answer of known truth: its probability, and whether it was right."""

    sure: float
    right: bool


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """A threshold with the precision of what it lets through and the share of all that is let through."""

    threshold: float
    precision: float
    coverage: float


def operating_point(scored: Sequence[Scored], target: float, floor: float = 0.5) -> OperatingPoint:
    """Return the lowest threshold, at least ``floor``, whose decided answers reach ``target`` precision.

    The floor itself where everything above it is good enough; where nothing is, the highest precision.
    Without examples the floor, promising nothing.

    >>> point = operating_point([Scored(0.9, True), Scored(0.8, True), Scored(0.6, False)], target=0.95)
    >>> point.threshold, point.precision, round(point.coverage, 2)
    (0.8, 1.0, 0.67)
    """
    points = [p for p in _points(scored) if p.threshold >= floor]
    if not points:
        return OperatingPoint(floor, 0.0, 0.0)
    if points[-1].precision >= target:
        return OperatingPoint(floor, points[-1].precision, points[-1].coverage)
    good = [point for point in points if point.precision >= target]
    if good:
        return min(good, key=lambda point: point.threshold)
    return max(points, key=lambda point: (point.precision, point.coverage))


def _points(scored: Sequence[Scored]) -> list[OperatingPoint]:
    ordered = sorted(scored, key=lambda item: -item.sure)
    points: list[OperatingPoint] = []
    right = seen = 0
    for sure, same in groupby(ordered, key=lambda item: item.sure):
        for item in same:
            seen += 1
            right += item.right
        points.append(OperatingPoint(sure, right / seen, seen / len(ordered)))
    return points


def expected_error(scored: Sequence[Scored], bins: int = 10) -> float:
    """Return the expected calibration error, 0 to 1 (Naeini et al. 2015, https://doi.org/10.1609/aaai.v29i1.9602)."""
    held: list[list[Scored]] = [[] for _ in range(bins)]
    for item in scored:
        held[min(int(item.sure * bins), bins - 1)].append(item)
    gaps = [abs(sum(i.sure for i in part) - sum(i.right for i in part)) for part in held if part]
    return sum(gaps) / len(scored) if scored else 0.0

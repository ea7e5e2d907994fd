"""A small search for the lowest point of a smooth function of a few numbers, without derivatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence

_FIRST_STEP, _LAST_STEP = 0.5, 0.03


def descend(
    loss: Callable[[Sequence[float]], float],
    start: Sequence[float],
    bounds: Sequence[tuple[float, float]],
    most: int = 400,
) -> list[float]:
    """Return the point that pattern search reaches from ``start`` within ``bounds`` after at most ``most`` tries.

    Each number is tried a step up and down; when nothing helps the steps are halved
    (Hooke and Jeeves 1961, https://doi.org/10.1145/321062.321069, without the pattern move). Deterministic.
    """
    point, best = list(start), loss(start)
    step, tries = _FIRST_STEP, 1
    while step >= _LAST_STEP and tries < most:
        improved = False
        for at, (low, high) in enumerate(bounds):
            for sign in (1.0, -1.0):
                moved = list(point)
                moved[at] = min(high, max(low, point[at] + sign * step))
                found = loss(moved)
                tries += 1
                if found < best:
                    point, best, improved = moved, found, True
                    break
        step = step if improved else step / 2.0
    return point

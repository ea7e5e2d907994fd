"""Outlines: smooth closed curves, tubes along a polyline, mirrored profiles; points are ``[N, 2]`` float64."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Pair = tuple[float, float]


def points(*pairs: Pair) -> Points:
    """Return ``pairs`` as an array ``[N, 2]``."""
    return np.array(pairs, dtype=np.float64)


def smooth(corners: Sequence[Pair] | Points, steps: int = 8, closed: bool = True) -> Points:
    """Return a curve through ``corners`` (at least three), ``steps`` points a span.

    The uniform Catmull-Rom spline: Catmull and Rom 1974, https://doi.org/10.1016/B978-0-12-079050-0.50020-5.
    """
    p1 = np.asarray(corners, dtype=np.float64)
    p0, p2, p3 = np.roll(p1, 1, axis=0), np.roll(p1, -1, axis=0), np.roll(p1, -2, axis=0)
    if not closed:
        p0[0], p2[-1], p3[-1], p3[-2] = p1[0], p1[-1], p1[-1], p1[-1]
    t = (np.arange(steps, dtype=np.float64) / steps)[None, :, None]
    a, b, c, d = (p[:, None, :] for p in (p0, p1, p2, p3))
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    flat = curve.reshape(-1, 2)
    return flat if closed else np.vstack([flat[:-steps], p1[-1:]])


def tube(spine: Sequence[Pair] | Points, widths: Sequence[float], steps: int = 6) -> Points:
    """Return the outline of a limb along ``spine``; ``widths`` are full widths, one a spine point."""
    line = smooth(spine, steps, closed=False) if len(spine) > 2 else np.asarray(spine, dtype=np.float64)
    half = np.interp(np.linspace(0, 1, len(line)), np.linspace(0, 1, len(widths)), np.asarray(widths) / 2)
    ahead = np.gradient(line, axis=0)
    ahead /= np.maximum(np.hypot(ahead[:, 0], ahead[:, 1]), 1e-9)[:, None]
    side = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1) * half[:, None]
    return np.vstack([line + side, (line - side)[::-1]])


def mirrored(right: Sequence[Pair] | Points) -> Points:
    """Close a right half outline (from top centre to bottom centre) with its mirror at x = 0."""
    half = np.asarray(right, dtype=np.float64)
    return np.vstack([half, (half * (-1.0, 1.0))[::-1]])


def moved(outline: Points, right: float, down: float) -> Points:
    """Return ``outline`` moved on the page."""
    return np.asarray(outline + np.array([right, down]), dtype=np.float64)


def ellipse(centre: Pair, half_width: float, half_height: float, steps: int = 40) -> Points:
    """Return an ellipse."""
    turn = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    return np.stack([centre[0] + half_width * np.cos(turn), centre[1] + half_height * np.sin(turn)], axis=1)


def arc(centre: Pair, half_width: float, half_height: float, start: float, end: float, steps: int = 24) -> Points:
    """Return a part of an ellipse from ``start`` to ``end`` (radians, clockwise on the page)."""
    turn = np.linspace(start, end, steps)
    return np.stack([centre[0] + half_width * np.cos(turn), centre[1] + half_height * np.sin(turn)], axis=1)


def rounded(left: float, top: float, right: float, bottom: float, radius: float) -> Points:
    """Return a rectangle with round corners."""
    quarter = np.pi / 2
    spots = ((right, top, -1), (right, bottom, 0), (left, bottom, 1), (left, top, 2))
    parts = [
        arc(
            (x - radius if x == right else x + radius, y + radius if y == top else y - radius),
            radius,
            radius,
            turn * quarter,
            (turn + 1) * quarter,
            6,
        )
        for x, y, turn in spots
    ]
    return np.vstack(parts)

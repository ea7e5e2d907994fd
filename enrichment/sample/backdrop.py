"""Backgrounds: studio white, grey, gradient, coloured paper, wall with floor, boards: pixels ``[H, W, 3]``."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from enrichment.sample.canvas import Pixels
from enrichment.sample.fabric import Rng

# How often a catalogue shows each; a share of any vendor's pictures is taken in rooms and on floors.
BACKDROPS = {"white": 0.62, "grey": 0.12, "gradient": 0.09, "paper": 0.06, "room": 0.07, "boards": 0.04}


def backdrop(kind: str, height: int, width: int, rng: Rng) -> Pixels:
    """Return the background named ``kind`` (one of ``BACKDROPS``)."""
    return _DRAWN[kind](height, width, rng)


def _flat(height: int, width: int, level: NDArray[np.float64]) -> Pixels:
    return np.array(np.broadcast_to(level, (height, width, 3)), dtype=np.float32)


def _white(height: int, width: int, rng: Rng) -> Pixels:
    return _flat(height, width, np.full(3, rng.uniform(250, 255)))


def _grey(height: int, width: int, rng: Rng) -> Pixels:
    return _vignetted(_flat(height, width, rng.uniform(205, 244) + rng.normal(0, 2, 3)), 0.10)


def _gradient(height: int, width: int, rng: Rng) -> Pixels:
    top, bottom = rng.uniform(222, 252) + rng.normal(0, 5, 3), rng.uniform(165, 240) + rng.normal(0, 5, 3)
    ramp = np.linspace(0, 1, height)[:, None, None]
    rows = top * (1 - ramp) + bottom * ramp
    return np.broadcast_to(rows.astype(np.float32), (height, width, 3)).copy()


def _paper(height: int, width: int, rng: Rng) -> Pixels:
    return _vignetted(_flat(height, width, rng.uniform(185, 235) + rng.normal(0, 11, 3)), 0.18)


def _room(height: int, width: int, rng: Rng) -> Pixels:
    wall = _vignetted(_flat(height, width, rng.uniform(150, 235) + rng.normal(0, 14, 3)), 0.2)
    floor = int(height * rng.uniform(0.72, 0.9))
    wall[floor:] = rng.uniform(80, 190) + rng.normal(0, 16, 3)
    wall[floor - max(2, height // 90) : floor] *= 0.8
    for _ in range(int(rng.integers(1, 4))):
        x, y = int(rng.uniform(-0.1, 0.95) * width), int(rng.uniform(0.02, 0.6) * height)
        w, h = int(rng.uniform(0.1, 0.35) * width), int(rng.uniform(0.15, 0.5) * height)
        wall[y : y + h, max(0, x) : max(0, x + w)] = rng.uniform(70, 220) + rng.normal(0, 22, 3)
    return _speckled(wall, rng, 3.0)


def _boards(height: int, width: int, rng: Rng) -> Pixels:
    tone = np.array([176, 138, 98]) * rng.uniform(0.6, 1.25) + rng.normal(0, 8, 3)
    wood = _flat(height, width, tone)
    count = int(rng.integers(4, 9))
    edges = np.linspace(0, width, count + 1).astype(int)
    for left, right in pairwise(edges.tolist()):
        wood[:, left:right] *= rng.uniform(0.85, 1.1)
        wood[:, left : left + max(1, width // 180)] *= 0.6
    streak = rng.normal(1, 0.05, (height // 40 + 2, width)).astype(np.float32)
    long = np.asarray(Image.fromarray(streak).resize((width, height), Image.Resampling.BICUBIC))
    wood *= long[..., None]
    return np.clip(wood, 0, 255, out=wood)


def _vignetted(pixels: Pixels, strength: float) -> Pixels:
    height, width = pixels.shape[:2]
    y, x = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)[None, :]
    return np.asarray(np.clip(pixels * (1 - strength * (x**2 + y**2) / 2)[..., None], 0, 255), dtype=np.float32)


def _speckled(pixels: Pixels, rng: Rng, spread: float) -> Pixels:
    return np.asarray(np.clip(pixels + rng.normal(0, spread, (*pixels.shape[:2], 1)), 0, 255), dtype=np.float32)


_DRAWN = {"white": _white, "grey": _grey, "gradient": _gradient, "paper": _paper, "room": _room, "boards": _boards}

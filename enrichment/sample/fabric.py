"""Fabric: a pattern in two or three colours as pixels ``[H, W, 3]``, float32 in 0..255."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from enrichment.sample.canvas import Colour, Pixels

Rng = np.random.Generator
Weave = Callable[[int, int, Colour, Colour, Rng], Pixels]


def folds(height: int, width: int, rng: Rng) -> Pixels:
    """Return soft light and shade ``[height, width]`` around 1, longer down than across, as cloth hangs."""
    coarse = rng.normal(0, 1, (5, 9)).astype(np.float32)
    fine = rng.normal(0, 0.5, (9, 24)).astype(np.float32)
    grown = [np.asarray(Image.fromarray(m).resize((width, height), Image.Resampling.BICUBIC)) for m in (coarse, fine)]
    return np.asarray(1 + 0.05 * (grown[0] + grown[1]), dtype=np.float32)


def weave(pattern: str, height: int, width: int, colour: Colour, accent: Colour, rng: Rng) -> Pixels:
    """Return the fabric of a declared pattern; a pattern without a drawing of its own is plain.

    ``accent`` is the second colour. A fine grain is always there: real cloth is never one flat value.
    """
    cloth = _WEAVES.get(pattern, _plain)(height, width, colour, accent, rng)
    grain = rng.standard_normal((height // 2 + 1, width // 2 + 1, 1), dtype=np.float32) * np.float32(2.2)
    cloth += np.repeat(np.repeat(grain, 2, axis=0), 2, axis=1)[:height, :width]
    return np.clip(cloth, 0, 255, out=cloth)


def _plain(height: int, width: int, colour: Colour, _accent: Colour, _rng: Rng) -> Pixels:
    return np.broadcast_to(np.asarray(colour, dtype=np.float32), (height, width, 3)).copy()


def _mixed(mask: NDArray[Any], colour: Colour, accent: Colour) -> Pixels:
    a, b = np.asarray(colour, dtype=np.float32), np.asarray(accent, dtype=np.float32)
    return np.asarray(a + (b - a) * mask.astype(np.float32)[..., None], dtype=np.float32)


def _striped(height: int, width: int, colour: Colour, accent: Colour, rng: Rng) -> Pixels:
    period = height / rng.uniform(14, 40)
    share = rng.uniform(0.25, 0.5)
    down = rng.random() < 0.7
    across = np.arange(height if down else width) / period % 1 < share
    mask = np.broadcast_to(across[:, None] if down else across[None, :], (height, width))
    return _mixed(mask, colour, accent)


def _checked(height: int, width: int, colour: Colour, accent: Colour, rng: Rng) -> Pixels:
    period = height / rng.uniform(10, 26)
    share = rng.uniform(0.25, 0.5)
    rows = (np.arange(height) / period % 1 < share)[:, None]
    columns = (np.arange(width) / period % 1 < share)[None, :]
    fine = ((np.arange(width) / period + 0.72) % 1 < 0.08)[None, :]
    return _mixed(np.clip(0.5 * rows + 0.5 * columns + 0.4 * fine, 0, 1), colour, accent)


def _dotted(height: int, width: int, colour: Colour, accent: Colour, rng: Rng) -> Pixels:
    period = height / rng.uniform(14, 34)
    radius = rng.uniform(0.18, 0.32)
    y, x = np.mgrid[:height, :width] / period
    x = x + 0.5 * (np.floor(y) % 2)
    away = np.hypot(x % 1 - 0.5, y % 1 - 0.5)
    return _mixed(np.clip((radius - away) * period + 0.5, 0, 1), colour, accent)


def _floral(height: int, width: int, colour: Colour, accent: Colour, rng: Rng) -> Pixels:
    sheet, pen = _sheet(height, width, colour)
    third = _third(colour, rng)
    for _ in range(int(rng.integers(220, 420))):
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        size = height * rng.uniform(0.007, 0.015)
        leaf = rng.uniform(0, 2 * np.pi)
        _dot(pen, x + 2 * size * np.cos(leaf), y + 2 * size * np.sin(leaf), size * 0.6, (60, 110, 60))
        for petal in range(5):
            turn = leaf + petal * 2 * np.pi / 5
            _dot(pen, x + size * np.cos(turn), y + size * np.sin(turn), size * 0.7, accent)
        _dot(pen, x, y, size * 0.5, third)
    return np.asarray(sheet, dtype=np.float32)


def _printed(height: int, width: int, colour: Colour, accent: Colour, rng: Rng) -> Pixels:
    sheet, pen = _sheet(height, width, colour)
    inks = (accent, _third(colour, rng), accent)
    for _ in range(int(rng.integers(160, 300))):
        x, y, size = rng.uniform(0, width), rng.uniform(0, height), height * rng.uniform(0.008, 0.028)
        turn = rng.uniform(0, 2 * np.pi, int(rng.integers(3, 7)))
        turn.sort()
        far = size * rng.uniform(0.5, 1.3, len(turn))
        corners = np.stack([x + far * np.cos(turn), y + far * np.sin(turn)], axis=1)
        pen.polygon(corners.ravel().tolist(), fill=_ink(inks[int(rng.integers(3))]))
    return np.asarray(sheet, dtype=np.float32)


def _graphic(height: int, width: int, colour: Colour, accent: Colour, rng: Rng) -> Pixels:
    sheet, pen = _sheet(height, width, colour)
    x, y, size = width / 2, height * rng.uniform(0.38, 0.46), height * rng.uniform(0.05, 0.09)
    inks = (accent, _third(colour, rng))
    for row in range(int(rng.integers(2, 5))):
        top = y + (row - 1) * size * 0.6
        half = size * rng.uniform(0.5, 1.3)
        box = (x - half, top, x + half, top + size * 0.4)
        (pen.ellipse if rng.random() < 0.3 else pen.rectangle)(box, fill=_ink(inks[row % 2]))
    return np.asarray(sheet, dtype=np.float32)


def _animal(height: int, width: int, colour: Colour, accent: Colour, rng: Rng) -> Pixels:
    spots = rng.normal(0, 1, (height // 9 + 2, width // 9 + 2)).astype(np.float32)
    grown = np.asarray(Image.fromarray(spots).resize((width, height), Image.Resampling.BICUBIC))
    return _mixed(np.clip((np.abs(grown) < 0.22) + 0.6 * (grown > 1.1), 0, 1), colour, accent)


def _camouflage(height: int, width: int, colour: Colour, accent: Colour, rng: Rng) -> Pixels:
    base = _plain(height, width, colour, accent, rng)
    for ink in (accent, _scaled(colour, 0.55), _scaled(accent, 0.7)):
        field = rng.normal(0, 1, (height // 18 + 2, width // 18 + 2)).astype(np.float32)
        grown = np.asarray(Image.fromarray(field).resize((width, height), Image.Resampling.BICUBIC))
        base[grown > 0.6] = ink
    return base


def _blocked(height: int, width: int, colour: Colour, accent: Colour, rng: Rng) -> Pixels:
    border = rng.uniform(0.36, 0.6) * height
    mask = np.broadcast_to((np.arange(height) > border)[:, None], (height, width))
    return _mixed(mask, colour, accent)


def _melange(height: int, width: int, colour: Colour, accent: Colour, rng: Rng) -> Pixels:
    noise = rng.normal(0.25, 0.28, (height, width // 3 + 1)).clip(0, 1)
    return _mixed(np.repeat(noise, 3, axis=1)[:, :width], colour, accent)


def _faded(height: int, width: int, colour: Colour, _accent: Colour, rng: Rng) -> Pixels:
    patch = Image.fromarray(rng.uniform(0, 255, (10, 10)).astype(np.uint8)).resize((width, height))
    soft = np.asarray(patch.filter(ImageFilter.BoxBlur(height / 30)), dtype=np.float32) / 255
    return _mixed(np.clip(soft - 0.4, 0, 1) * 0.5, colour, (235, 238, 242))


def _sheet(height: int, width: int, colour: Colour) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    sheet = Image.new("RGB", (width, height), _ink(colour))
    return sheet, ImageDraw.Draw(sheet)


def _ink(colour: Colour) -> tuple[int, int, int]:
    return int(colour[0]), int(colour[1]), int(colour[2])


def _dot(pen: ImageDraw.ImageDraw, x: float, y: float, radius: float, colour: Colour) -> None:
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_ink(colour))


def _scaled(colour: Colour, by: float) -> Colour:
    return colour[0] * by, colour[1] * by, colour[2] * by


def _third(colour: Colour, rng: Rng) -> Colour:
    light = sum(colour) / 3 < 128
    pick = rng.uniform(150, 255, 3) if light else rng.uniform(20, 150, 3)
    return float(pick[0]), float(pick[1]), float(pick[2])


_WEAVES: dict[str, Weave] = {
    "solid": _plain,
    "striped": _striped,
    "checked": _checked,
    "polka_dots": _dotted,
    "floral": _floral,
    "printed": _printed,
    "graphic": _graphic,
    "animal": _animal,
    "camouflage": _camouflage,
    "colourblocked": _blocked,
    "colour_melange": _melange,
    "denim": _faded,
}

"""Fit a picture into a square without squeezing it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
_RESAMPLE = Image.Resampling.BICUBIC


def border(pixels: Pixels) -> NDArray[np.uint8]:
    """Return the outermost ring of pixels ``[P, 3]`` of a picture ``[H, W, 3]``."""
    rows: list[NDArray[Any]] = [pixels[0], pixels[-1], pixels[1:-1, 0], pixels[1:-1, -1]]
    return np.concatenate(rows, axis=0)


def edge_colour(pixels: Pixels) -> Pixels:
    """Return the median colour ``[3]`` of a picture's outermost pixels: white on a studio shot."""
    colour: Pixels = np.median(border(pixels), axis=0).astype(np.uint8)
    return colour


def letterbox(pixels: Pixels, side: int) -> Pixels:
    """Scale uint8 ``[H, W, 3]`` so that its long side is ``side`` and pad it to ``[side, side, 3]``.

    The pad has the picture's own edge colour, so that a studio shot stays one even field of background.
    """
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    fitted = np.asarray(Image.fromarray(pixels).resize(size, _RESAMPLE, reducing_gap=2.0))
    square = np.empty((side, side, 3), dtype=np.uint8)
    square[:] = edge_colour(pixels)
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    square[top : top + size[1], left : left + size[0]] = fitted
    return square

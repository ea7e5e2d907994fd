"""Tell a studio shot's product from its even background."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from enrichment.vision.letterbox import Pixels, border, edge_colour

_NEAR, _EVEN_SHARE = 20, 0.7


def foreground(pixels: Pixels) -> NDArray[np.uint8]:
    """Return a mask ``[H, W]``, 255 on the product and 0 on an even background that reaches the border.

    A picture whose border is not even (a real background) is product all over: its background cannot be told.
    """
    colour = edge_colour(pixels).astype(np.int16)
    even = np.abs(border(pixels).astype(np.int16) - colour).max(axis=1) < _NEAR
    if even.mean() < _EVEN_SHARE:
        return np.full(pixels.shape[:2], 255, dtype=np.uint8)
    near = np.abs(pixels.astype(np.int16) - colour).max(axis=2) < _NEAR
    regions, _ = ndimage.label(near)
    outer = np.unique(np.concatenate([regions[0], regions[-1], regions[:, 0], regions[:, -1]]))
    background = np.isin(regions, outer[outer > 0])
    return np.where(background, 0, 255).astype(np.uint8)

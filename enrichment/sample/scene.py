"""What a drawing of one product works with: canvas, cloth, colours, the look's values and the wearer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from enrichment.sample.canvas import Canvas, Colour, Pixels, flat
from enrichment.sample.fabric import Rng
from enrichment.sample.figure import Body
from enrichment.sample.shapes import Points


@dataclass(slots=True)
class Scene:
    """One product being drawn; ``cloth`` is its fabric on the whole canvas, ``values`` its look by attribute."""

    canvas: Canvas
    cloth: Pixels
    colour: Colour
    accent: Colour
    values: Mapping[str, str]
    article_type: str
    who: Body
    worn: bool
    rng: Rng

    @property
    def seam(self) -> Colour:
        """The cloth's colour a shade darker (lighter for black cloth, whose seams would vanish)."""
        factor, lift = (0.72, 0.0) if sum(self.colour) > 150 else (1.0, 34.0)
        r, g, b = self.colour
        return r * factor + lift, g * factor + lift, b * factor + lift

    @property
    def inside(self) -> Pixels:
        """The cloth seen from its wrong side: darker."""
        return np.asarray(self.cloth * 0.62, dtype=np.float32)

    def paint(self, *outlines: Points, cut: tuple[Points, ...] = (), depth: float = 1.0) -> None:
        """Paint the product's cloth."""
        self.canvas.cloth(self.cloth, *outlines, cut=cut, depth=depth)

    def plain(self, colour: Colour, *outlines: Points, depth: float = 0.6) -> None:
        """Paint another, plain material."""
        self.canvas.cloth(flat(colour, self.cloth), *outlines, depth=depth)

    def line(self, path: Points, width: float = 0.004, colour: Colour | None = None) -> None:
        """Draw a seam."""
        self.canvas.line(self.seam if colour is None else colour, path, width)

    def value(self, *attributes: str) -> str:
        """Return the first of ``attributes`` that the look has, '' where none."""
        return next((self.values[a] for a in attributes if a in self.values), "")

    def chance(self, odds: float) -> bool:
        """Draw a yes with probability ``odds``."""
        return bool(self.rng.random() < odds)


METAL_GOLD: Colour = (204, 166, 84)
METAL_SILVER: Colour = (192, 196, 202)
LEATHER_BROWN: Colour = (112, 72, 44)

"""A picture in the making: outlines in page units become shaded, anti-aliased cloth on float pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from enrichment.sample.shapes import Points

Pixels = NDArray[np.float32]
Colour = tuple[float, float, float]
OVERSAMPLE = 2


class Camera(NamedTuple):
    """Where page units fall: pixels a unit, the pixel of the origin, a turn in radians."""

    scale: float
    x: float
    y: float
    turn: float = 0.0

    def see(self, outline: Points) -> Points:
        """Return ``outline`` in pixels."""
        c, s = np.cos(self.turn), np.sin(self.turn)
        return np.asarray(outline) @ (np.array([[c, s], [-s, c]]) * self.scale) + (self.x, self.y)

    def moved(self, right: float, down: float) -> Camera:
        """Return a camera that sees everything moved by page units."""
        return self._replace(x=self.x + right * self.scale, y=self.y + down * self.scale)


def flat(colour: Colour, like: Pixels) -> Pixels:
    """Return one colour as pixels of the shape of ``like`` (a view, not to be written)."""
    return np.broadcast_to(np.array(colour, dtype=np.float32), like.shape)


@dataclass(slots=True)
class Stamp:
    """An anti-aliased mask ``[h, w]`` in 0..1 whose upper left pixel is ``(x, y)``."""

    x: int
    y: int
    alpha: Pixels

    @property
    def box(self) -> tuple[slice, slice]:
        """Rows and columns of the stamp on its canvas."""
        height, width = self.alpha.shape
        return slice(self.y, self.y + height), slice(self.x, self.x + width)


class Canvas:
    """Float pixels ``[H, W, 3]`` in 0..255 with a camera; ``folds`` ``[H, W]`` around 1 shades all cloth."""

    def __init__(self, backdrop: Pixels, camera: Camera, folds: Pixels) -> None:
        """Start from a backdrop, which is painted over."""
        self.pixels = backdrop
        self.camera = camera
        self.folds = folds

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.pixels.shape[0], self.pixels.shape[1]

    def stamp(self, *outlines: Points, cut: tuple[Points, ...] = ()) -> Stamp | None:
        """Return the mask of ``outlines`` together, less ``cut``; None where nothing lies on the canvas."""
        shapes = [self.camera.see(outline) for outline in outlines]
        height, width = self.size
        low = np.floor(np.min([s.min(axis=0) for s in shapes], axis=0)).astype(int) - 1
        high = np.ceil(np.max([s.max(axis=0) for s in shapes], axis=0)).astype(int) + 2
        x0, y0 = (max(0, int(v)) for v in low)
        x1, y1 = min(width, int(high[0])), min(height, int(high[1]))
        if x1 <= x0 or y1 <= y0:
            return None
        sheet = Image.new("L", ((x1 - x0) * OVERSAMPLE, (y1 - y0) * OVERSAMPLE))
        pen = ImageDraw.Draw(sheet)
        for ink, group in ((255, shapes), (0, [self.camera.see(c) for c in cut])):
            for shape in group:
                pen.polygon(((shape - (x0, y0)) * OVERSAMPLE).ravel().tolist(), fill=ink)
        return Stamp(x0, y0, _unit(sheet.reduce(OVERSAMPLE)))

    def cloth(self, texture: Pixels, *outlines: Points, cut: tuple[Points, ...] = (), depth: float = 1.0) -> None:
        """Paint ``texture`` ``[H, W, 3]`` through the outlines, with folds and darker edges (``depth`` 0: flat)."""
        stamp = self.stamp(*outlines, cut=cut)
        if stamp is None:
            return
        light = 1 + depth * (self.folds[stamp.box] - 1)
        if depth > 0 and min(stamp.alpha.shape) > 8:
            light = light * (1 - 0.28 * depth + 0.28 * depth * _soft(stamp.alpha))
        self._blend(stamp, texture[stamp.box] * light[..., None])

    def fill(self, colour: Colour, *outlines: Points, cut: tuple[Points, ...] = (), opacity: float = 1.0) -> None:
        """Paint a flat colour through the outlines."""
        stamp = self.stamp(*outlines, cut=cut)
        if stamp is not None:
            stamp.alpha *= opacity
            self._blend(stamp, np.asarray(colour, dtype=np.float32))

    def shadow(self, *outlines: Points, strength: float = 0.25, blur: float = 0.02) -> None:
        """Darken what lies under the outlines, softly; ``blur`` in page units."""
        stamp = self.stamp(*outlines)
        if stamp is None:
            return
        radius = max(1.0, blur * self.camera.scale)
        soft = Image.fromarray((stamp.alpha * 255).astype(np.uint8)).filter(ImageFilter.BoxBlur(radius))
        self.pixels[stamp.box] *= 1 - strength * (np.asarray(soft, dtype=np.float32) / 255)[..., None]

    def line(self, colour: Colour, path: Points, width: float, opacity: float = 1.0) -> None:
        """Draw a line of ``width`` page units (never thinner than one pixel)."""
        broad = max(width, 1.0 / self.camera.scale) / 2
        ahead = np.gradient(path, axis=0)
        ahead /= np.maximum(np.hypot(ahead[:, 0], ahead[:, 1]), 1e-9)[:, None]
        side = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1) * broad
        self.fill(colour, np.vstack([path + side, (path - side)[::-1]]), opacity=opacity)

    def _blend(self, stamp: Stamp, over: Pixels) -> None:
        alpha = stamp.alpha[..., None]
        under = self.pixels[stamp.box]
        under += (over - under) * alpha


def _soft(alpha: Pixels) -> Pixels:
    radius = max(2.0, min(alpha.shape) / 14)
    soft = Image.fromarray((alpha * 255).astype(np.uint8)).filter(ImageFilter.BoxBlur(radius))
    return _unit(soft)


def _unit(mask: Image.Image) -> Pixels:
    return np.asarray(mask, dtype=np.float32) / np.float32(255)

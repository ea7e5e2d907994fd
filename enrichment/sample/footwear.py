"""Shoes from the side: closed ones, heels and open ones; the picture's height is 1, the middle (0, 0.5)."""

from __future__ import annotations

from enrichment.sample.canvas import Colour
from enrichment.sample.scene import LEATHER_BROWN, Scene
from enrichment.sample.shapes import Pair, ellipse, moved, points, smooth, tube

_DARK: Colour = (42, 40, 42)
_OPEN = ("Sandals", "Sports Sandals", "Flip Flops")
_PAIR_SHIFT = (-0.04, -0.07)
# Straps of a sandal and of a flip flop: where they leave the sole, their highest point, where they end.
_SANDAL = (
    [(0.0, 0.605), (0.07, 0.5), (0.19, 0.6)],
    [(-0.24, 0.605), (-0.26, 0.43), (-0.13, 0.43)],
    [(-0.14, 0.43), (-0.07, 0.48), (-0.05, 0.605)],
    [(0.1, 0.61), (0.15, 0.56), (0.24, 0.605)],
)
_THONG = ([(-0.04, 0.606), (0.05, 0.49), (0.21, 0.592)], [(0.04, 0.606), (0.14, 0.52), (0.21, 0.592)])


def shoes(scene: Scene) -> None:
    """Draw one shoe from the side, sometimes its pair behind it."""
    scene.canvas.shadow(ellipse((0, 0.652), 0.3, 0.02), strength=0.3)
    kind = scene.article_type
    draw = _heel if kind == "Heels" else _open if kind in _OPEN else _closed
    if scene.chance(0.25):
        front = scene.canvas.camera
        scene.canvas.camera = front.moved(*_PAIR_SHIFT)
        draw(scene)
        scene.canvas.camera = front
    draw(scene)


def _closed(scene: Scene) -> None:
    flat = scene.article_type == "Flats"
    high = 0.1 if flat else 0.3 if scene.values.get("ankle_height") == "high_top" else 0.2
    top = 0.6 - high
    toe = [(0.0, 0.6 - high * 0.6), (0.14, 0.535 + 0.03 * flat), (0.265, 0.555), (0.3, 0.607), (0.0, 0.612)]
    scene.paint(smooth([(-0.285, 0.6), (-0.285, top + 0.03), (-0.27, top), (-0.12, top + 0.01), *toe], 5))
    _sole(scene)
    opening = [(-0.262, top + 0.014), (-0.19, top + 0.002), (-0.125, top + 0.016), (-0.19, top + 0.036)]
    scene.plain((54, 48, 46), smooth(opening))
    scene.line(points((0.14, 0.545), (0.155, 0.605)))
    if not flat:
        _laces(scene, high)
    if scene.article_type == "Sports Shoes":
        for k in range(3):
            stripe = points((-0.06 + 0.045 * k, 0.6), (-0.005 + 0.045 * k, 0.53 + 0.008 * k))
            scene.canvas.line(scene.accent, stripe, 0.014)


def _sole(scene: Scene) -> None:
    sport, formal = scene.article_type == "Sports Shoes", scene.article_type == "Formal Shoes"
    colour: Colour = (238, 238, 236) if sport or (not formal and scene.chance(0.5)) else _DARK
    outline = smooth([(-0.29, 0.6), (-0.3, 0.635), (0.05, 0.642), (0.29, 0.636), (0.3, 0.605), (0, 0.61)])
    scene.plain(colour, moved(outline, 0, 0.013 if sport else 0.0), depth=0.3)


def _laces(scene: Scene, high: float) -> None:
    colour: Colour = (240, 240, 240) if sum(scene.colour) < 420 else (60, 60, 64)
    for k in range(4):
        x, y = -0.1 + 0.055 * k, 0.6 - high * (0.9 - 0.14 * k)
        scene.canvas.line(colour, points((x, y), (x + 0.012, y + 0.045)), 0.008)


def _heel(scene: Scene) -> None:
    back = 0.62 - {"low": 0.06, "mid": 0.11, "high": 0.17}[scene.values["heel_height"]]
    broad = {"wedge": 0.09, "block": 0.04}.get(scene.values["heel_type"], 0.012)
    right = -0.235 + broad * 2.4
    scene.paint(points((-0.235, back + 0.01), (right, back + 0.03), (-0.225 + broad, 0.635), (-0.24, 0.635)))
    rear: list[Pair] = [(-0.24, back + 0.01), (-0.255, back - 0.06), (-0.21, back - 0.075), (-0.15, back - 0.02)]
    front: list[Pair] = [(0.02, 0.565), (0.14, 0.56), (0.26, 0.616), (0.06, 0.612), (-0.1, back + 0.03)]
    scene.paint(smooth([*rear, *front], 5))
    under: list[Pair] = [(0.08, 0.6), (0.26, 0.618), (0.255, 0.634), (0.06, 0.634)]
    sole = [(-0.24, back), (-0.1, back + 0.02), *under, (-0.12, back + 0.06), (-0.24, back + 0.03)]
    scene.plain(_DARK, smooth(sole, 5), depth=0.3)
    lining = [(-0.21, back - 0.06), (-0.15, back - 0.02), (-0.02, 0.56), (-0.09, 0.57), (-0.2, back - 0.035)]
    scene.plain((70, 60, 56), smooth(lining, 5))


def _open(scene: Scene) -> None:
    thick = 0.64 if scene.article_type == "Sports Sandals" else 0.626
    sole = [(-0.28, 0.6), (-0.285, thick), (0.1, thick + 0.008), (0.285, thick), (0.285, 0.6), (0, 0.612)]
    scene.plain(_DARK if scene.chance(0.6) else LEATHER_BROWN, smooth(sole, 5), depth=0.4)
    for strap in _THONG if scene.article_type == "Flip Flops" else _SANDAL:
        scene.paint(tube(strap, (0.036, 0.03, 0.036)))

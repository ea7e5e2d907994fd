"""Hats, glasses, watches, jewelry and scarves; the picture's height is 1, the middle (0, 0.5)."""

from __future__ import annotations

import numpy as np

from enrichment.sample.canvas import Colour, flat
from enrichment.sample.figure import draw_body
from enrichment.sample.scene import METAL_GOLD, METAL_SILVER, Scene
from enrichment.sample.shapes import arc, ellipse, mirrored, points, rounded, smooth, tube

_DARK: Colour = (42, 40, 42)


def hat(scene: Scene) -> None:
    """Draw a cap, a beanie or a brimmed hat."""
    kind = "cap" if scene.article_type == "Caps" else "beanie" if scene.chance(0.3) else "brim"
    dome = arc((0, 0.55), 0.2, 0.2, np.pi, 2 * np.pi)
    if kind == "cap":
        scene.paint(np.vstack([dome, points((0.2, 0.57), (-0.2, 0.57))]))
        scene.paint(
            smooth(points((0.1, 0.54), (0.24, 0.56), (0.36, 0.615), (0.3, 0.63), (0.12, 0.6), (-0.02, 0.58)), 5),
            depth=0.7,
        )
        scene.line(arc((0, 0.55), 0.06, 0.2, np.pi, 2 * np.pi), 0.004)
        scene.canvas.fill(scene.seam, ellipse((0, 0.352), 0.014, 0.008))
    elif kind == "beanie":
        scene.paint(smooth(points((-0.18, 0.62), (-0.17, 0.45), (0, 0.34), (0.17, 0.45), (0.18, 0.62)), 6))
        scene.paint(rounded(-0.19, 0.57, 0.19, 0.65, 0.02))
        for x in np.linspace(-0.17, 0.17, 14):
            scene.line(points((float(x), 0.575), (float(x), 0.645)), 0.003)
    else:
        scene.paint(ellipse((0, 0.6), 0.33, 0.07))
        scene.paint(
            smooth(
                points((-0.17, 0.6), (-0.15, 0.4), (-0.04, 0.38), (0.04, 0.38), (0.15, 0.4), (0.17, 0.6), (0, 0.63)), 5
            )
        )
        scene.plain(
            _DARK if sum(scene.colour) > 200 else scene.accent,
            points((-0.168, 0.55), (0.168, 0.55), (0.172, 0.597), (-0.172, 0.597)),
        )


def glasses(scene: Scene) -> None:
    """Draw spectacles or sunglasses from the front, slightly turned."""
    dark = scene.article_type == "Sunglasses"
    lens: Colour = (46, 42, 40) if dark else (226, 232, 236)
    round_, wide = scene.values["frame_shape"] in ("round", "oval", "aviator"), 0.125
    for side in (1, -1):
        x = 0.155 * side
        rim = (
            ellipse((x, 0.5), wide, 0.09)
            if round_
            else smooth(points((x - wide, 0.43), (x + wide, 0.43), (x + wide * 0.85, 0.56), (x - wide * 0.85, 0.56)), 8)
        )
        scene.paint(rim, depth=0.5)
        inner = (rim - (x, 0.498)) * 0.84 + (x, 0.498)
        scene.canvas.fill(lens, inner)
        scene.canvas.fill((255, 255, 255), tube([(x - 0.05, 0.46), (x - 0.07, 0.53)], (0.02, 0.012)), opacity=0.25)
        scene.paint(
            tube([(0.275 * side, 0.45), (0.325 * side, 0.43), (0.3 * side, 0.39)], (0.026, 0.018, 0.012)), depth=0.4
        )
    scene.paint(tube([(-0.04, 0.475), (0, 0.462), (0.04, 0.475)], (0.016, 0.014, 0.016)), depth=0.4)


def watch(scene: Scene) -> None:
    """Draw a wrist watch, dial to the front; the colour is the dial's or the strap's."""
    steel = scene.values["watch_strap"] == "stainless_steel"
    strap: Colour = METAL_SILVER if steel else scene.colour
    case = METAL_GOLD if scene.chance(0.25) else METAL_SILVER
    for sign in (1, -1):
        band = points(
            (-0.085, 0.5 + 0.12 * sign),
            (0.085, 0.5 + 0.12 * sign),
            (0.066, 0.5 + 0.42 * sign),
            (-0.066, 0.5 + 0.42 * sign),
        )
        scene.plain(strap, band)
        for k in range(9 if steel else 4):
            y = 0.5 + (0.17 + 0.03 * k * (1 if steel else 1.8)) * sign
            if steel:
                scene.canvas.line((140, 144, 150), points((-0.078, y), (0.078, y)), 0.004)
            else:
                scene.canvas.fill((30, 28, 28), ellipse((0, y), 0.006, 0.008))
    square = scene.values["dial_shape"] == "square"
    for radius, ink in ((0.155, case), (0.128, scene.colour if steel else (244, 244, 240))):
        face = (
            rounded(-radius, 0.5 - radius, radius, 0.5 + radius, 0.03) if square else ellipse((0, 0.5), radius, radius)
        )
        scene.plain(ink, face, depth=0.5)
    light = steel and sum(scene.colour) < 380
    hands: Colour = (240, 240, 240) if light else (30, 30, 34)
    for hour in range(12):
        turn = hour * np.pi / 6
        scene.canvas.fill(hands, ellipse((0.105 * np.sin(turn), 0.5 - 0.105 * np.cos(turn)), 0.006, 0.006))
    for turn, reach, broad in ((scene.rng.uniform(0, 6.28), 0.06, 0.01), (scene.rng.uniform(0, 6.28), 0.09, 0.007)):
        scene.canvas.line(hands, points((0, 0.5), (reach * np.sin(turn), 0.5 - reach * np.cos(turn))), broad)
    scene.plain(case, rounded(0.155, 0.485, 0.178, 0.515, 0.006))


def jewelry(scene: Scene) -> None:
    """Draw earrings, a necklace, a pendant, a ring or a bangle."""
    kind, metal = scene.article_type, scene.colour
    stone = scene.accent
    if kind == "Earrings":
        for x in (-0.12, 0.12):
            scene.canvas.line(metal, arc((x, 0.36), 0.025, 0.04, np.pi, 2 * np.pi), 0.008)
            scene.plain(metal, ellipse((x, 0.44), 0.05, 0.05))
            scene.canvas.fill(stone, ellipse((x, 0.44), 0.026, 0.026))
            scene.plain(metal, smooth(points((x, 0.49), (x + 0.035, 0.58), (x, 0.63), (x - 0.035, 0.58)), 5))
    elif kind in ("Ring", "Bangle", "Bracelet"):
        radius, thick = (0.13, 0.028) if kind == "Ring" else (0.22, 0.034)
        outer, inner = (
            ellipse((0, 0.53), radius, radius * 0.92),
            ellipse((0, 0.53), radius - thick, (radius - thick) * 0.9),
        )
        scene.canvas.cloth(flat(metal, scene.cloth), outer, cut=(inner,), depth=1.2)
        if kind != "Bangle":
            for k in range(1 if kind == "Ring" else 7):
                turn = (k - 3) * 0.3 if kind != "Ring" else 0.0
                scene.canvas.fill(
                    stone, ellipse((radius * np.sin(turn), 0.53 - radius * 0.92 * np.cos(turn)), 0.03, 0.026)
                )
    else:
        chain = arc((0, 0.24), 0.2, 0.34, 0.05, np.pi - 0.05, 46)
        for k, (x, y) in enumerate(chain):
            scene.canvas.fill(metal if k % 2 else scene.seam, ellipse((float(x), float(y)), 0.009, 0.009, 10))
        if kind != "Necklace and Chains" or scene.chance(0.5):
            scene.plain(metal, smooth(points((0, 0.57), (0.045, 0.64), (0, 0.71), (-0.045, 0.64)), 6))
            scene.canvas.fill(stone, ellipse((0, 0.64), 0.022, 0.03))


def scarf(scene: Scene) -> None:
    """Draw a scarf knotted, hanging, or worn round the neck (body units then)."""
    if scene.worn:
        draw_body(scene.canvas, scene.who, scene.rng)
        dark = (50.0, 50.0, 56.0)
        scene.plain(dark, mirrored([(0, 0.2), (0.05, 0.172), (0.105, 0.187), (0.1, 0.35), (0.105, 0.6), (0, 0.61)]))
        scene.paint(tube([(-0.06, 0.17), (0, 0.215), (0.06, 0.17)], (0.05, 0.06, 0.05)))
        for side, low in ((1, 0.52), (-1, 0.47)):
            scene.paint(tube([(0.04 * side, 0.19), (0.05 * side, 0.33), (0.06 * side, low)], (0.05, 0.07, 0.08)))
            _fringe(scene, 0.06 * side, low, 0.04)
        return
    scene.paint(
        tube(
            [(-0.1, 0.3), (-0.02, 0.2), (0.1, 0.26), (0.06, 0.4), (-0.06, 0.4), (-0.1, 0.3)],
            (0.09, 0.1, 0.1, 0.09, 0.1, 0.09),
        )
    )
    for side, low in ((1, 0.82), (-1, 0.74)):
        scene.paint(tube([(0.0, 0.4), (0.07 * side, 0.55), (0.12 * side, low)], (0.08, 0.12, 0.15)))
        _fringe(scene, 0.12 * side, low, 0.07)
    scene.paint(ellipse((0, 0.41), 0.06, 0.045))


def _fringe(scene: Scene, x: float, y: float, half: float) -> None:
    for share in np.linspace(-0.9, 0.9, 9):
        scene.line(points((x + share * half, y - 0.004), (x + share * half * 1.05, y + 0.03)), 0.003, scene.colour)

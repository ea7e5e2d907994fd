"""Garments that hang from the shoulders: necklines, sleeves and bodies of tops, dresses and jackets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from enrichment.sample.scene import Scene
from enrichment.sample.shapes import Pair, Points, arc, ellipse, mirrored, moved, points, smooth, tube

# How far down the arm a sleeve reaches: 0 shoulder, 1 wrist.
SLEEVES = {"sleeveless": 0.0, "cap": 0.16, "short": 0.36, "three_quarter": 0.74, "long": 1.0}
# How a declared collar is drawn; what is missing here is drawn as its neckline.
COLLARS = {
    "spread": "collar",
    "button_down": "collar",
    "shirt": "collar",
    "polo": "collar",
    "mandarin": "mandarin",
    "notched_lapel": "lapel",
    "hooded": "hood",
}
BARE = ("strapless", "off_shoulder", "halter", "sweetheart")


def neck_line(style: str) -> list[Pair]:
    """Return the right half of a neckline, from the centre up to the neck side (or the bare top edge's end)."""
    return [(float(x), float(y)) for x, y in _NECKS.get(style, _NECKS["round"])]


_NECKS: dict[str, Sequence[Pair] | Points] = {
    "round": arc((0, 0.172), 0.046, 0.034, np.pi / 2, 0, 8),
    "scoop": arc((0, 0.172), 0.062, 0.082, np.pi / 2, 0, 8),
    "v_neck": [(0, 0.272), (0.046, 0.17)],
    "square": [(0, 0.236), (0.058, 0.236), (0.06, 0.176)],
    "boat": arc((0, 0.176), 0.086, 0.018, np.pi / 2, 0, 8),
    "sweetheart": [(0, 0.262), (0.026, 0.236), (0.056, 0.228), (0.088, 0.248)],
    "strapless": [(0, 0.238), (0.05, 0.236), (0.09, 0.244)],
    "off_shoulder": [(0, 0.232), (0.06, 0.226), (0.108, 0.212)],
    "halter": [(0, 0.2), (0.03, 0.15)],
    "high_neck": [(0, 0.13), (0.034, 0.13), (0.037, 0.168)],
    "collar": [(0, 0.212), (0.032, 0.166)],
    "mandarin": [(0, 0.2), (0.012, 0.15), (0.034, 0.148), (0.036, 0.168)],
    "hood": [(0, 0.215), (0.04, 0.168)],
    "lapel": [(0, 0.31), (0.036, 0.168)],
    "cowl": arc((0, 0.172), 0.06, 0.06, np.pi / 2, 0, 8),
}


def neck_of(scene: Scene) -> str:
    """Return the drawn neck style of the look's collar or neckline."""
    return COLLARS.get(scene.values.get("collar", ""), scene.values.get("neckline", "round"))


def draw_upper(scene: Scene, neck: str, sleeve: str, rows: Sequence[Pair], ease: float = 1.06) -> None:
    """Draw sleeves and body; ``rows`` are ``(half width, y)`` below the armpit, the last one the hem."""
    if neck == "hood":
        _hood(scene)
    reach = SLEEVES.get(sleeve, 0.36)
    if reach > 0:
        for side, arm in ((1, scene.who.arm), (-1, scene.who.other_arm)):
            _sleeve(scene, arm, side, reach, ease)
    _body(scene, neck, sleeve, rows, ease)
    if neck == "sweetheart" and sleeve == "sleeveless":
        for side in (1, -1):
            scene.line(points((0.048 * side, 0.172), (0.062 * side, 0.245)), 0.007, scene.colour)
    _finish(scene, neck)


def _body(scene: Scene, neck: str, sleeve: str, rows: Sequence[Pair], ease: float) -> None:
    right = neck_line(neck)
    shoulder = scene.who.shoulder * (ease if SLEEVES.get(sleeve, 0) > 0 else 0.8)
    if neck not in BARE:
        right.append((max(shoulder, right[-1][0] + 0.012), 0.187))
    armpit = (scene.who.bust * ease, 0.276)
    sides = smooth([armpit, *rows], 6, closed=False)
    wide, hem = rows[-1]
    bottom = [(wide * 0.55, hem + 0.008), (0.0, hem + 0.011)]
    outline = mirrored(np.vstack([right, sides, bottom]))
    if not scene.worn and neck not in BARE:
        back = mirrored([(0, 0.178), (right[-1][0] * 0.9, 0.172), (0.07, 0.27), (0, 0.32)])
        scene.canvas.cloth(scene.inside, back, depth=0.4)
    scene.paint(outline)


def _sleeve(scene: Scene, arm: tuple[Pair, Pair, Pair], side: int, reach: float, ease: float) -> None:
    spine = smooth(np.array(arm), 10, closed=False)
    spine = spine[: max(3, round(len(spine) * reach))]
    spine[0] += (-0.022, 0.012)
    loose = 0.056 * ease**2
    widths = (loose, loose * (0.95 - 0.3 * reach), max(0.03, loose * (0.9 - 0.42 * reach)))
    outline = tube(spine, widths) * (side, 1)
    scene.canvas.shadow(moved(outline, 0.004, 0.004), strength=0.18, blur=0.01)
    scene.paint(outline)
    half = len(outline) // 2
    scene.line(outline[[half - 1, half]], 0.005)


def _finish(scene: Scene, neck: str) -> None:
    if neck == "collar":
        for side in (1, -1):
            scene.paint(
                points((0.004 * side, 0.214), (0.03 * side, 0.156), (0.05 * side, 0.17), (0.046 * side, 0.224)),
                depth=0.7,
            )
            scene.line(points((0.004 * side, 0.214), (0.046 * side, 0.224), (0.05 * side, 0.17)))
    elif neck == "lapel":
        for side in (1, -1):
            scene.paint(
                points(
                    (0.002 * side, 0.318),
                    (0.036 * side, 0.162),
                    (0.056 * side, 0.172),
                    (0.066 * side, 0.222),
                    (0.05 * side, 0.232),
                ),
                depth=0.5,
            )
            scene.line(
                points((0.002 * side, 0.318), (0.05 * side, 0.232), (0.066 * side, 0.222), (0.056 * side, 0.172)), 0.005
            )
    elif neck in ("round", "v_neck", "scoop", "boat", "square", "high_neck", "mandarin"):
        half = np.array(neck_line(neck))
        scene.line(np.vstack([half[::-1], half * (-1.0, 1.0)]), 0.006)
    elif neck == "cowl":
        for drop in (0.02, 0.045):
            scene.line(arc((0, 0.19), 0.06, 0.05 + drop, 0.2, np.pi - 0.2), 0.004)


def _hood(scene: Scene) -> None:
    rise = 0.145 if scene.worn else 0.09
    scene.canvas.cloth(
        scene.cloth * 0.85,
        smooth(mirrored([(0, rise), (0.05, rise + 0.01), (0.072, rise + 0.04), (0.06, 0.21), (0, 0.22)])),
    )
    if not scene.worn:
        scene.canvas.cloth(scene.inside, ellipse((0, 0.155), 0.042, 0.042), depth=0.4)


def buttons(scene: Scene, top: float, bottom: float, count: int) -> None:
    """Draw a placket with ``count`` buttons down the centre front."""
    scene.line(points((0.008, top), (0.008, bottom)), 0.003)
    light = sum(scene.colour) < 380
    ink = (232.0, 228.0, 220.0) if light else (70.0, 60.0, 56.0)
    for y in np.linspace(top + 0.012, bottom - 0.02, count):
        scene.canvas.fill(ink, ellipse((0, float(y)), 0.0045, 0.0045))


def zipper(scene: Scene, top: float, bottom: float) -> None:
    """Draw a zip down the centre front."""
    scene.line(points((0, top), (0, bottom)), 0.008)
    scene.canvas.line((200, 200, 204), points((0, top), (0, bottom)), 0.003)
    scene.canvas.fill((190, 190, 196), ellipse((0, top + 0.012), 0.005, 0.012))

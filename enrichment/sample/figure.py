"""The person who wears a garment: joints in body units (crown 0, soles 1, centre line x = 0) and their drawing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from enrichment.sample.canvas import Canvas, Colour, flat
from enrichment.sample.fabric import Rng
from enrichment.sample.shapes import Pair, arc, ellipse, mirrored, points, smooth, tube

_SKINS: tuple[Colour, ...] = ((246, 214, 190), (232, 190, 158), (208, 160, 124), (168, 118, 84), (116, 78, 56))
_HAIRS: tuple[Colour, ...] = ((28, 22, 20), (60, 40, 28), (104, 72, 44), (168, 130, 80), (90, 88, 86))


@dataclass(frozen=True, slots=True)
class Body:
    """Half widths of a body at its landmarks, its arms (shoulder, elbow, wrist; the left mirrored), its colours."""

    shoulder: float
    bust: float
    waist: float
    hip: float
    head: float
    arm: tuple[Pair, Pair, Pair]
    other_arm: tuple[Pair, Pair, Pair]
    stance: float
    skin: Colour
    hair: Colour
    long_hair: bool

    def at(self, y: float) -> float:
        """Return the half width of the trunk at height ``y``."""
        marks = (0.16, 0.185, 0.27, 0.385, 0.485, 0.54)
        wide = (0.04, self.shoulder, self.bust, self.waist, self.hip, self.hip * 0.98)
        return float(np.interp(y, marks, wide))

    def leg(self, y: float) -> tuple[float, float]:
        """Return centre and half width of the right leg at height ``y``."""
        marks = (0.5, 0.62, 0.74, 0.84, 0.95)
        middle = float(np.interp(y, (0.5, 0.95), (self.hip * 0.5, self.stance)))
        return middle, float(np.interp(y, marks, (self.hip * 0.52, 0.048, 0.034, 0.031, 0.02)))


def body(gender: str, rng: Rng, worn: bool = True) -> Body:
    """Return a body of the build that ``gender`` is drawn with; not ``worn`` (laid flat): straight arms."""
    woman, child = gender in ("women", "girls"), gender in ("girls", "boys", "kids")
    shoulder = (0.098 if woman else 0.118) * rng.uniform(0.96, 1.05)
    waist = (0.072 if woman else 0.092) * rng.uniform(0.95, 1.08)
    arms = [_arm(shoulder, rng, worn) for _ in range(2)]
    if not worn:
        arms[1] = arms[0]
    return Body(
        shoulder=shoulder,
        bust=(0.09 if woman else 0.104) * rng.uniform(0.96, 1.05),
        waist=waist,
        hip=(0.1 if woman else 0.096) * rng.uniform(0.97, 1.05),
        head=0.062 if child else 0.047,
        arm=arms[0],
        other_arm=arms[1],
        stance=float(rng.uniform(0.035, 0.075)),
        skin=_SKINS[int(rng.integers(len(_SKINS)))],
        hair=_HAIRS[int(rng.integers(len(_HAIRS)))],
        long_hair=bool(woman and rng.random() < 0.7),
    )


def _arm(shoulder: float, rng: Rng, worn: bool) -> tuple[Pair, Pair, Pair]:
    start = (shoulder - 0.012, 0.2)
    if worn and rng.random() < 0.22:
        return start, (shoulder + rng.uniform(0.06, 0.085), 0.35), (shoulder - 0.02, 0.455)
    spread = rng.uniform(0.015, 0.05) if worn else rng.uniform(0.05, 0.11)
    return start, (shoulder + spread * 0.8, 0.345), (shoulder + spread * 1.15, 0.495)


def draw_body(canvas: Canvas, who: Body, rng: Rng) -> None:
    """Draw skin, head and hair; garments are painted over it."""
    skin = flat(who.skin, canvas.pixels)
    if who.long_hair:
        canvas.fill(who.hair, ellipse((0, 0.12), who.head * 1.05, 0.1))
    for side, arm in ((1, who.arm), (-1, who.other_arm)):
        canvas.cloth(skin, tube(arm, (0.042, 0.034, 0.022)) * (side, 1), depth=0.6)
        canvas.fill(who.skin, ellipse((arm[2][0] * side, arm[2][1] + 0.02), 0.013, 0.024))
    trunk = [(0.026, 0.12), (0.03, 0.165), (who.shoulder * 0.9, 0.186)]
    trunk += [(who.at(y), y) for y in (0.2, 0.27, 0.33, 0.385, 0.43, 0.485, 0.54)]
    canvas.cloth(skin, mirrored([(0, 0.12), *trunk, (0, 0.54)]), depth=0.5)
    for side in (1, -1):
        spine = [(who.leg(y)[0] * side, y) for y in (0.5, 0.62, 0.74, 0.84, 0.96)]
        canvas.cloth(skin, tube(spine, [2 * who.leg(y)[1] for y in (0.5, 0.62, 0.74, 0.84, 0.96)]), depth=0.6)
    _draw_head(canvas, who, rng)


def _draw_head(canvas: Canvas, who: Body, rng: Rng) -> None:
    middle = 0.012 + who.head * 1.28
    face = smooth(
        mirrored(
            [
                (0, 0.012),
                (who.head * 0.8, 0.03),
                (who.head, middle),
                (who.head * 0.62, middle + 0.05),
                (0, middle + 0.066),
            ]
        )
    )
    canvas.fill(who.skin, face)
    top = arc((0, middle - 0.008), who.head * 1.1, who.head * 1.28, np.pi, 2 * np.pi)
    fringe = points((who.head * rng.uniform(0.2, 0.7), middle - 0.03), (-who.head * 0.8, middle - 0.012))
    canvas.fill(who.hair, np.vstack([top, fringe]))
    dark = (60.0, 40.0, 36.0)
    for x in (-0.4, 0.4):
        canvas.fill(dark, ellipse((who.head * x, middle + 0.004), 0.0065, 0.0028))
    canvas.fill((176, 92, 88), ellipse((0, middle + 0.038), 0.012, 0.0032))


def draw_shoes(canvas: Canvas, who: Body, colour: Colour) -> None:
    """Put plain shoes on the feet, so that full-length pictures do not end in bare ankles."""
    for side in (1, -1):
        x = who.stance * side
        foot = smooth(
            points(
                (x - 0.02 * side, 0.94), (x + 0.02 * side, 0.94), (x + 0.042 * side, 0.985), (x - 0.02 * side, 0.988)
            )
        )
        canvas.fill(colour, foot)

"""Dresses, tops, jackets, skirts, trousers and formal sets in body units, on a wearer or laid flat."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from enrichment.sample.canvas import Colour, flat
from enrichment.sample.figure import Body, draw_body, draw_shoes
from enrichment.sample.scene import Scene
from enrichment.sample.shapes import Pair, arc, ellipse, mirrored, points, smooth, tube
from enrichment.sample.upper import buttons, draw_upper, neck_of, zipper

_DENIM: Colour = (58, 78, 112)
_SKIRTS = {"flared": "a_line", "straight": "bodycon", "asymmetric": "pleated"}
# Hem heights of skirts and dresses, and of trouser legs.
HEMS = {"mini": 0.6, "knee": 0.72, "midi": 0.83, "maxi": 0.95}
LEGS = {"short": 0.62, "knee": 0.73, "three_fourth": 0.82, "ankle": 0.92, "full": 0.965}
BODY_HEMS = {"crop": 0.38, "hip": 0.47, "regular": 0.5, "longline": 0.62, "knee": 0.7}
FITS = {"slim": 1.02, "regular": 1.1, "relaxed": 1.2, "oversized": 1.3}
LEG_FITS = {"skinny": 1.06, "slim": 1.18, "straight": 1.35, "regular": 1.45, "wide_leg": 1.9}


def dress(scene: Scene) -> None:
    """Draw a dress: neckline, sleeves, length and silhouette."""
    _wearer(scene)
    hem, shape = HEMS[scene.values["length"]], scene.values["dress_type"]
    draw_upper(
        scene, neck_of(scene), scene.values["sleeve_length"], _skirt_rows(scene.who, hem, shape, fitted=True), 1.04
    )
    if shape in ("a_line", "fit_and_flare"):
        waist = scene.who.waist * 1.1
        scene.line(points((-waist, 0.388), (waist, 0.388)), 0.012 if scene.chance(0.3) else 0.004)
    _pleats(scene, hem, shape)


def top(scene: Scene) -> None:
    """Draw a T-shirt, shirt, blouse, tunic or knit."""
    _wearer(scene, lower=True)
    who, hem = scene.who, BODY_HEMS[scene.values["length"]]
    loose = FITS[scene.values["fit"]]
    rows = [(who.at(0.385) * loose * 1.04, 0.37)]
    rows += [(max(who.at(y), 0.088) * loose, y) for y in (0.46, 0.54, 0.6) if y < hem - 0.02]
    rows.append((max(who.at(min(hem, 0.54)), 0.09) * loose * (1.12 if hem > 0.55 else 1.0), hem))
    neck = neck_of(scene)
    draw_upper(scene, neck, scene.values["sleeve_length"], rows, 1.02 + 0.35 * (loose - 1))
    kind = scene.article_type
    if neck == "collar":
        polo = scene.values["collar"] == "polo"
        buttons(scene, 0.215, 0.3 if polo else hem, 3 if polo else 7)
        if scene.chance(0.4) and not polo:
            scene.line(points((0.035, 0.262), (0.07, 0.262), (0.07, 0.31), (0.035, 0.31), (0.035, 0.262)), 0.003)
    elif neck in ("mandarin", "v_neck") and kind in ("Kurtas", "Kurtis", "Tunics"):
        buttons(scene, 0.2, 0.32, 4)
    if kind in ("Sweaters", "Sweatshirts"):
        _ribs(scene, rows[-1])
    if neck == "hood":
        scene.line(arc((0, 0.45), 0.075, 0.06, np.pi, 2 * np.pi), 0.004)
    if kind in ("Kurtas", "Kurtis", "Tunics") and hem >= 0.6:
        for side in (1, -1):
            scene.line(points((rows[-1][0] * 0.93 * side, hem - 0.13), (rows[-1][0] * 0.96 * side, hem)), 0.005)


def jacket(scene: Scene) -> None:
    """Draw a jacket, coat or blazer, open or closed in front."""
    _wearer(scene, lower=True)
    who, hem = scene.who, BODY_HEMS[scene.values["length"]] + 0.02
    neck = neck_of(scene)
    if neck == "lapel":
        shirt: Colour = (236, 238, 242) if scene.chance(0.7) else (70, 84, 120)
        scene.plain(shirt, mirrored([(0, 0.2), (0.03, 0.16), (0.06, 0.18), (0.06, 0.34), (0, 0.36)]))
    rows = [(who.at(0.385) * 1.22, 0.37)]
    rows += [(max(who.at(0.47), 0.1) * 1.2, 0.47)] if hem > 0.49 else []
    rows.append((max(who.at(min(hem, 0.5)), 0.1) * 1.22, hem))
    draw_upper(scene, neck, scene.values["sleeve_length"], rows, 1.14)
    front = {"lapel": 0.318, "hood": 0.215, "collar": 0.212}.get(neck, 0.2)
    if neck == "lapel":
        scene.line(points((0.004, front), (0.0, hem)), 0.005)
        buttons(scene, front, front + 0.09, 2)
    elif scene.values["closure"] == "button":
        buttons(scene, front, hem, 5)
    else:
        zipper(scene, front, hem)
    for side in (1, -1) if hem > 0.46 else ():
        scene.line(points((0.045 * side, 0.43), (0.085 * side, 0.415)), 0.006)
    _ribs(scene, rows[-1])


def skirt(scene: Scene) -> None:
    """Draw a skirt from the waist down."""
    _wearer(scene, upper=True)
    hem, shape = HEMS[scene.values["length"]], _SKIRTS[scene.values["hem"]]
    waist = scene.who.at(0.41)
    sides = smooth([(waist * 1.03, 0.395), *_skirt_rows(scene.who, hem, shape, fitted=False)], 6, closed=False)
    wide = float(sides[-1][0])
    scene.paint(mirrored(np.vstack([[(0, 0.397)], sides, [(wide * 0.5, hem + 0.01), (0, hem + 0.013)]])))
    scene.line(points((-waist * 1.05, 0.42), (waist * 1.05, 0.42)), 0.005)
    _pleats(scene, hem, shape)


def bottom(scene: Scene) -> None:
    """Draw trousers, jeans, leggings, shorts or track pants."""
    _wearer(scene, upper=True)
    trousers(scene, LEGS[scene.values["length"]], LEG_FITS[scene.values["fit"]])


def formal_set(scene: Scene) -> None:
    """Draw a suit: blazer, shirt, tie and trousers of one cloth."""
    _wearer(scene)
    trousers(scene, 0.965, 1.35)
    shirt: Colour = (240, 242, 246) if scene.chance(0.75) else (150, 176, 214)
    scene.plain(shirt, mirrored([(0, 0.2), (0.034, 0.156), (0.06, 0.18), (0.06, 0.36), (0, 0.38)]))
    if scene.who.shoulder > 0.105:
        ink = (float(scene.rng.uniform(20, 140)), float(scene.rng.uniform(20, 80)), float(scene.rng.uniform(30, 120)))
        scene.plain(ink, points((-0.011, 0.192), (0.011, 0.192), (0.015, 0.31), (0, 0.34), (-0.015, 0.31)))
    who = scene.who
    rows = [(who.at(0.385) * 1.2, 0.385), (max(who.at(0.47), 0.1) * 1.2, 0.47), (max(who.at(0.5), 0.1) * 1.24, 0.55)]
    draw_upper(scene, "lapel", "long", rows, 1.14)
    scene.line(points((0.004, 0.318), (0.004, 0.555)), 0.005)
    buttons(scene, 0.32, 0.42, 2)
    for side in (1, -1):
        scene.line(points((0.045 * side, 0.455), (0.09 * side, 0.45)), 0.008)


def trousers(scene: Scene, hem: float, ease: float) -> None:
    """Draw two legs, waist band and fly down to ``hem``."""
    who = scene.who
    rise = [(who.at(0.41) * 1.03, 0.4), (who.at(0.45) * 1.03, 0.45), (who.hip * 1.04, 0.5)]
    for side in (1, -1):
        outer: list[Pair] = [*rise]
        inner: list[Pair] = []
        for y in (0.56, 0.62, 0.74, 0.84, 0.95):
            if y > hem - 0.02:
                break
            middle, half = who.leg(y)
            # Cloth leaves the thigh only below the hip, where it is cut wide.
            half *= 1.04 + (ease - 1.04) * min(1.0, (y - 0.5) / 0.24)
            outer.append((middle + half, y))
            inner.append((max(0.003, middle - half), y))
        middle, half = who.leg(min(hem, 0.95))
        half = max(half * ease, 0.026 * ease)
        outer.append((middle + half, hem))
        inner.append((max(0.004, middle - half), hem))
        leg = np.vstack([[(0, 0.402)], smooth(outer, 5, closed=False), inner[::-1], [(0, 0.54)]])
        scene.paint(leg * (side, 1))
        scene.line(points(inner[-1], outer[-1]) * (side, 1), 0.006)
        scene.line(points((who.hip * 0.55, 0.43), (who.hip * 0.97, 0.47)) * (side, 1), 0.004)
    waist = who.at(0.42) * 1.03
    scene.line(points((-waist, 0.424), (waist, 0.424)), 0.005)
    scene.line(points((0, 0.424), (0.008, 0.49), (0, 0.53)), 0.004)


def _wearer(scene: Scene, upper: bool = False, lower: bool = False) -> None:
    """Draw the person, dressed plainly where the product leaves off."""
    if not scene.worn:
        return
    draw_body(scene.canvas, scene.who, scene.rng)
    shade = float(scene.rng.uniform(25, 70))
    shoes: Colour = (shade, shade * 0.9, shade * 0.85)
    draw_shoes(scene.canvas, scene.who, shoes)
    if upper or lower:
        plain = _plain_clothes(scene)
        other = replace(scene, cloth=flat(plain, scene.cloth), colour=plain)
        if lower:
            trousers(other, 0.965, 1.25)
        else:
            rows = [(scene.who.at(0.385) * 1.05, 0.385), (scene.who.at(0.43) * 1.04, 0.43)]
            draw_upper(other, "round", ("short", "sleeveless", "long")[int(scene.rng.integers(3))], rows, 1.03)


def _plain_clothes(scene: Scene) -> Colour:
    choices: tuple[Colour, ...] = (_DENIM, (36, 36, 40), (236, 236, 236), (120, 120, 124), (44, 52, 78))
    return choices[int(scene.rng.integers(len(choices)))]


def _skirt_rows(who: Body, hem: float, shape: str, fitted: bool) -> list[Pair]:
    waist = who.at(0.39) * (1.06 if shape != "shift" else 1.3)
    rows: list[Pair] = [(waist, 0.39)] if fitted else []
    drop = (hem - 0.39) / 0.56
    if shape in ("bodycon", "sheath"):
        return [*rows, (who.hip * 1.05, 0.49), (who.hip * (1.02 - 0.22 * drop), hem)]
    if shape == "shift":
        return [*rows, (who.hip * 1.12, 0.49), (who.hip * (1.16 + 0.1 * drop), hem)]
    flare = {"a_line": 0.75, "fit_and_flare": 1.2}.get(shape, 0.95)
    return [*rows, (who.hip * (1.06 + 0.1 * flare), 0.49), (who.hip * (1.12 + flare * (0.35 + 0.6 * drop)), hem)]


def _pleats(scene: Scene, hem: float, shape: str) -> None:
    if shape not in ("a_line", "fit_and_flare", "pleated"):
        return
    spread = scene.who.hip * (1.0 if shape == "a_line" else 1.35)
    for share in np.linspace(-0.8, 0.8, 11 if shape == "pleated" else 5):
        scene.line(points((share * 0.07, 0.43), (share * spread, hem - 0.01)), 0.003)


def _ribs(scene: Scene, hem: Pair) -> None:
    scene.line(points((-hem[0], hem[1] - 0.022), (hem[0], hem[1] - 0.022)), 0.004)


def sari(scene: Scene) -> None:
    """Draw a sari: a wrapped skirt and a length of cloth over one shoulder."""
    _wearer(scene, upper=True)
    hip = scene.who.hip
    scene.paint(mirrored([(0, 0.42), (hip * 0.95, 0.42), (hip * 1.15, 0.55), (hip * 1.3, 0.95), (0, 0.965)]))
    scene.paint(smooth(points((0.1, 0.42), (-0.06, 0.17), (-0.11, 0.19), (-0.03, 0.5))))
    scene.paint(tube([(-0.1, 0.19), (-0.15, 0.45), (-0.14, 0.75)], (0.05, 0.06, 0.09)))
    for share in (-0.4, -0.1, 0.2):
        scene.line(points((share * 0.05, 0.5), (share * 0.2, 0.95)), 0.003)
    scene.canvas.line(scene.accent, points((-0.19, 0.75), (-0.1, 0.755)), 0.014)


def bra(scene: Scene) -> None:
    """Draw a bra on a bust."""
    _wearer(scene, lower=True)
    for side in (1, -1):
        scene.paint(ellipse((0.042 * side, 0.268), 0.046, 0.036))
        scene.line(points((0.05 * side, 0.24), (0.062 * side, 0.19)), 0.008, scene.colour)
    scene.paint(mirrored([(0, 0.285), (0.09, 0.272), (0.092, 0.296), (0, 0.302)]))

"""What catalogues sell besides the thirteen groups: belts, wallets, ties, socks, bottles, lipsticks, gloves, balls."""

from __future__ import annotations

import numpy as np

from enrichment.sample.canvas import Colour, flat
from enrichment.sample.garments import bra, sari
from enrichment.sample.scene import METAL_GOLD, METAL_SILVER, Scene
from enrichment.sample.shapes import arc, ellipse, mirrored, moved, points, rounded, smooth, tube


def other(scene: Scene) -> None:
    """Draw the thing that the article type names."""
    _DRAWN[scene.article_type](scene)


def _belt(scene: Scene) -> None:
    band = ellipse((0, 0.5), 0.3, 0.13)
    scene.canvas.cloth(scene.inside, band, cut=(ellipse((0, 0.47), 0.28, 0.1),))
    scene.canvas.cloth(scene.cloth, ellipse((0, 0.53), 0.3, 0.13), cut=(ellipse((0, 0.475), 0.3, 0.125),))
    scene.canvas.cloth(
        flat(METAL_SILVER, scene.cloth),
        rounded(-0.07, 0.585, 0.05, 0.68, 0.014),
        cut=(rounded(-0.052, 0.602, 0.032, 0.663, 0.008),),
    )


def _wallet(scene: Scene) -> None:
    scene.paint(rounded(-0.26, 0.36, 0.26, 0.66, 0.02))
    scene.line(points((-0.245, 0.375), (0.245, 0.375), (0.245, 0.645), (-0.245, 0.645), (-0.245, 0.375)), 0.003)
    scene.line(points((-0.25, 0.5), (0.25, 0.5)), 0.004)
    scene.canvas.fill(scene.seam, rounded(0.12, 0.58, 0.2, 0.615, 0.01))


def _tie(scene: Scene) -> None:
    scene.paint(points((-0.035, 0.14), (0.035, 0.14), (0.028, 0.2), (-0.028, 0.2)))
    scene.paint(points((-0.026, 0.2), (0.026, 0.2), (0.065, 0.78), (0, 0.86), (-0.065, 0.78)))


def _cufflinks(scene: Scene) -> None:
    for x in (-0.11, 0.11):
        scene.plain(METAL_SILVER, rounded(x - 0.06, 0.44, x + 0.06, 0.56, 0.012))
        scene.plain(scene.colour, rounded(x - 0.045, 0.455, x + 0.045, 0.545, 0.01))


def _socks(scene: Scene) -> None:
    for dx, dy in ((-0.09, -0.02), (0.07, 0.02)):
        foot = points(
            (-0.06, 0.24),
            (0.05, 0.24),
            (0.05, 0.5),
            (0.08, 0.62),
            (0.17, 0.68),
            (0.16, 0.75),
            (0.02, 0.74),
            (-0.06, 0.62),
        )
        scene.paint(moved(smooth(foot, 5), dx, dy))
        scene.line(points((-0.058 + dx, 0.29 + dy), (0.05 + dx, 0.29 + dy)), 0.004)


def _bottle(scene: Scene) -> None:
    glass = tuple(float(200 + 0.2 * c) for c in scene.colour)
    scene.plain((glass[0], glass[1], glass[2]), rounded(-0.12, 0.42, 0.12, 0.78, 0.03))
    scene.plain(scene.colour, rounded(-0.1, 0.5, 0.1, 0.76, 0.02))
    scene.plain(METAL_GOLD if scene.chance(0.5) else METAL_SILVER, rounded(-0.04, 0.36, 0.04, 0.42, 0.006))
    scene.plain((46, 44, 46), rounded(-0.055, 0.24, 0.055, 0.36, 0.01))
    scene.canvas.fill((250, 250, 250), rounded(-0.06, 0.6, 0.06, 0.68, 0.004), opacity=0.85)


def _can(scene: Scene) -> None:
    scene.plain(scene.colour, rounded(-0.08, 0.28, 0.08, 0.82, 0.02), depth=1.2)
    scene.plain((60, 60, 64), rounded(-0.07, 0.18, 0.07, 0.28, 0.02))
    scene.canvas.fill((248, 248, 248), rounded(-0.08, 0.5, 0.08, 0.56, 0.001), opacity=0.8)


def _lipstick(scene: Scene) -> None:
    scene.plain((40, 38, 42), rounded(-0.06, 0.55, 0.06, 0.82, 0.01))
    scene.plain(METAL_GOLD, rounded(-0.05, 0.45, 0.05, 0.56, 0.006))
    scene.plain(scene.colour, points((-0.04, 0.46), (-0.04, 0.3), (0.03, 0.24), (0.04, 0.3), (0.04, 0.46)))


def _polish(scene: Scene) -> None:
    scene.plain(scene.colour, rounded(-0.1, 0.52, 0.1, 0.8, 0.04))
    scene.plain((34, 32, 36), points((-0.045, 0.52), (-0.035, 0.2), (0.035, 0.2), (0.045, 0.52)))


def _gloves(scene: Scene) -> None:
    for side in (1, -1):
        palm = smooth(points((0.04, 0.78), (0.04, 0.5), (0.05, 0.42), (0.16, 0.42), (0.18, 0.5), (0.16, 0.78)), 5)
        fingers = [
            tube([(0.06 + 0.033 * k, 0.45), (0.062 + 0.035 * k, 0.27 + 0.03 * abs(k - 1.5))], (0.032, 0.026))
            for k in range(4)
        ]
        thumb = tube([(0.05, 0.58), (0.0, 0.47)], (0.036, 0.03))
        scene.paint(*[outline * (side, 1) for outline in (palm, thumb, *fingers)])


def _briefs(scene: Scene) -> None:
    long = 0.66 if scene.article_type in ("Boxers", "Trunk") else 0.56
    scene.paint(mirrored([(0, 0.36), (0.18, 0.36), (0.2, 0.44), (0.19, long), (0.06, long + 0.01), (0, 0.6)]))
    scene.plain((40, 40, 44), points((-0.18, 0.35), (0.18, 0.35), (0.183, 0.385), (-0.183, 0.385)))


def _ball(scene: Scene) -> None:
    scene.paint(ellipse((0, 0.5), 0.24, 0.24))
    for path in (
        arc((0, 0.5), 0.24, 0.08, 0, np.pi),
        arc((0, 0.5), 0.08, 0.24, -np.pi / 2, np.pi / 2),
        points((0, 0.26), (0, 0.74)),
    ):
        scene.canvas.line((40, 36, 34), path, 0.008)


def _umbrella(scene: Scene) -> None:
    scene.paint(
        np.vstack(
            [
                arc((0, 0.5), 0.32, 0.3, np.pi, 2 * np.pi),
                smooth(
                    points((0.32, 0.5), (0.2, 0.46), (0.1, 0.5), (0, 0.46), (-0.1, 0.5), (-0.2, 0.46), (-0.32, 0.5)),
                    3,
                    closed=False,
                ),
            ]
        )
    )
    handle: Colour = (70, 50, 36)
    scene.canvas.line(
        handle, np.vstack([points((0, 0.47), (0, 0.78)), arc((-0.035, 0.78), 0.035, 0.04, 0, np.pi)]), 0.014
    )


def _jar(scene: Scene) -> None:
    scene.plain(scene.colour, rounded(-0.15, 0.46, 0.15, 0.72, 0.03))
    scene.plain((236, 236, 236), rounded(-0.16, 0.36, 0.16, 0.47, 0.02))


_DRAWN = {
    "Belts": _belt,
    "Wallets": _wallet,
    "Ties": _tie,
    "Cufflinks": _cufflinks,
    "Socks": _socks,
    "Perfume and Body Mist": _bottle,
    "Deodorant": _can,
    "Lipstick": _lipstick,
    "Nail Polish": _polish,
    "Gloves": _gloves,
    "Briefs": _briefs,
    "Boxers": _briefs,
    "Trunk": _briefs,
    "Bra": bra,
    "Sarees": sari,
    "Basketballs": _ball,
    "Umbrellas": _umbrella,
    "Face Moisturisers": _jar,
}

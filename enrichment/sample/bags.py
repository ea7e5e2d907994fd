"""Bags: backpacks, clutches, duffels, cases and handbags; the picture's height is 1, the middle (0, 0.5)."""

from __future__ import annotations

import numpy as np

from enrichment.sample.canvas import Colour
from enrichment.sample.scene import METAL_GOLD, METAL_SILVER, Scene
from enrichment.sample.shapes import arc, ellipse, points, rounded, smooth


def bag(scene: Scene) -> None:
    """Draw a handbag, clutch, backpack, duffel or case."""
    metal = METAL_GOLD if scene.chance(0.5) else METAL_SILVER
    scene.canvas.shadow(ellipse((0, 0.765), 0.25, 0.02), strength=0.25)
    _DRAWN.get(scene.article_type, _handbag)(scene, metal)


def _backpack(scene: Scene, _metal: Colour) -> None:
    scene.canvas.line(scene.seam, arc((0, 0.3), 0.05, 0.06, np.pi, 2 * np.pi), 0.016)
    half = [(0.15, 0.28), (0.22, 0.5), (0.2, 0.75)]
    scene.paint(smooth([(0, 0.25), *half, (0, 0.765), *[(-x, y) for x, y in half[::-1]]], 6))
    scene.paint(rounded(-0.15, 0.52, 0.15, 0.73, 0.04), depth=1.2)
    scene.line(arc((0, 0.5), 0.17, 0.19, np.pi * 1.05, np.pi * 1.95), 0.007)
    scene.line(points((-0.13, 0.56), (0.13, 0.56)), 0.006)


def _clutch(scene: Scene, metal: Colour) -> None:
    scene.paint(rounded(-0.26, 0.42, 0.26, 0.64, 0.03))
    scene.paint(points((-0.26, 0.43), (0.26, 0.43), (0.06, 0.56), (-0.06, 0.56)), depth=1.3)
    scene.canvas.fill(metal, ellipse((0, 0.55), 0.02, 0.016))


def _duffel(scene: Scene, _metal: Colour) -> None:
    scene.paint(rounded(-0.3, 0.46, 0.3, 0.72, 0.1))
    for x in (-0.1, 0.1):
        scene.line(points((x, 0.47), (x, 0.71)), 0.01)
    scene.canvas.line(scene.seam, arc((0, 0.47), 0.1, 0.12, np.pi, 2 * np.pi), 0.016)


def _trolley(scene: Scene, _metal: Colour) -> None:
    scene.canvas.line(METAL_SILVER, points((-0.07, 0.3), (-0.07, 0.16), (0.07, 0.16), (0.07, 0.3)), 0.012)
    scene.paint(rounded(-0.19, 0.28, 0.19, 0.76, 0.04))
    for x in (-0.1, 0.1):
        scene.line(points((x, 0.3), (x, 0.74)), 0.01)


def _messenger(scene: Scene, metal: Colour) -> None:
    _handbag(scene, metal, tall=0.34)
    scene.paint(rounded(-0.21, 0.43, 0.21, 0.62, 0.02), depth=1.3)
    scene.canvas.fill(metal, ellipse((0, 0.61), 0.016, 0.022))


def _handbag(scene: Scene, metal: Colour, tall: float = 0.4) -> None:
    wide, top = 0.2 * float(scene.rng.uniform(0.85, 1.1)), 0.77 - tall
    for side in (-0.012, 0.012):
        scene.canvas.line(scene.seam, arc((side, top - 0.01), 0.11, 0.17, np.pi, 2 * np.pi), 0.014)
    half = [(wide, top), (0.235, 0.75), (0.2, 0.768)]
    scene.paint(smooth([*half, *[(-x, y) for x, y in half[::-1]]], 5))
    scene.line(points((-wide, top + 0.03), (wide, top + 0.03)), 0.005)
    scene.canvas.fill(metal, ellipse((0, 0.8 - tall * 0.5), 0.016, 0.022))


_DRAWN = {
    "Backpacks": _backpack,
    "Rucksacks": _backpack,
    "Clutches": _clutch,
    "Waist Pouch": _clutch,
    "Duffel Bag": _duffel,
    "Trolley Bag": _trolley,
    "Messenger Bag": _messenger,
    "Laptop Bag": _messenger,
}

"""Draw an evaluation as a picture: a bar a head and split, with its 95 % interval."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

_ROW, _LEFT, _SCALE, _RIGHT = 22, 330, 500, 120
_BAR, _WHISKER, _INK, _PAPER = (86, 138, 196), (30, 50, 90), (20, 20, 20), (255, 255, 255)


def draw_chart(figures: Mapping[str, Any], path: Path) -> None:
    """Write a PNG of every head's accuracy (0 to 1) with its interval."""
    bars = [
        (f"{split}  {name}", head)
        for split, heads in figures["splits"].items()
        for name, head in heads.items()
        if name != "brands"
    ]
    picture = Image.new("RGB", (_LEFT + _SCALE + _RIGHT, _ROW * (len(bars) + 2)), _PAPER)
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default()
    pen.text((8, 5), f"accuracy of {figures['version']} with 95 % intervals", fill=_INK, font=font)
    for at, (label, head) in enumerate(bars, start=1):
        top = at * _ROW + 4
        right = _LEFT + int(head["accuracy"] * _SCALE)
        pen.text((8, top), label, fill=_INK, font=font)
        pen.rectangle((_LEFT, top, right, top + 12), fill=_BAR)
        low, high = _LEFT + int(head["low"] * _SCALE), _LEFT + int(head["high"] * _SCALE)
        pen.line((low, top + 6, high, top + 6), fill=_WHISKER, width=3)
        text = f"{head['accuracy']:.3f}  n={head['n']}"
        pen.text((_LEFT + _SCALE + 8, top), text, fill=_INK, font=font)
    picture.save(path, format="PNG")

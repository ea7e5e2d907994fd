"""Where the camera stands: what part of a wearer, of a garment laid flat or of a thing fills the picture."""

from __future__ import annotations

from enrichment.sample.canvas import Camera
from enrichment.sample.fabric import Rng
from enrichment.sample.garments import BODY_HEMS, HEMS, LEGS
from enrichment.sample.look import Look

Frame = tuple[float, float]
# Top and bottom of the frame in body units, on a wearer and laid flat.
_FRAMES: dict[str, tuple[Frame, Frame]] = {
    "dress": ((-0.02, 1.02), (0.1, 1.02)),
    "top": ((-0.02, 0.66), (0.1, 0.66)),
    "jacket": ((-0.02, 0.7), (0.06, 0.66)),
    "skirt": ((0.14, 1.02), (0.34, 1.0)),
    "bottom": ((0.28, 1.03), (0.36, 1.0)),
    "formal_set": ((-0.02, 1.02), (0.1, 1.0)),
    "scarf": ((-0.02, 0.7), (0.0, 1.0)),
}
_HEMS = {"dress": HEMS, "skirt": HEMS, "bottom": LEGS, "top": BODY_HEMS, "jacket": BODY_HEMS}
# Widths in page units that must fit: a garment laid flat with long sleeves, without, and any other thing.
_SPREAD, _TRUNK, _THING = 0.52, 0.4, 0.76
_WORN = {"Bra": 1.0, "Sarees": 1.0, "Suits": 1.0}
_WORN_SHARE = 0.55


def is_worn(what: Look, rng: Rng) -> bool:
    """Draw whether the product is shown on a person."""
    return bool(rng.random() < _WORN.get(what.article_type, _WORN_SHARE if what.group in _FRAMES else 0.0))


def framed(what: Look, worn: bool, height: int, width: int, rng: Rng) -> Camera:
    """Return a camera whose picture of ``height`` x ``width`` pixels holds the product, slightly off and askew."""
    top, bottom = _frame(what, worn)
    scale = height / (bottom - top) * rng.uniform(0.88, 1.0)
    if not worn:
        scale = min(scale, width / _widest(what) * rng.uniform(0.92, 1.02))
    lean = float(rng.normal(0, 0.02 if worn else 0.04))
    x, y = width * (0.5 + rng.normal(0, 0.02)), height * (0.5 + rng.normal(0, 0.012)) - (top + bottom) / 2 * scale
    return Camera(float(scale), float(x), float(y), lean)


def _frame(what: Look, worn: bool) -> Frame:
    if worn:
        return _FRAMES[{"Sarees": "formal_set", "Bra": "top"}.get(what.article_type, what.group)][0]
    if what.group not in _FRAMES:
        return 0.0, 1.0
    top, bottom = _FRAMES[what.group][1]
    hem = _HEMS.get(what.group, {}).get(what.values.get("length", ""))
    return top, bottom if hem is None else max(hem + 0.06, top + 0.34)


def _widest(what: Look) -> float:
    if what.group not in _FRAMES or what.group == "scarf":
        return _THING
    return _SPREAD if what.values.get("sleeve_length") in ("long", "three_quarter") else _TRUNK

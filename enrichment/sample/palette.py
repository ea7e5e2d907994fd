"""The colours that cloth is drawn in: declared colour names and their red, green and blue, with dye-lot spread."""

from __future__ import annotations

from enrichment.sample.canvas import Colour
from enrichment.sample.fabric import Rng

# name: (red, green, blue, how often a garment has it)
_PALETTE: dict[str, tuple[float, float, float, float]] = {
    "black": (30, 30, 33, 16),
    "white": (243, 243, 241, 10),
    "blue": (52, 98, 178, 11),
    "navy_blue": (30, 38, 76, 7),
    "grey": (140, 142, 146, 8),
    "red": (190, 32, 42, 7),
    "green": (44, 122, 66, 6),
    "pink": (232, 138, 172, 6),
    "brown": (112, 74, 48, 6),
    "beige": (214, 194, 160, 4),
    "yellow": (240, 206, 60, 4),
    "purple": (110, 58, 140, 4),
    "maroon": (110, 24, 40, 3),
    "orange": (234, 122, 40, 3),
    "olive": (106, 108, 56, 2),
    "mustard": (204, 156, 42, 2),
    "teal": (18, 118, 122, 2),
    "cream": (246, 236, 208, 2),
    "peach": (250, 192, 158, 1),
    "turquoise": (60, 190, 192, 1),
    "lavender": (184, 166, 216, 1),
    "magenta": (196, 34, 122, 1),
    "khaki": (172, 154, 108, 1),
    "charcoal": (66, 70, 76, 2),
    "tan": (190, 140, 90, 2),
    "rust": (168, 76, 36, 1),
}
_METALS = {"gold": (206, 168, 84), "silver": (190, 194, 200), "rose_gold": (206, 146, 124), "copper": (172, 100, 62)}


def colour_names() -> tuple[str, ...]:
    """Return the names of cloth colours."""
    return tuple(_PALETTE)


def metal_names() -> tuple[str, ...]:
    """Return the names of metal colours."""
    return tuple(_METALS)


def pick_colour(rng: Rng) -> str:
    """Draw a cloth colour, the common ones more often."""
    weights = [entry[3] for entry in _PALETTE.values()]
    total = sum(weights)
    return str(rng.choice(list(_PALETTE), p=[w / total for w in weights]))


def shade(name: str, rng: Rng) -> Colour:
    """Return one dye lot of a colour: close to its name's own value, never the same twice."""
    base = _METALS[name] if name in _METALS else _PALETTE[name][:3]
    light = float(rng.normal(0, 7))
    red, green, blue = (min(255.0, max(0.0, c + light + float(rng.normal(0, 5)))) for c in base)
    return red, green, blue


def contrast(name: str, rng: Rng) -> tuple[str, Colour]:
    """Return a second colour that can be told from ``name``, for stripes, checks and prints."""
    options = ("white", "black", "cream", "navy_blue", "red", "yellow", "grey", "pink")
    base = _METALS[name] if name in _METALS else _PALETTE[name][:3]
    far = [o for o in options if sum(abs(a - b) for a, b in zip(base, _PALETTE[o][:3], strict=True)) > 190]
    chosen = str(rng.choice(far))
    return chosen, shade(chosen, rng)

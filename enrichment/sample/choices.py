"""The attribute values that products of each group are drawn with."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from enrichment.sample.fabric import Rng
from enrichment.sample.looks import looks
from enrichment.sample.palette import metal_names


def choose(group: str, article_type: str, rng: Rng) -> dict[str, str]:
    """Draw the values of one product, its colour left out unless the group has colours of its own."""
    return _CHOSEN.get(group, _nothing)(article_type, rng)


def pick(weights: Mapping[str, float], rng: Rng) -> str:
    """Draw a key, by weight."""
    total = sum(weights.values())
    return str(rng.choice(list(weights), p=[w / total for w in weights.values()]))


def _dress(kind: str, rng: Rng) -> dict[str, str]:
    return {
        **_neck(kind, rng),
        "length": pick({"mini": 3, "knee": 5, "midi": 3, "maxi": 3}, rng),
        "dress_type": pick({"a_line": 4, "bodycon": 2, "fit_and_flare": 3, "shift": 3, "sheath": 1}, rng),
        "pattern": pick(looks().patterns, rng),
    }


def _top(kind: str, rng: Rng) -> dict[str, str]:
    values = _neck(kind, rng)
    if kind in ("Sweaters", "Sweatshirts"):
        values["sleeve_length"] = "long" if rng.random() < 0.9 else "sleeveless"
    elif kind == "Shirts":
        values["sleeve_length"] = pick({"long": 7, "short": 4, "three_quarter": 1}, rng)
    elif kind == "Tshirts":
        values["sleeve_length"] = pick({"short": 10, "long": 2, "sleeveless": 1}, rng)
    lengths: dict[str, float] = {"regular": 9, "longline": 1, "crop": 2 if kind == "Tops" else 0}
    if kind in ("Kurtas", "Kurtis", "Tunics"):
        lengths = {"knee": 5 if kind != "Tunics" else 0, "longline": 4}
    return values | {
        "length": pick(lengths, rng),
        "fit": pick({"regular": 6, "slim": 4, "oversized": 1}, rng),
        "pattern": pick(looks().patterns, rng),
    }


def _jacket(kind: str, rng: Rng) -> dict[str, str]:
    bare = kind == "Nehru Jackets" or (kind == "Jackets" and rng.random() < 0.08)
    return {
        **_neck(kind, rng),
        "sleeve_length": "sleeveless" if bare else "long",
        "length": pick({"regular": 6, "crop": 1, "longline": 2 if kind == "Jackets" else 0}, rng),
        "closure": "button" if kind in ("Blazers", "Nehru Jackets") else pick({"zip": 7, "button": 2}, rng),
        "pattern": pick({"solid": 12, "checked": 2, "colourblocked": 2, "camouflage": 1, "striped": 1}, rng),
    }


def _skirt(_kind: str, rng: Rng) -> dict[str, str]:
    return {
        "length": pick({"mini": 4, "knee": 4, "midi": 2, "maxi": 3}, rng),
        "hem": pick({"flared": 5, "straight": 5, "asymmetric": 1}, rng),
        "pattern": pick(looks().patterns, rng),
    }


def _bottom(kind: str, rng: Rng) -> dict[str, str]:
    length = {"Shorts": "short", "Capris": "three_fourth"}.get(kind) or pick({"full": 6, "ankle": 2}, rng)
    fits = {"skinny": 1.0} if kind == "Leggings" else {"regular": 4, "slim": 4, "straight": 3, "wide_leg": 1}
    pattern = pick({"solid": 12, "printed": 1, "striped": 1, "checked": 2, "camouflage": 1}, rng)
    return {"length": length, "fit": pick(fits, rng), "pattern": pattern}


def _formal_set(kind: str, rng: Rng) -> dict[str, str]:
    return {
        **_neck(kind, rng),
        "sleeve_length": "long",
        "fit": pick({"slim": 2, "regular": 1}, rng),
        "colour": pick({"black": 4, "navy_blue": 4, "grey": 3, "charcoal": 3, "brown": 1, "blue": 1, "beige": 1}, rng),
        "pattern": pick({"solid": 8, "striped": 1, "checked": 1}, rng),
    }


def _scarf(_kind: str, rng: Rng) -> dict[str, str]:
    return {"pattern": pick(looks().patterns, rng)}


def _shoes(kind: str, rng: Rng) -> dict[str, str]:
    if kind == "Heels":
        return {
            "heel_height": pick({"low": 1, "mid": 2, "high": 3}, rng),
            "heel_type": pick({"stiletto": 3, "block": 2, "wedge": 2}, rng),
        }
    if kind in ("Casual Shoes", "Sports Shoes", "Formal Shoes"):
        high = "high_top" if kind == "Casual Shoes" and rng.random() < 0.25 else "low_top"
        return {"ankle_height": high, "closure": "lace_up"}
    return {"closure": "slip_on"} if kind in ("Flats", "Flip Flops") else {}


def _bag(kind: str, rng: Rng) -> dict[str, str]:
    kinds = {
        "Handbags": "handbag",
        "Backpacks": "backpack",
        "Clutches": "clutch",
        "Messenger Bag": "messenger",
        "Laptop Bag": "laptop_bag",
        "Duffel Bag": "duffel",
        "Trolley Bag": "trolley",
    }
    return {"bag_type": kinds[kind], "pattern": pick({"solid": 12, "printed": 2, "checked": 1, "animal": 1}, rng)}


def _glasses(_kind: str, rng: Rng) -> dict[str, str]:
    frame = pick({"black": 6, "brown": 3, "tan": 1, "red": 1, "blue": 1, "white": 1}, rng)
    return {
        "frame_shape": pick({"wayfarer": 4, "round": 2, "oval": 1, "rectangle": 2}, rng),
        "frame_colour": frame,
        "colour": frame,
    }


def _watch(_kind: str, rng: Rng) -> dict[str, str]:
    tone = pick({"black": 6, "white": 4, "blue": 3, "brown": 3, "pink": 1, "green": 1}, rng)
    steel = rng.random() < 0.5
    part = {"dial_colour": tone, "strap_colour": "silver"} if steel else {"dial_colour": "white", "strap_colour": tone}
    return {
        "watch_strap": "stainless_steel" if steel else "leather",
        "dial_shape": pick({"round": 5, "square": 1}, rng),
        "colour": tone,
        **part,
    }


def _jewelry(_kind: str, rng: Rng) -> dict[str, str]:
    metal = str(rng.choice(metal_names(), p=(0.5, 0.35, 0.1, 0.05)))
    return {"colour": metal, "metal": metal}


def _hat(_kind: str, rng: Rng) -> dict[str, str]:
    return {"pattern": pick({"solid": 10, "checked": 1, "striped": 1, "camouflage": 1}, rng)}


def _nothing(_kind: str, _rng: Rng) -> dict[str, str]:
    return {}


def _neck(kind: str, rng: Rng) -> dict[str, str]:
    chosen = pick(looks().necks.get(kind, looks().necks["Kurtas"]), rng)
    sleeves: dict[str, float] = {"sleeveless": 4, "cap": 1, "short": 5, "three_quarter": 3, "long": 4}
    if chosen in ("strapless", "halter", "sweetheart"):
        sleeves = {"sleeveless": 1}
    elif chosen == "off_shoulder":
        sleeves = {"short": 2, "long": 1, "sleeveless": 1}
    name = "collar" if chosen in looks().collars else "neckline"
    return {name: chosen, "sleeve_length": pick(sleeves, rng)}


_CHOSEN: dict[str, Callable[[str, Rng], dict[str, str]]] = {
    "dress": _dress,
    "top": _top,
    "jacket": _jacket,
    "skirt": _skirt,
    "bottom": _bottom,
    "formal_set": _formal_set,
    "scarf": _scarf,
    "shoes": _shoes,
    "bag": _bag,
    "glasses": _glasses,
    "watch": _watch,
    "jewelry": _jewelry,
    "hat": _hat,
}

"""How vendors file products wrongly: a true path becomes the levels as sent, at declared rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from enrichment.sample.look import nodes

PLACEHOLDER = "DEF"
# Other spellings that vendors use for a division, a department or a class.
_SYNONYMS: dict[str, tuple[str, ...]] = {
    "Women": ("WOMENS", "Ladies", "women", "Womenswear", "W"),
    "Men": ("MENS", "Gents", "men", "Menswear", "M"),
    "Kids": ("KIDS", "Children", "Childrens", "Junior"),
    "Unisex": ("UNISEX", "unisex"),
    "Clothing": ("Apparel", "CLOTHING", "Clothes", "Garments"),
    "Shoes": ("Footwear", "SHOES"),
    "Accessories": ("Accs", "ACCESSORIES", "Accessory"),
    "Jewelry": ("Jewellery", "JEWELRY"),
    "Beauty": ("Cosmetics", "BEAUTY"),
    "Tops": ("Topwear", "TOPS"),
    "Dresses": ("Dresses & Skirts", "DRESSES"),
    "Trousers & Jeans": ("Bottoms", "Pants & Jeans"),
    "Jackets & Coats": ("Outerwear", "Coats & Jackets"),
}


@dataclass(frozen=True, slots=True)
class Rates:
    """Share of filings, 0 to 1, that are damaged each way; what is left is filed right."""

    def_: float = 0.32
    blank: float = 0.04
    repeated: float = 0.10
    shifted: float = 0.08
    synonym: float = 0.09
    wrong: float = 0.08

    def __post_init__(self) -> None:
        """Refuse shares that are negative or sum to more than 1."""
        shares = [share for _, share in self.kinds()]
        if min(shares) < 0 or sum(shares) > 1 + 1e-9:
            raise ValueError(f"damage rates: got {shares}; allowed: shares of 0 to 1 with a sum of at most 1")

    def kinds(self) -> tuple[tuple[str, float], ...]:
        """Return ``(kind, share)`` as the truth names the kinds."""
        return (
            ("def", self.def_),
            ("blank", self.blank),
            ("repeated", self.repeated),
            ("shifted", self.shifted),
            ("synonym", self.synonym),
            ("wrong", self.wrong),
        )


def damage(levels: Sequence[str], rng: np.random.Generator, rates: Rates) -> tuple[tuple[str, ...], str]:
    """Return the levels as a vendor would send them, and how they were damaged.

    ``levels`` is the true path, division first, four levels; those outside the taxonomy are '' and leave the
    filing right. The kind is one of def, blank, repeated, shifted, synonym, wrong, right, and is always true of
    what is returned: damage that would change nothing is called right.
    """
    path = tuple(levels)
    draw, kind = float(rng.random()), "right"
    for name, share in rates.kinds():
        if draw < share:
            kind = name
            break
        draw -= share
    if kind == "right" or not all(path) or len(path) < 4:
        return path, "right"
    sent = _DAMAGED[kind](path, rng)
    return (sent, kind) if sent != path else (path, "right")


def _emptied(path: tuple[str, ...], rng: np.random.Generator, empty: str) -> tuple[str, ...]:
    hit = rng.random(len(path)) < (0.12, 0.45, 0.45, 0.4)
    if not hit.any():
        hit[int(rng.integers(1, len(path)))] = True
    return tuple(empty if gone else level for level, gone in zip(path, hit, strict=True))


def _def(path: tuple[str, ...], rng: np.random.Generator) -> tuple[str, ...]:
    return _emptied(path, rng, PLACEHOLDER)


def _blank(path: tuple[str, ...], rng: np.random.Generator) -> tuple[str, ...]:
    return _emptied(path, rng, "")


def _repeated(path: tuple[str, ...], rng: np.random.Generator) -> tuple[str, ...]:
    division, department, class_, subclass = path
    if rng.random() < 0.8:
        return division, department, department, subclass
    return division, division, class_, subclass


def _shifted(path: tuple[str, ...], rng: np.random.Generator) -> tuple[str, ...]:
    division, department, class_, subclass = path
    if rng.random() < 0.6:
        return division, PLACEHOLDER, department, PLACEHOLDER
    return (
        (division, PLACEHOLDER, department, class_) if rng.random() < 0.5 else (division, class_, subclass, PLACEHOLDER)
    )


def _synonym(path: tuple[str, ...], rng: np.random.Generator) -> tuple[str, ...]:
    sent = list(path)
    named = [k for k, level in enumerate(path) if level in _SYNONYMS]
    for k in named:
        if rng.random() < 0.7 or k == named[0]:
            sent[k] = str(rng.choice(_SYNONYMS[path[k]]))
    return tuple(sent)


def _wrong(path: tuple[str, ...], rng: np.random.Generator) -> tuple[str, ...]:
    others = sorted({node for node in nodes().values() if node[1] != path[2]})
    near = [node for node in others if node[0] == path[1]]
    pool = near if near and rng.random() < 0.5 else others
    return path[0], *pool[int(rng.integers(len(pool)))]


_DAMAGED = {
    "def": _def,
    "blank": _blank,
    "repeated": _repeated,
    "shifted": _shifted,
    "synonym": _synonym,
    "wrong": _wrong,
}

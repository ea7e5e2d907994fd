"""Product ``i`` as it is traded: words, price, sizes, its true path, its filing, and on which nights it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from enrichment.sample.damage import Rates, damage
from enrichment.sample.look import Look, division_of, look, nodes
from enrichment.sample.streams import FILING, TRADE, WORDS, stream
from enrichment.sample.wording import wording
from enrichment.sample.words import description, material_of, name

# Shares of the catalogue each later night: first sent, sent again changed, withdrawn.
NEW, CHANGED, WITHDRAWN = 0.06, 0.05, 0.015


@dataclass(frozen=True, slots=True)
class Item:
    """One product on one night; ``sent`` are the levels as filed, ``path`` the true ones ('' outside)."""

    number: int
    look: Look
    brand: str
    name: str
    description: str
    material: str
    price: float
    sizes: tuple[str, ...]
    path: tuple[str, str, str, str]
    sent: tuple[str, ...]
    filing: str
    colour_sent: str


@dataclass(frozen=True, slots=True)
class Trade:
    """When a product is sent: first on ``first``, again on the nights of ``changes``; withdrawn on ``gone``."""

    draw: float
    first: int
    changes: tuple[int, ...]
    gone: int | None

    def version(self, night: int) -> int:
        """Return how often the product changed until ``night``, that night included."""
        return sum(1 for change in self.changes if change <= night)

    def sends(self, night: int) -> bool:
        """Tell whether a vendor that sends only news has the product in its drop of ``night``."""
        return self.known(night) and night in (self.first, *self.changes)

    def known(self, night: int) -> bool:
        """Tell whether the product is on sale that night."""
        return self.first <= night and (self.gone is None or night < self.gone)


def trade(seed: int, i: int, nights: Sequence[date]) -> Trade:
    """Return when product ``i`` is sent over ``nights``; ``draw`` in 0..1 chooses its vendor."""
    rng = stream(seed, i, TRADE)
    draw = float(rng.random())
    later = [(float(rng.random()), float(rng.random()), float(rng.random())) for _ in nights[1:]]
    first = next((k for k, (new, _, _) in enumerate(later, 1) if new < NEW), 0)
    changes = tuple(k for k, (_, changed, _) in enumerate(later, 1) if changed < CHANGED and k > first)
    gone = next((k for k, (_, _, out) in enumerate(later, 1) if out < WITHDRAWN and k > first), None)
    return Trade(draw, first, changes, gone)


def item(seed: int, i: int, version: int = 0, rates: Rates | None = None) -> Item:
    """Return product ``i`` after ``version`` changes: a change rewrites the description, the price and the filing."""
    what = look(seed, i)
    first, now = stream(seed, i, WORDS), stream(seed, i, WORDS, version)
    brand = str(first.choice(wording().brands))
    material = material_of(what.group, first)
    said = name(what, brand, first)
    filing = stream(seed, i, FILING, version)
    path = (division_of(what.gender), *nodes().get(what.article_type, ("", "", "")))
    sent, kind = damage(path, filing, rates or Rates())
    told = description(what, material, first if version == 0 else now)
    return Item(
        number=i,
        look=what,
        brand=brand,
        name=said,
        description=told,
        material=material,
        price=round(float(now.lognormal(3.9, 0.6)), 2),
        sizes=_sizes(what.group, first.random()),
        path=path,
        sent=sent,
        filing=kind,
        colour_sent=what.colour.replace("_", " ").title() if filing.random() < 0.75 else "",
    )


def _sizes(group: str, draw: float) -> tuple[str, ...]:
    if group in ("dress", "top", "jacket", "skirt", "bottom", "formal_set"):
        letters = ("XS", "S", "M", "L", "XL", "XXL")
        return letters[int(draw * 3) : int(draw * 3) + 3]
    if group == "shoes":
        return tuple(str(n) for n in range(5 + int(draw * 3), 9 + int(draw * 3), 2))
    return ("One Size",)

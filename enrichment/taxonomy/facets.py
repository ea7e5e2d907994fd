"""Attributes as filters: what a shopper can narrow each node of the hierarchy by, and how many products remain."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schemas.attribute_spec import Attributes

_SHOWN = frozenset({"choice", "choices"})
# These say what a product is, not how to narrow a list of them.
_STRUCTURAL = frozenset({"image_group", "article_type", "gender"})


@dataclass(frozen=True, slots=True)
class Facet:
    """One filter value at one node: ``count`` of the node's ``of`` products have it."""

    path: tuple[str, ...]
    attribute: str
    value: str
    count: int
    of: int


def facets(
    products: Iterable[tuple[tuple[str, ...], Mapping[str, str]]], vocabulary: Attributes, least: int = 1
) -> list[Facet]:
    """Count filter values at every node on each product's path, the division first.

    ``products`` are (path, attribute -> decided value; several values joined by ``|``). A value with fewer than
    ``least`` products is left out. Sorted by path, then by the vocabulary's order, then by falling count.
    """
    shown = {a.name: at for at, a in enumerate(vocabulary.attributes) if a.kind in _SHOWN and a.name not in _STRUCTURAL}
    sizes: Counter[tuple[str, ...]] = Counter()
    counts: dict[tuple[tuple[str, ...], str], Counter[str]] = defaultdict(Counter)
    for path, values in products:
        for depth in range(1, min(len(path), 4) + 1):
            sizes[path[:depth]] += 1
            for name in values.keys() & shown.keys():
                counts[path[:depth], name].update(values[name].split("|"))
    found = [
        Facet(path, name, value, count, sizes[path])
        for (path, name), values_of in counts.items()
        for value, count in values_of.items()
        if count >= least
    ]
    return sorted(found, key=lambda f: (f.path, shown[f.attribute], -f.count, f.value))

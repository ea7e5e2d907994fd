"""Names made comparable: declared values of attributes and article types, whatever way a truth spells them."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from schemas.attribute_spec import attributes
from schemas.declared import Declared, load
from schemas.taxonomy_spec import taxonomy

COLOUR, ARTICLE_TYPE = "colour", "article_type"


class NearColours(Declared):
    """Lines of colours that are near each other."""

    version: int
    near: tuple[tuple[str, ...], ...]


def folded(text: str) -> str:
    """Return ``text`` without case, with single blanks for any of blank, underscore and hyphen."""
    return " ".join(text.casefold().replace("_", " ").replace("-", " ").split())


@cache
def _spellings(attribute: str) -> dict[str, str]:
    if attribute == ARTICLE_TYPE:
        return _types()
    try:
        values = attributes().get(attribute).values
    except KeyError:
        return {}
    known = {folded(spelling): value.name for value in values for spelling in value.spellings}
    return known | {folded(value.name): value.name for value in values}


def _types() -> dict[str, str]:
    kinds = list(taxonomy().placed_types())
    known: dict[str, str] = {}
    for kind in kinds:
        for synonym in kind.synonyms:
            known.setdefault(folded(synonym), kind.name)
    return known | {folded(kind.name): kind.name for kind in kinds}


@lru_cache(maxsize=100_000)
def value_name(attribute: str, text: str) -> str:
    """Return the declared name of a value, found by its name or a declared spelling; else ``text`` folded.

    >>> value_name("colour", "Navy Blue")
    'navy_blue'
    """
    key = folded(text)
    return _spellings(attribute).get(key, key)


@cache
def _near() -> dict[str, frozenset[str]]:
    lines = load(Path(__file__).with_name("near_colours.yaml"), NearColours).near
    names = {name for line in lines for name in line}
    return {name: frozenset(other for line in lines if name in line for other in line) for name in names}


def near_colour(truth: str, answer: str) -> bool:
    """Tell whether two declared colours are equal or declared near."""
    return truth == answer or answer in _near().get(truth, ())

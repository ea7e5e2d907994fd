"""Which of the phrases found at one place stand: what a longer phrase explains is dropped."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from nlp.meaning import Kind, Match, Meaning, Sense

_PRODUCT_KINDS = frozenset({"dress_type", "length", "shoe_type", "bag_type", "display", "jewelry_style", "frame_shape"})
_NOUNS = frozenset({Kind.ARTICLE, Kind.NOUN})


def standing(matches: Sequence[Match]) -> list[Match]:
    """Drop what a longer phrase explains: "cap" in "cap sleeves", "belt" in "belt loops", "white" in "off white".

    ``matches`` come by start, longer ones first. A product noun that ends a longer phrase stays ("dress" in "maxi
    dress").
    """
    kept: list[Match] = []
    covers: list[Match] = []
    furthest = 0
    for match in matches:
        start, end, meaning = match
        if start >= furthest:
            covers = [match]
            furthest = end
            kept.append(match)
            continue
        for cover in covers:
            if cover[1] >= end and (cover[1] > end or cover[0] < start):
                meaning = _beside(meaning, cover[2], end == cover[1])
                if not meaning.senses:
                    break
        else:
            if meaning is not match[2]:
                match = Match(start, end, meaning)
            kept.append(match)
            covers = [c for c in covers if c[1] > start]
            covers.append(match)
            furthest = max(furthest, end)
    return kept


@lru_cache(maxsize=65_536)
def _beside(inner: Meaning, outer: Meaning, at_end: bool) -> Meaning:
    """Return what is left of ``inner`` inside a longer phrase; the same object where nothing is lost."""
    senses = tuple(s for s in inner.senses if all(_compatible(s, o, at_end) for o in outer.senses))
    return inner if senses == inner.senses else Meaning(senses)


def _compatible(inner: Sense, outer: Sense, at_end: bool) -> bool:
    kind, attribute, _ = inner
    if outer[0] in _NOUNS:
        return attribute != "colour" and kind not in (Kind.ARTICLE, Kind.NOUN, Kind.PART, Kind.NEGATOR)
    if outer[0] is Kind.VALUE:
        if kind in _NOUNS:
            return at_end
        if kind in (Kind.HEAD, Kind.PART) and at_end and attribute != outer[1]:
            return True
        return outer[1] in _PRODUCT_KINDS and attribute != outer[1] and kind is Kind.VALUE
    return outer[0] is Kind.WORD and kind is not Kind.WORD

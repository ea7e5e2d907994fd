"""Which words of a text speak of the product at all: denials, other products, comparisons, longer phrases."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from nlp.lexicon import Kind, Match, Meaning, Sense
from nlp.tokens import BREAKS

DENIED, ELSEWHERE, SEEMING = 1, 2, 4
_REACH = 5
_TURNS = frozenset({"but", "with", "has", "just", "only", "instead"})
_PAIRING = frozenset({"pair", "pairs", "paired", "pairing", "look", "looks", "go", "goes", "work", "works"}) | {
    "match", "matches", "wear", "worn", "team", "teams", "teamed", "style", "styled",
}  # fmt: skip
_PRODUCT_KINDS = frozenset({"dress_type", "length", "shoe_type", "bag_type", "display", "jewelry_style", "frame_shape"})
_NOUNS = frozenset({Kind.ARTICLE, Kind.NOUN})
_DENIES, _EXCEPTION, _UNDONE = 1 << Kind.NEGATOR, 1 << Kind.EXCEPTION, 1 << Kind.UNDONE
_AWAY, _SEEMS = 1 << Kind.ELSEWHERE, 1 << Kind.SEEMING
_TURNING = _DENIES | _EXCEPTION | _UNDONE | _AWAY | _SEEMS | 1 << Kind.VALUE


def standing(matches: Sequence[Match]) -> list[Match]:
    """Drop what a longer phrase explains: "cap" in "cap sleeves", "belt" in "belt loops", "white" in "off white".

    A product noun that ends a longer phrase stays ("dress" in "maxi dress").
    """
    kept: list[Match] = []
    covers: list[Match] = []
    for match in matches:
        start, end, meaning = match
        longer = [c for c in covers if c[1] >= end and (c[1] > end or c[0] < start)]
        for cover in longer:
            meaning = _beside(meaning, cover[2], end == cover[1])
            if not meaning.senses:
                break
        else:
            if meaning is not match[2]:
                match = Match(start, end, meaning)
            kept.append(match)
            covers = [c for c in covers if c[1] > start]
            covers.append(match)
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


def marks(words: list[str], matches: list[Match]) -> list[int]:
    """Return for each word ``[N]`` the flags ``DENIED | ELSEWHERE | SEEMING`` that hold there (0 = plain speech)."""
    flags = [0] * len(words)
    turning = [m for m in matches if m[2].mask & _TURNING]
    excepted = {m.start for m in turning if m.mask & _EXCEPTION}
    for match in turning:
        mask = match.mask
        if mask & _UNDONE:
            _flag_back(flags, words, match.start)
        if mask & _AWAY:
            _flag_sentence(flags, words, match.start)
        elif mask & _SEEMS:
            _flag(flags, words, match.end, SEEMING, _REACH)
        elif (mask & _DENIES and match.end not in excepted) or _denies_on(words, match):
            _flag(flags, words, match.end, DENIED, _REACH)
    for i, word in enumerate(words):
        if word == "with" and not _PAIRING.isdisjoint(words[max(0, i - 3) : i]):
            _flag_sentence(flags, words, i)
    return flags


def _denies_on(words: list[str], match: Match) -> bool:
    """Tell whether a value that is itself a denial goes on: "without sleeves or buttons"."""
    return words[match.start] in ("no", "without") and match.end < len(words) and words[match.end] in ("or", "nor")


def _flag(flags: list[int], words: list[str], start: int, flag: int, reach: int) -> None:
    for i in range(start, min(len(words), start + reach)):
        if words[i] in BREAKS or words[i] in _TURNS:
            return
        flags[i] |= flag


def _flag_sentence(flags: list[int], words: list[str], start: int) -> None:
    for i in range(start, len(words)):
        if words[i] == "." or flags[i] & ELSEWHERE:
            return
        flags[i] |= ELSEWHERE


def _flag_back(flags: list[int], words: list[str], end: int) -> None:
    for i in range(end - 1, -1, -1):
        if words[i] in BREAKS:
            return
        flags[i] |= DENIED

"""Which words of a text speak of the product at all: denials, other products, comparisons, longer phrases."""

from __future__ import annotations

from nlp.lexicon import Kind, Match
from nlp.tokens import BREAKS

DENIED, ELSEWHERE, SEEMING = 1, 2, 4
_REACH = 5
_TURNS = frozenset({"but", "with", "has", "just", "only", "instead"})
_PRODUCT_KINDS = frozenset({"dress_type", "length", "shoe_type", "bag_type", "display", "jewelry_style", "frame_shape"})
_NOUNS = frozenset({Kind.ARTICLE, Kind.NOUN})


def standing(matches: list[Match]) -> list[Match]:
    """Drop what a longer phrase explains: "cap" in "cap sleeves", "belt" in "belt loops", "white" in "off white".

    A product noun that ends a longer phrase stays ("dress" in "maxi dress").
    """
    kept: list[Match] = []
    covers: list[Match] = []
    for match in matches:
        covers = [c for c in covers if c.end > match.start]
        longer = [c for c in covers if c.end >= match.end and c.end - c.start > match.end - match.start]
        if longer:
            senses = tuple(s for s in match.senses if all(_survives(s, match, c) for c in longer))
            if not senses:
                continue
            match = Match(match.start, match.end, senses)
        kept.append(match)
        covers.append(match)
    return kept


def _survives(sense: tuple[Kind, str, str], match: Match, cover: Match) -> bool:
    return all(_compatible(sense, s, match.end == cover.end) for s in cover.senses)


def _compatible(inner: tuple[Kind, str, str], outer: tuple[Kind, str, str], at_end: bool) -> bool:
    kind, attribute, _ = inner
    if outer[0] is Kind.KEY:
        return True
    if outer[0] in _NOUNS:
        return attribute != "colour" and kind not in (Kind.ARTICLE, Kind.NOUN, Kind.PART, Kind.NEGATOR)
    if outer[0] is Kind.VALUE:
        if kind in _NOUNS:
            return at_end
        if kind is Kind.HEAD and at_end and attribute != outer[1]:
            return True
        return outer[1] in _PRODUCT_KINDS and attribute != outer[1] and kind is Kind.VALUE
    return outer[0] is Kind.WORD and kind is not Kind.WORD


def marks(words: list[str], matches: list[Match]) -> list[int]:
    """Return for each word ``[N]`` the flags ``DENIED | ELSEWHERE | SEEMING`` that hold there (0 = plain speech)."""
    flags = [0] * len(words)
    starts = {m.start: m for m in matches if any(s.kind is Kind.EXCEPTION for s in m.senses)}
    for match in matches:
        kind = match.senses[0].kind if len(match.senses) == 1 else None
        if kind is Kind.NEGATOR and match.end not in starts:
            _flag(flags, words, match.end, DENIED, _REACH)
        elif kind is Kind.SEEMING:
            _flag(flags, words, match.end, SEEMING, _REACH)
        elif kind is Kind.ELSEWHERE:
            _flag_sentence(flags, words, match.start)
        elif kind is Kind.UNDONE:
            _flag_back(flags, words, match.start)
    return flags


def _flag(flags: list[int], words: list[str], start: int, flag: int, reach: int) -> None:
    for i in range(start, min(len(words), start + reach)):
        if words[i] in BREAKS or words[i] in _TURNS:
            return
        flags[i] |= flag


def _flag_sentence(flags: list[int], words: list[str], start: int) -> None:
    for i in range(start, len(words)):
        if words[i] == ".":
            return
        flags[i] |= ELSEWHERE


def _flag_back(flags: list[int], words: list[str], end: int) -> None:
    for i in range(end - 1, -1, -1):
        if words[i] in BREAKS:
            return
        flags[i] |= DENIED

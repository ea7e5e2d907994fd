"""Image group, article type and gender from the nouns of a name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nlp.accessory import names_accessory
from nlp.lexicon import Lexicon
from nlp.meaning import NOUNS, Kind, Match
from nlp.reading import DESCRIPTION, Finding, Passage, Reading
from nlp.tokens import BREAKS

_CUTS = frozenset({"with", "for", "by", "from", "in", "without"})
_SET_PARTNERS = frozenset(
    {"Trousers", "Churidar", "Salwar", "Dupatta", "Patiala", "Skirts", "Leggings", "Lounge Pants", "Jackets"}
)
_UNMEASURED, _LEAST = 0.93, 0.6
_VERBAL = frozenset(
    [
        "it",
        "to",
        "will",
        "you",
        "that",
        "we",
        "they",
        "with",
        "for",
        "in",
        "on",
        "is",
        "are",
        "can",
        "may",
        "let",
        "lets",
        "get",
        "your",
    ]
)
_NOT_AFTER = frozenset(
    {"the", "your", "a", "an", "you", "up", "out", "us", "heads", "inside", "included", ":", "this", "every", "all"}
    | {"compartment", "compartments", "pocket", "pockets", "binder", "section", "slot", "loop"}
)
_UPPERS = frozenset({"Tshirts", "Shirts", "Tops", "Sweatshirts", "Waistcoat"})
_LOWERS = frozenset({"Shorts", "Trousers", "Track Pants", "Skirts", "Leggings", "Jeans", "Capris", "Lounge Pants"})
_KURTAS = frozenset({"Kurtas", "Kurtis"})


class Articles:
    """Reads the head noun of a name ("Pepe Jeans Men Navy Shirt" is a shirt); failing that, of a description."""

    name = "nouns"
    version = "1"

    def __init__(self, lexicon: Lexicon, confidence: Mapping[str, Mapping[str, float]] | None = None) -> None:
        """Take the compiled phrases, and per attribute and article type how often the rule was found right."""
        self._lexicon = lexicon
        self._groups = lexicon.groups
        self._sure = confidence or {}

    def find(self, reading: Reading) -> Iterator[Finding]:
        """Yield the article type and its group, at most one of each, and set them on the reading."""
        for passage, trust in ((reading.name, 1.0), (reading.description, 0.9)):
            found = self._head(passage)
            if found is None:
                continue
            match, article, group = found
            if passage is reading.name and names_accessory(passage, match, self._cut(passage), self._lexicon):
                reading.accessory = True
                return
            reading.group, reading.article = group, article
            if article:
                sure = trust * self._confidence("article_type", article)
                yield passage.finding("article_type", article, sure, match.start, match.end)
            sure = trust * self._confidence("image_group", article or "")
            yield passage.finding("image_group", group, sure, match.start, match.end)
            return

    def _confidence(self, attribute: str, article: str) -> float:
        return max(_LEAST, self._sure.get(attribute, {}).get(article, _UNMEASURED))

    def _head(self, passage: Passage) -> tuple[Match, str | None, str] | None:
        head: Match | None = None
        cut = self._cut(passage)
        rest: list[Match] = []
        for match in passage.matches:
            start, _, meaning = match
            if not meaning.mask & NOUNS or passage.flags[start] or start < passage.brand:
                continue
            if head is None or start < cut:
                head = match
            else:
                rest.append(match)
        if head is None or (passage.name == DESCRIPTION and not _opens(passage, head, cut)):
            return None
        return self._named(head, rest)

    def _cut(self, passage: Passage) -> int:
        words = passage.tokens.words
        seen = False
        for i, word in enumerate(words):
            if seen and (word in _CUTS or word in BREAKS):
                return i
            match = passage.by_start.get(i)
            seen = seen or (match is not None and match[2].mask & NOUNS != 0 and i >= passage.brand)
            if passage.name == DESCRIPTION and word in BREAKS:
                return i
        return len(words)

    def _named(self, head: Match, rest: list[Match]) -> tuple[Match, str | None, str]:
        article = next((s.value for s in head.senses if s.kind is Kind.ARTICLE), None)
        others = {s.value for m in rest for s in m.senses}
        if article in _KURTAS and others & _SET_PARTNERS:
            article = "Kurta Sets"
        elif article in _UPPERS and others & _LOWERS:
            article = "Clothing Set"
        if article is None:
            group = next(s.value for s in head.senses if s.kind is Kind.NOUN)
            return head, None, group
        return head, article, self._groups[article]


def _opens(passage: Passage, head: Match, cut: int) -> bool:
    """Tell whether a description opens with its head noun ("A pair of black flats, ..."), not with a verb like it."""
    words = passage.tokens.words
    before = set(words[: head.start]) - {words[i] for m in passage.matches for i in range(m.start, m.end)}
    after = words[head.end] if head.end < len(words) else "."
    return head.start < cut and before.isdisjoint(_VERBAL) and after not in _NOT_AFTER

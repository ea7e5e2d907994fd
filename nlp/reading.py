"""One product's words, read once: tokens, standing phrases and marks of both texts, shared by all extractors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from nlp.brand import brand_words
from nlp.clauses import clauses
from nlp.lexicon import Lexicon
from nlp.linear import Answer
from nlp.meaning import Match, Meaning
from nlp.normalise import Normal, normalise
from nlp.scope import marks
from nlp.text import ProductText
from nlp.tokens import Tokens, tokenise

NAME, DESCRIPTION = "name", "description"


class Finding(NamedTuple):
    """An extractor's statement: a value, how sure, and the characters ``[start, end)`` of a text that prove it."""

    attribute: str
    value: str
    confidence: float
    passage: str
    start: int
    end: int


@dataclass(slots=True)
class Passage:
    """One text of a product: its words, their spans in the original, its clauses, phrases and marks.

    The first ``brand`` words are the brand's name.
    """

    name: str
    original: str
    normal: Normal
    tokens: Tokens
    clauses: list[tuple[int, int]]
    matches: list[Match]
    flags: list[int]
    by_start: dict[int, Match] = field(default_factory=dict)
    by_end: dict[int, Match] = field(default_factory=dict)
    keys: list[tuple[Match, int, int]] = field(default_factory=list)
    key_words: frozenset[int] = frozenset()
    brand: int = 0

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original's offsets of words ``[start, end)``."""
        ends = self.tokens.ends
        return self.tokens.starts[start], ends[start] if end == start + 1 else max(ends[start:end])

    def finding(self, attribute: str, value: str, confidence: float, start: int, end: int) -> Finding:
        """Return a finding that words ``[start, end)`` of this passage prove."""
        first, last = self.span(start, end)
        return Finding(attribute, value, confidence, self.name, first, last)


@dataclass(slots=True)
class Reading:
    """Both passages of a product, and what is known of it so far.

    ``accessory``: the name is of a thing for a product ("Watch Winder Box"), so no words tell its type.
    ``answers`` are the linear models' (None = they were not asked yet).
    """

    product: ProductText
    name: Passage
    description: Passage
    group: str | None = None
    article: str | None = None
    accessory: bool = False
    answers: Mapping[str, Answer] | None = None

    @property
    def passages(self) -> tuple[Passage, Passage]:
        """The name, then the description."""
        return self.name, self.description


def read(lexicon: Lexicon, product: ProductText) -> Reading:
    """Normalise, cut and match both texts of ``product``."""
    name = _passage(lexicon, NAME, product.name, frozenset(), whole=True)
    name.brand = brand_words(name.tokens.words, name.matches, _brand(product))
    known = frozenset(name.tokens.words)
    return Reading(product, name, _passage(lexicon, DESCRIPTION, product.description, known, whole=False))


def _brand(product: ProductText) -> str:
    return next((v for k, v in sorted(product.fields.items()) if k.strip().lower() == "brand" and v), "")


def _passage(lexicon: Lexicon, field_name: str, text: str | None, known: frozenset[str], *, whole: bool) -> Passage:
    normal = normalise(text)
    tokens = tokenise(normal, None if whole else known)
    words = tokens.words
    matches: list[Match] = []
    keys: list[tuple[Match, int, int]] = []
    parts = list(clauses(words))
    for start, end in parts:
        clause = tuple(words[start:end])
        found = lexicon.match(clause)
        matches += [Match(m[0] + start, m[1] + start, m[2]) for m in found] if start else found
        if end < len(words) and words[end] == ":" and clause in lexicon.keys:
            key = Match(start, end, Meaning(lexicon.keys[clause]))
            keys.append((key, end + 1, _value_end(words, end + 1)))
    passage = Passage(field_name, text or "", normal, tokens, parts, matches, marks(words, matches, prose=not whole))
    if keys:
        passage.keys = keys
        passage.key_words = frozenset(i for match, start, end in keys for i in range(match.start, end))
    # By start, longer ones first: the longest phrase that starts at a word, and the first that ends there.
    passage.by_start = {m[0]: m for m in reversed(matches)}
    passage.by_end = {m[1]: m for m in reversed(matches)}
    return passage


def _value_end(words: list[str], start: int) -> int:
    """Return where a key's value ends: at the sentence's end, or before the clause that opens the next key."""
    clause = start
    for i in range(start, len(words)):
        if words[i] in ".;":
            return i
        if words[i] == ",":
            clause = i
        if words[i] == ":":
            return clause if clause > start else i
    return len(words)

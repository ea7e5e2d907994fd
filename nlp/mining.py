"""The vocabulary report: terms that are frequent, discriminative and unknown, with where they belong and examples."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from nlp.clauses import clauses
from nlp.extractors.articles import Articles
from nlp.language import function_words
from nlp.lexicon import Lexicon, phrase_words
from nlp.ner import Recogniser
from nlp.reading import Passage, Reading, read
from nlp.text import ProductText
from nlp.vectors import WordVectors
from schemas.attribute_spec import Attribute, Attributes
from schemas.records import bounded

_EXAMPLES, _EXCERPT, _AROUND = 3, 90, 30


@dataclass(frozen=True, slots=True)
class Candidate:
    """A term that may deserve a place in the vocabulary.

    ``attribute`` and ``value`` are proposals; ``alike`` is the cosine to the proposed value (0 = none is near);
    ``telling`` is how much the term says about the article type, in bits.
    """

    term: str
    attribute: str
    value: str
    alike: float
    count: int
    vendors: int
    telling: float
    examples: tuple[str, ...]


class Miner:
    """Collects unknown terms over a catalogue, product by product."""

    def __init__(
        self, lexicon: Lexicon, attributes: Attributes, vectors: WordVectors, recogniser: Recogniser | None = None
    ) -> None:
        """Take the vocabulary to compare with, and a recogniser to say which attribute a term is of."""
        self._lexicon = lexicon
        self._attributes = attributes
        self._vectors = vectors
        self._recogniser = recogniser
        self._articles = Articles(lexicon)
        self._names = frozenset(name for a in attributes.attributes for name in _names(a))
        self._counts: Counter[str] = Counter()
        self._vendors: dict[str, set[str]] = defaultdict(set)
        self._types: dict[str, Counter[str]] = defaultdict(Counter)
        self._all_types: Counter[str] = Counter()
        self._labels: dict[str, Counter[str]] = defaultdict(Counter)
        self._examples: dict[str, list[str]] = defaultdict(list)

    def add(self, products: Iterable[ProductText]) -> None:
        """Count the unknown terms of ``products``; a term counts once a product."""
        for product in products:
            reading = read(self._lexicon, product)
            list(self._articles.find(reading))
            article = reading.article or "?"
            self._all_types[article] += 1
            for term, passage, start, end in _unknown(reading):
                if tuple(term.split()) in self._names:
                    continue
                self._counts[term] += 1
                self._vendors[term].add(product.vendor)
                self._types[term][article] += 1
                if len(self._examples[term]) < _EXAMPLES:
                    self._examples[term].append(_excerpt(passage, start, end))
            self._label(reading)

    def candidates(self, least: int = 8, most: int = 300) -> list[Candidate]:
        """Return at most ``most`` terms seen in at least ``least`` products, the most telling frequent ones first."""
        found = [self._candidate(t, n) for t, n in self._counts.items() if n >= least]
        found.sort(key=lambda c: (-c.telling * math.log1p(c.count) * math.log1p(c.vendors), c.term))
        return found[:most]

    def _candidate(self, term: str, count: int) -> Candidate:
        attribute = min(self._labels[term].items(), key=lambda i: (-i[1], i[0]))[0] if self._labels[term] else ""
        attribute, value, alike = self._nearest(term, attribute)
        return Candidate(
            term, attribute, value, round(alike, 3), count, len(self._vendors[term]),
            round(_divergence(self._types[term], self._all_types), 3), tuple(self._examples[term]),
        )  # fmt: skip

    def _nearest(self, term: str, only: str) -> tuple[str, str, float]:
        best = (only, "", 0.0)
        for attribute in self._attributes.attributes:
            if only and attribute.name != only:
                continue
            for value in attribute.values:
                for spelling in value.synonyms:
                    alike = self._alike(term.split(), spelling.split())
                    if alike > best[2]:
                        best = (attribute.name, value.name, alike)
        return best

    def _alike(self, term: list[str], spelling: list[str]) -> float:
        """Return the cosine of two phrases, less where it rests on a part of one.

        It counts by the share of their words that have a vector, and where one phrase is a part of the other by its
        share of that: "colour" is half of "colour blocked", however alike the halves are.
        """
        own, other = self._vectors.of(term), self._vectors.of(spelling)
        if own is None or other is None:
            return 0.0
        every = {*term, *spelling}
        share = sum(word in self._vectors for word in every) / len(every)
        shorter, longer = sorted(({*term}, {*spelling}), key=len)
        return float(own @ other) * (len(shorter) / len(longer) if shorter < longer else share)

    def _label(self, reading: Reading) -> None:
        if self._recogniser is None:
            return
        for passage in reading.passages:
            words = passage.tokens.words
            for start, end in clauses(words):
                for label, first, last in self._recogniser.spans(words[start:end]):
                    for i in range(start + first, start + last):
                        self._labels[words[i]][label] += 1


def _unknown(reading: Reading) -> list[tuple[str, Passage, int, int]]:
    """Return the words, and pairs of words, that no declared phrase covers, each once."""
    found: dict[str, tuple[str, Passage, int, int]] = {}
    small = function_words("en")
    for passage in reading.passages:
        words = passage.tokens.words
        known = {i for m in passage.matches for i in range(m.start, m.end)}
        # A name's first word is its brand.
        first = 1 if passage is reading.name else 0
        free = [
            i not in known and i >= first and w.isalpha() and len(w) > 2 and w not in small for i, w in enumerate(words)
        ]
        for i, word in enumerate(words):
            if free[i]:
                found.setdefault(word, (word, passage, i, i + 1))
                if i + 1 < len(words) and free[i + 1]:
                    pair = f"{word} {words[i + 1]}"
                    found.setdefault(pair, (pair, passage, i, i + 2))
    return list(found.values())


def _names(attribute: Attribute) -> Iterable[tuple[str, ...]]:
    """Yield the words of each name of ``attribute``: a vendor's "Colour:" is known, though it is no value."""
    names = (attribute.name.replace("_", " "), attribute.title, *attribute.keys, *attribute.heads, *attribute.columns)
    return map(phrase_words, names)


def _divergence(own: Counter[str], every: Counter[str]) -> float:
    """Return the Kullback-Leibler divergence of a term's article types from all products', in bits."""
    total, whole = sum(own.values()), sum(every.values())
    return sum(n / total * math.log2(n / total / (every[t] / whole)) for t, n in sorted(own.items()))


def _excerpt(passage: Passage, start: int, end: int) -> str:
    first, last = passage.span(start, end)
    return bounded(passage.original[max(0, first - _AROUND) : last + _AROUND].strip(), _EXCERPT)

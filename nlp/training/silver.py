"""Clauses with the gazetteer's findings as labels: what the recogniser and the word classes learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlp.clauses import clauses
from nlp.extractors.entities import SAID
from nlp.extractors.gazetteer import Gazetteer
from nlp.lexicon import Lexicon
from nlp.ner import LABELS, Span
from nlp.reading import Passage, read
from nlp.text import ProductText
from nlp.training.corpus import Example
from schemas.attribute_spec import Attributes


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause with the values that the gazetteer found in it; ``brand`` for splitting.

    ``covered`` are the word spans of every phrase that the vocabulary explains, found or not; ``closed`` are the places
    of words that speak of something else (denials, other products, the brand).
    """

    brand: str
    words: tuple[str, ...]
    spans: tuple[Span, ...]
    covered: tuple[tuple[int, int], ...] = ()
    closed: frozenset[int] = frozenset()

    def phrase(self, span: Span) -> str:
        """Return the words of ``span``."""
        return " ".join(self.words[span[1] : span[2]])


def silver_clauses(lexicon: Lexicon, attributes: Attributes, examples: Sequence[Example]) -> list[Clause]:
    """Return every distinct clause with the gazetteer's findings as labels, by words."""
    gazetteer = Gazetteer(lexicon, attributes)
    found: dict[tuple[str, ...], Clause] = {}
    for example in examples:
        reading = read(lexicon, ProductText("train", example.id, example.name, example.description))
        spans: dict[str, list[Span]] = {"name": [], "description": []}
        for finding in gazetteer.find(reading):
            if finding.attribute in LABELS:
                spans[finding.passage].append((finding.attribute, finding.start, finding.end))
        for passage in reading.passages:
            for start, end in clauses(passage.tokens.words):
                words = tuple(passage.tokens.words[start:end])
                if words not in found:
                    found[words] = _clause(example.brand, passage, spans[passage.name], start, end)
    return [found[k] for k in sorted(found)]


def _clause(brand: str, passage: Passage, spans: Sequence[Span], start: int, end: int) -> Clause:
    said = (m for m in passage.matches if m.mask & SAID and start <= m.start and m.end <= end)
    closed = {i - start for i in range(start, end) if passage.flags[i] or i < passage.brand}
    return Clause(
        brand,
        tuple(passage.tokens.words[start:end]),
        _inside(passage, spans, start, end),
        tuple((m.start - start, m.end - start) for m in said),
        frozenset(closed),
    )


def _inside(passage: Passage, spans: Sequence[Span], start: int, end: int) -> tuple[Span, ...]:
    starts, ends = passage.tokens.starts[start:end], passage.tokens.ends[start:end]
    result: list[Span] = []
    for label, first, last in sorted(spans, key=lambda s: (s[1], -s[2])):
        if first in starts and last in ends:
            span = (label, starts.index(first), len(ends) - ends[::-1].index(last))
            if span[1] < span[2] and (not result or result[-1][2] <= span[1]):
                result.append(span)
    return tuple(result)

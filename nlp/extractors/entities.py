"""Values that the vocabulary does not have, found by their context and resolved to the nearest known value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from nlp.clauses import clauses
from nlp.lexicon import Kind
from nlp.ner import Recogniser
from nlp.reading import Finding, Passage, Reading
from nlp.values import ValueResolver
from schemas.attribute_spec import Attributes

_TRUST = 0.6
"""An unknown word is never as sure as a declared one: what is found this way needs a second witness to win."""
_SAID = 1 << Kind.VALUE | 1 << Kind.WORD


class Entities:
    """Recognises value phrases in context; what no known value is near to is counted for the vocabulary report."""

    name = "ner"

    def __init__(self, recogniser: Recogniser, resolver: ValueResolver, attributes: Attributes, version: str) -> None:
        """Take the trained recogniser and the hash of its file."""
        self._recogniser = recogniser
        self._resolver = resolver
        self._groups = {a.name: frozenset(a.groups) for a in attributes.attributes}
        self.version = version
        self.unknown: Counter[tuple[str, str]] = Counter()

    def prepare(self, readings: Sequence[Reading]) -> None:
        """Read the clauses of many products together, which is several times as fast as one by one."""
        self._recogniser.learn(
            [
                tuple(passage.tokens.words[start:end])
                for reading in readings
                for passage in reading.passages
                for start, end in clauses(passage.tokens.words)
            ]
        )

    def find(self, reading: Reading) -> Iterator[Finding]:
        """Yield the nearest known value of each unknown phrase that is near enough to one."""
        if reading.group is None:
            return
        for passage in reading.passages:
            covered = {i for m in passage.matches if m.mask & _SAID for i in range(m.start, m.end)}
            for start, end in clauses(passage.tokens.words):
                for label, first, last in self._recogniser.spans(passage.tokens.words[start:end]):
                    span = range(start + first, start + last)
                    if (
                        span.start < passage.brand
                        or not covered.isdisjoint(span)
                        or any(passage.flags[i] for i in span)
                    ):
                        continue
                    yield from self._resolved(label, passage, span, reading.group)

    def _resolved(self, label: str, passage: Passage, span: range, group: str) -> Iterator[Finding]:
        allowed = self._groups[label]
        if allowed and group not in allowed:
            return
        phrase = " ".join(passage.tokens.words[i] for i in span)
        known = self._resolver.resolve(label, phrase)
        if known is None:
            self.unknown[label, phrase] += 1
            return
        yield passage.finding(label, known.value, round(known.confidence * _TRUST, 3), span.start, span.stop)

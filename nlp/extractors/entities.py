"""Values that the vocabulary does not have, found by their context and resolved to the nearest known value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from nlp.meaning import Kind
from nlp.ner import Recogniser
from nlp.reading import Finding, Passage, Reading
from nlp.values import ValueResolver
from schemas.attribute_spec import Attributes

_TRUST = {"within": 0.85, "spelling": 0.53, "vectors": 0.08}
"""How often a claim is right, by how its value was resolved: measured by ``python -m nlp.training.measure_ner``."""
SAID = 1 << Kind.VALUE | 1 << Kind.WORD | 1 << Kind.TRAP
"""What the vocabulary explains, if only as no value ("orange county"), is no unknown value."""


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
        asked = [p for reading in readings if reading.group is not None for p in reading.passages]
        self._recogniser.learn(
            [tuple(p.tokens.words[start:end]) for p in asked for start, end in _open(p, self._strange(p, _free(p)))]
        )

    def find(self, reading: Reading) -> Iterator[Finding]:
        """Yield the nearest known value of each unknown phrase that is near enough to one."""
        if reading.group is None:
            return
        for passage in reading.passages:
            free = _free(passage)
            strange = self._strange(passage, free)
            for start, end in _open(passage, strange):
                for label, first, last in self._recogniser.spans(passage.tokens.words[start:end]):
                    if all(free[start + first : start + last]) and any(strange[start + first : start + last]):
                        yield from self._resolved(label, passage, range(start + first, start + last), reading.group)

    def _strange(self, passage: Passage, free: Sequence[bool]) -> list[bool]:
        """Tell for each word ``[N]`` whether it may be an unknown value: it is free, and builds no clauses."""
        return [f and s for f, s in zip(free, self._recogniser.strange(passage.tokens.words), strict=True)]

    def _resolved(self, label: str, passage: Passage, span: range, group: str) -> Iterator[Finding]:
        allowed = self._groups[label]
        if allowed and group not in allowed:
            return
        phrase = " ".join(passage.tokens.words[i] for i in span)
        known = self._resolver.resolve(label, phrase)
        if known is None:
            self.unknown[label, phrase] += 1
            return
        # Of a declared spelling the gazetteer has had its say, and where it kept silent there was a reason.
        if known.by in _TRUST:
            yield passage.finding(label, known.value, _TRUST[known.by], span.start, span.stop)


def _free(passage: Passage) -> list[bool]:
    """Tell for each word ``[N]`` whether it is plain speech that no declared value covers."""
    free = [not flag for flag in passage.flags]
    free[: passage.brand] = [False] * min(passage.brand, len(free))
    for start, end, meaning in passage.matches:
        if meaning.mask & SAID:
            free[start:end] = [False] * (end - start)
    return free


def _open(passage: Passage, strange: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield the clauses that hold a strange word: no other can hold an unknown value."""
    return ((start, end) for start, end in passage.clauses if any(strange[start:end]))

"""Values that a description states as "Key: value", and values in the vendor's further columns' style."""

from __future__ import annotations

from collections.abc import Iterator

from nlp.lexicon import Lexicon
from nlp.meaning import Kind
from nlp.reading import Finding, Passage, Reading
from nlp.values import ValueResolver
from schemas.attribute_spec import Attributes

_SINGLE = frozenset({"choice"})
_VERBS = frozenset({"is", "are", "was", "has", "it", "which", "that", "by", "like"})
_SHORT, _RESOLVED, _SURE = 4, 0.9, 0.97
_YES = frozenset({"yes", "true", "y"})
_NO = frozenset({"no", "none", "not", "non", "false", "n"})


class Fields:
    """Reads declared keys ("Neck: Round", "Material: 100% cotton"); every spelling of a value counts there."""

    name = "fields"
    version = "1"

    def __init__(self, lexicon: Lexicon, attributes: Attributes, resolver: ValueResolver) -> None:
        """Take the compiled phrases, the kinds of the attributes, and what resolves unknown values."""
        self._lexicon = lexicon
        self._resolver = resolver
        self._kinds = {a.name: a.kind for a in attributes.attributes}
        self._names = {a.name: frozenset(v.name for v in a.values) for a in attributes.attributes}
        self._groups = {a.name: frozenset(a.groups) for a in attributes.attributes}

    def find(self, reading: Reading) -> Iterator[Finding]:
        """Yield the values of each key in text order."""
        for passage in reading.passages:
            for match, start, end in passage.keys:
                if passage.flags[match.start]:
                    continue
                for sense in match.senses:
                    if self._applies(sense.attribute, reading):
                        yield from self._values(sense.attribute, passage, start, end)
            if ":" in passage.tokens.words:
                yield from self._answers(reading, passage)

    def _answers(self, reading: Reading, passage: Passage) -> Iterator[Finding]:
        """Yield values that a shop's checklist affirms ("Reversible: Yes"); a "No" states the opposite, if declared."""
        words = passage.tokens.words
        for match in passage.matches:
            at = match[1] + 1
            if at >= len(words) or words[at - 1] != ":":
                continue
            for sense in match.senses:
                if sense.kind is not Kind.VALUE or not self._applies(sense.attribute, reading):
                    continue
                opposite = f"non_{sense.value}"
                if words[at] in _YES or words[at] == words[match.start]:
                    yield passage.finding(sense.attribute, sense.value, _SURE, match.start, at + 1)
                elif words[at] in _NO and opposite in self._names[sense.attribute]:
                    yield passage.finding(sense.attribute, opposite, _SURE, match.start, at + 1)

    def _applies(self, attribute: str, reading: Reading) -> bool:
        allowed = self._groups[attribute]
        return not allowed or reading.group in allowed

    def _values(self, attribute: str, passage: Passage, start: int, end: int) -> Iterator[Finding]:
        # Where a sentence follows the key ("Fabric: Art silk is made of"), the value ends at its verb.
        words = passage.tokens.words
        end = next((i for i in range(start, end) if words[i] in _VERBS), end)
        known = False
        for match in passage.matches:
            if match.start < start or match.end > end or passage.flags[match.start]:
                continue
            for sense in match.senses:
                if sense.attribute == attribute and sense.kind in (Kind.VALUE, Kind.WORD):
                    known = True
                    yield passage.finding(attribute, sense.value, _SURE, match.start, match.end)
                    if self._kinds[attribute] in _SINGLE:
                        return
                    break
        if not known and start < end <= start + _SHORT:
            said = self._resolver.resolve(attribute, " ".join(words[start:end]))
            if said is not None and said.by != "within":
                yield passage.finding(attribute, said.value, round(said.confidence * _RESOLVED, 3), start, end)

"""Values that a description states as "Key: value", and values in the vendor's further columns' style."""

from __future__ import annotations

from collections.abc import Iterator

from nlp.lexicon import Kind, Lexicon
from nlp.reading import Finding, Passage, Reading
from schemas.attribute_spec import Attributes

_SINGLE = frozenset({"choice"})


class Fields:
    """Reads declared keys ("Neck: Round", "Material: 100% cotton"); every spelling of a value counts there."""

    name = "fields"
    version = "1"

    def __init__(self, lexicon: Lexicon, attributes: Attributes) -> None:
        """Take the compiled phrases and the kinds of the attributes."""
        self._lexicon = lexicon
        self._kinds = {a.name: a.kind for a in attributes.attributes}
        self._groups = {a.name: frozenset(a.groups) for a in attributes.attributes}

    def find(self, reading: Reading) -> Iterator[Finding]:
        """Yield the values of each key in text order."""
        for passage in reading.passages:
            for match, start, end in passage.keys:
                if passage.flags[match.start]:
                    continue
                for sense in match.senses:
                    allowed = self._groups[sense.attribute]
                    if not allowed or reading.group is None or reading.group in allowed:
                        yield from self._values(sense.attribute, passage, start, end)

    def _values(self, attribute: str, passage: Passage, start: int, end: int) -> Iterator[Finding]:
        for match in passage.matches:
            if match.start < start or match.end > end:
                continue
            for sense in match.senses:
                if sense.attribute == attribute and sense.kind in (Kind.VALUE, Kind.WORD):
                    yield passage.finding(attribute, sense.value, 0.95, match.start, match.end)
                    if self._kinds[attribute] in _SINGLE:
                        return
                    break



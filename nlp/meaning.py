"""What a phrase of the vocabulary may mean, and where in a text it was found."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Kind(IntEnum):
    """What a phrase is."""

    VALUE = 1
    WORD = 2
    HEAD = 3
    ARTICLE = 4
    NOUN = 5
    PART = 6
    KEY = 7
    NEGATOR = 8
    EXCEPTION = 9
    ELSEWHERE = 10
    SEEMING = 11
    UNDONE = 12
    TRAP = 13


VALUES = 1 << Kind.VALUE
NOUNS = 1 << Kind.ARTICLE | 1 << Kind.NOUN
PARTS = 1 << Kind.PART | 1 << Kind.TRAP
GENDERS = 1 << (max(Kind) + 1)
"""The bit of phrases that name a gender."""


class Sense(NamedTuple):
    """One thing a phrase may mean: a value of an attribute, an article type, a part, a negator."""

    kind: Kind
    attribute: str = ""
    value: str = ""


class Meaning:
    """All that one phrase may mean; ``mask`` has the bit ``1 << kind`` of each of its kinds, and ``GENDERS``."""

    __slots__ = ("mask", "senses")

    def __init__(self, senses: tuple[Sense, ...]) -> None:
        """Take the senses in their stable order."""
        self.senses = senses
        self.mask = 0
        for sense in senses:
            self.mask |= 1 << sense.kind
            if sense.attribute == "gender":
                self.mask |= GENDERS


class Match(NamedTuple):
    """A phrase found at words ``[start, end)``, with what it may mean there."""

    start: int
    end: int
    meaning: Meaning

    @property
    def senses(self) -> tuple[Sense, ...]:
        """What the phrase may mean here."""
        return self.meaning.senses

    @property
    def mask(self) -> int:
        """The kinds among the senses, one bit each."""
        return self.meaning.mask

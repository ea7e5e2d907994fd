"""The extractor port: a reading in, findings out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from nlp.reading import Finding, Reading


class Extractor(Protocol):
    """Reads one product's words.

    ``find`` yields in a stable order, never raises on any text, and each finding's words are inside its passage.
    """

    @property
    def name(self) -> str:
        """The extractor's name, as claims quote it."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever the same text may give other findings."""
        ...

    def find(self, reading: Reading) -> Iterator[Finding]:
        """Yield what the words say."""
        ...

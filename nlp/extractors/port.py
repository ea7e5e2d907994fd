"""The extractor port: a reading in, findings out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

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


@runtime_checkable
class Preparing(Protocol):
    """An extractor that is faster where it sees many products before it is asked about each; its answers are equal."""

    def prepare(self, readings: Sequence[Reading]) -> None:
        """Take in ``readings``, each as the extractors before this one left it."""
        ...

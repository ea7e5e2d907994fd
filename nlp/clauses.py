"""Where the clauses of a text begin and end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nlp.tokens import BREAKS

LONGEST = 60


def clauses(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the word spans ``[start, end)`` between breaks, at most ``LONGEST`` words each."""
    start = 0
    for i, word in enumerate(words):
        if word in BREAKS:
            if i > start:
                yield start, i
            start = i + 1
        elif i - start == LONGEST:
            yield start, i
            start = i
    if len(words) > start:
        yield start, len(words)

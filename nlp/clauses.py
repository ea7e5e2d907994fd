"""Where the clauses of a text begin and end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nlp.tokens import BREAKS

LONGEST = 60


def clauses(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the word spans ``[start, end)`` between breaks, at most ``LONGEST`` words each."""
    start = 0
    for i in range(len(words) + 1):
        if i == len(words) or words[i] in BREAKS or i - start == LONGEST:
            if i > start:
                yield start, i
            start = i if i < len(words) and words[i] not in BREAKS else i + 1

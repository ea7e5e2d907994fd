"""Physical lines of a text file: bounded in length, with look-ahead."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterable


class CutLine(str):
    """The first characters of a line over the limit; the rest was skipped."""

    __slots__ = ()


class Lines:
    """Lines one by one, terminators kept; lines may be given back to be read again."""

    def __init__(self, stream: io.TextIOBase, newline: str, limit: int) -> None:
        """Read from ``stream``, whose lines end at ``newline``; ``limit`` is the longest line in characters."""
        self._stream = stream
        self.newline = newline
        self._limit = limit
        self._ahead: deque[str] = deque()

    def next(self) -> str:
        """Return the next line, ``""`` at the end; a :class:`CutLine` where it was over the limit."""
        if self._ahead:
            return self._ahead.popleft()
        line = self._stream.readline(self._limit)
        if len(line) < self._limit or line.endswith(self.newline):
            return line
        return self._skip(line)

    def give_back(self, lines: Iterable[str]) -> None:
        """Put lines back in front, in their order."""
        self._ahead.extendleft(reversed(list(lines)))

    def body(self, line: str) -> str:
        """Return the line without its terminator."""
        return line.removesuffix(self.newline).removesuffix("\r")

    def ended(self, line: str) -> bool:
        """Tell whether the line has its terminator; the last line of a file may lack it."""
        return line.endswith(self.newline)

    def _skip(self, line: str) -> str:
        # Read on in pieces: a file of one endless line must not fill the memory.
        rest = self._stream.readline(self._limit)
        more = bool(rest)
        while rest and not rest.endswith(self.newline):
            rest = self._stream.readline(self._limit)
        return CutLine(line) if more else line

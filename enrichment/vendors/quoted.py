"""Split one record of delimited text into cells, and tell the ways in which quoting can be broken."""

from __future__ import annotations

import re


class QuoteOpen(Exception):
    """A quoted cell is not closed by the end of the text; ``cells`` were complete before it."""

    def __init__(self, cells: int) -> None:
        """Keep how many cells were complete."""
        super().__init__(cells)
        self.cells = cells


class QuoteStray(Exception):
    """Text follows a closing quote within the cell."""


class Splitter:
    """Splits text by RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180) with any delimiter and quote."""

    def __init__(self, delimiter: str, quote: str | None) -> None:
        """Prepare for a delimiter; without a quote character every quote is text."""
        self.delimiter = delimiter
        self.quote = quote
        d, q = re.escape(delimiter), re.escape(quote or "")
        # Possessive repeats keep hostile cells linear.
        whole = rf"{q}([^{q}]*+(?:{q}{q}[^{q}]*+)*+){q}"
        self._cell = re.compile(rf"(?:{whole}|([^{d}{q}][^{d}]*+)?)(?={d}|\Z)") if quote else None
        self._closed = re.compile(whole) if quote else None

    def split(self, text: str) -> list[str]:
        """Return the cells of ``text``.

        Raises:
            QuoteOpen: the last cell's quote never closes.
            QuoteStray: a quote closes in the middle of a cell.

        """
        if self.quote is None or self._cell is None or self.quote not in text:
            return text.split(self.delimiter)
        cells: list[str] = []
        at, end = 0, len(text)
        while True:
            found = self._cell.match(text, at)
            if found is None:
                raise self._broken(text, at, len(cells))
            cells.append(self._value(found))
            # The look-ahead leaves the delimiter unread; one past it the next cell starts.
            at = found.end()
            if at >= end:
                return cells
            at += 1

    def literal(self, text: str) -> list[str]:
        """Return the cells as if no quote had a meaning."""
        return text.split(self.delimiter)

    def _value(self, found: re.Match[str]) -> str:
        quoted: str | None = found.group(1)
        if quoted is None:
            return found.group(2) or ""
        q = self.quote or ""
        return quoted.replace(q + q, q) if q in quoted else quoted

    def _broken(self, text: str, at: int, cells: int) -> Exception:
        closed = self._closed is not None and self._closed.match(text, at)
        return QuoteStray() if closed else QuoteOpen(cells)

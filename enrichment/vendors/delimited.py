"""CSV and TSV: streamed, any quoting damage costs one row and not the rest of the file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from enrichment.vendors.columns import require_columns, unique_columns
from enrichment.vendors.encoding import check_text
from enrichment.vendors.lines import CutLine, Lines
from enrichment.vendors.port import Refusal, Row, malformed
from enrichment.vendors.quoted import QuoteOpen, QuoteStray, Splitter
from enrichment.vendors.source import open_text
from schemas.errors import DropError
from schemas.records import ProblemReason
from schemas.vendor_spec import VendorSpec

_KEY = re.compile(r"\S*\d\S*")
_HEADER_LINES = 20
_DELIMITERS = (";", ",", "\t", "|")
# DOS programs end a file with it.
_BLANK = " \t\r\n\x1a"


def read_delimited(spec: VendorSpec, path: Path) -> Iterator[Row | Refusal]:
    """Yield the rows of a CSV or TSV file; see :class:`enrichment.vendors.port.Reader`."""
    shape = check_text(spec, path)
    with open_text(path, shape.encoding, shape.newline) as stream:
        yield from _Records(spec, path, Lines(stream, shape.newline, spec.limits.record_chars)).rows()


class _Records:
    """The records of one open file."""

    def __init__(self, spec: VendorSpec, path: Path, lines: Lines) -> None:
        self._spec = spec
        self._path = path
        self._lines = lines
        self._splitter = Splitter(spec.separator, spec.quote)
        self._header: list[str] = []
        self._key = 0

    def rows(self) -> Iterator[Row | Refusal]:
        """Read the header, then row after row."""
        self._read_header()
        width = len(self._header)
        while line := self._lines.next():
            cells = self._record(line)
            if isinstance(cells, Refusal):
                yield cells
            elif len(cells) == width or (len(cells) > width and not any(cells[width:])):
                if any(cells):
                    yield dict(zip(self._header, cells, strict=False))
            # A row of nothing but delimiters is what spreadsheets append; it is no row.
            elif any(cell.strip(_BLANK) for cell in cells):
                yield self._ragged(line, cells)

    def _read_header(self) -> None:
        for _ in range(self._spec.header_offset):
            self._lines.next()
        line = self._lines.next()
        while line and not line.strip():
            line = self._lines.next()
        self._header = unique_columns(self._header_cells(line))
        require_columns(self._spec, self._header, self._path, self._way_out(line))
        self._key = self._header.index(self._spec.columns.sku)

    def _header_cells(self, line: str) -> list[str]:
        text = line
        for _ in range(_HEADER_LINES):
            try:
                return self._splitter.split(self._lines.body(text))
            except QuoteStray:
                break
            except QuoteOpen:
                text += self._lines.next()
        return self._splitter.literal(self._lines.body(line))

    def _way_out(self, line: str) -> str:
        """Return the declaration that would find more columns in the header, ``""`` where there is none."""
        wanted, best = set(self._spec.wanted_columns), len(set(self._header) & set(self._spec.wanted_columns))
        for delimiter in _DELIMITERS:
            names = unique_columns(Splitter(delimiter, None).literal(self._lines.body(line).replace('"', "")))
            if len(wanted & set(names)) > best:
                return f"Its header is split by {delimiter!r}: declare delimiter: {json.dumps(delimiter)}"
        return ""

    def _record(self, line: str) -> list[str] | Refusal:
        """Return the cells of the record that starts with ``line``, taking further lines where a cell spans them."""
        if isinstance(line, CutLine):
            return Refusal(ProblemReason.ROW_TOO_LONG, line)
        body = self._lines.body(line)
        try:
            return self._splitter.split(body)
        except QuoteStray:
            return self._stray(body)
        except QuoteOpen as open_cell:
            return self._spanning(line, open_cell.cells)

    def _stray(self, body: str) -> list[str] | Refusal:
        cells = self._splitter.literal(body)
        # Vendors that never quote send cells such as "Be You" Tee; the column count tells whether that is so.
        return cells if len(cells) == len(self._header) else malformed("text behind a closing quote", body)

    def _spanning(self, line: str, open_at: int) -> list[str] | Refusal:
        taken: list[str] = []
        cells = self._join(line, open_at, taken)
        if cells is not None:
            return cells
        # Only the very last line may lack its end; a quote open there means that the transfer broke off.
        at_end = not taken and not self._lines.ended(line)
        self._lines.give_back(taken)
        if at_end and len(self._header) > 1:
            raise self._cut(line)
        return Refusal(ProblemReason.QUOTE_UNCLOSED, line)

    def _join(self, line: str, open_at: int, taken: list[str]) -> list[str] | None:
        """Join lines until the record closes well; None where it does not, with the lines taken in ``taken``."""
        limits, size = self._spec.limits, len(line)
        while len(taken) < limits.record_lines and (more := self._lines.next()):
            taken.append(more)
            size += len(more)
            if size > limits.record_chars or isinstance(more, CutLine) or self._is_row(more, open_at):
                return None
            # Without a quote the cell cannot close here, and splitting again would cost quadratic time.
            if (self._spec.quote or "") not in more:
                continue
            try:
                cells = self._splitter.split(self._lines.body(line + "".join(taken)))
            except QuoteStray:
                return None
            except QuoteOpen as still:
                open_at = still.cells
                # More cells than columns: no further line can make it a record.
                if open_at >= len(self._header):
                    return None
                continue
            return cells if len(cells) == len(self._header) else None
        return None

    def _is_row(self, line: str, open_at: int) -> bool:
        """Tell whether a line met within the quoted cell number ``open_at`` is rather a row of its own.

        A stray quote can pair with another one hundreds of rows below; the rows between would be lost unseen.
        Where the line closes the cell, cells behind ``open_at`` are the record's own and prove nothing.
        """
        if (self._spec.quote or "") in line and self._key >= open_at:
            return False
        cells = self._splitter.literal(self._lines.body(line))
        return len(cells) == len(self._header) >= 3 and bool(_KEY.fullmatch(cells[self._key].strip()))

    def _ragged(self, line: str, cells: list[str]) -> Refusal:
        if len(cells) < len(self._header) and not self._lines.ended(line):
            raise self._cut(line)
        return malformed(f"{len(cells)} of {len(self._header)} columns", line)

    def _cut(self, line: str) -> DropError:
        refusal = Refusal(ProblemReason.ROW_MALFORMED, line)
        return DropError(
            f"drop {self._spec.vendor} file {self._path.name}: truncated: the last record is cut and has no end of "
            f"line: {refusal.excerpt!r}. Ask the vendor to send it again."
        )

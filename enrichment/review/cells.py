"""CSV that a spreadsheet may open: no cell runs as a formula, and what was guarded reads back unchanged."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from schemas.errors import UsageError
from schemas.records import bounded

# https://owasp.org/www-community/attacks/CSV_Injection, with the full-width forms that spreadsheets fold, and a
# leading apostrophe so that reading back takes away exactly what was added.
_DANGEROUS = re.compile(r"\s*[=+\-@＝＋－＠|%]|['\t\r\n]")  # noqa: RUF001 full-width signs are meant
_BYTE_ORDER_MARK = "\ufeff"


def safe_cell(value: object) -> str:
    """Return ``value`` as text, with an apostrophe before anything a spreadsheet might run.

    >>> safe_cell("=1+1"), safe_cell("plain")
    ("'=1+1", 'plain')
    """
    text = "" if value is None else str(value)
    return "'" + text if _DANGEROUS.match(text) else text


def plain_cell(text: str) -> str:
    """Take back what :func:`safe_cell` added."""
    return text.removeprefix("'")


def write_csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a CSV file (UTF-8 with its mark, all cells quoted and safe)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([safe_cell(head) for head in heads])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return (_BYTE_ORDER_MARK + out.getvalue()).encode()


def read_lines(data: bytes, needed: Collection[str] = ()) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a file that :func:`write_csv` or the page wrote, guards taken away; empty rows are left out.

    Each comes with the 1-based line of the file on which it begins. A spreadsheet may have saved it again: columns
    are parted by commas, semicolons or tabs, whichever the head has most of.

    Raises:
        UsageError: the bytes are no UTF-8, or no CSV, or a column of ``needed`` is missing.

    """
    text = _text(data)
    first = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=max(",;\t", key=first.count))
    try:
        heads = [plain_cell(head) for head in next(rows, [])]
        if missing := [name for name in needed if name not in heads]:
            raise UsageError(
                f"decisions file: columns {missing} are missing; got {bounded(', '.join(heads))!r}. "
                "Name them in the first line, or export the file again from the page."
            )
        begins = rows.line_num + 1
        for row in rows:
            if any(row):
                yield begins, dict(zip(heads, (plain_cell(cell) for cell in row), strict=False))
            # A cell may run over several lines: the next row begins after the last of them.
            begins = rows.line_num + 1
    except csv.Error as error:
        raise UsageError(
            f"decisions file, line {rows.line_num}: no CSV ({error}). Mend the line, or export it again from the page."
        ) from error


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(
            f"decisions file, line {line}: byte 0x{data[error.start]:02x} is not CSV in UTF-8. Save it as CSV UTF-8."
        ) from error

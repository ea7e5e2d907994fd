"""Cells that a spreadsheet may open, and CSVs that a reviewer filled in; errors name the file, and the line if any."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from schemas.errors import UsageError
from schemas.records import bounded

_SEPARATORS = ",;\t"
# https://owasp.org/www-community/attacks/CSV_Injection, with the full-width forms that spreadsheets fold, and a
# leading apostrophe so that reading back takes away exactly what was added.
_DANGEROUS = re.compile(r"\s*[=+\-@＝＋－＠|%]|['\t\r\n]")  # noqa: RUF001 full-width signs are meant


def read_sheet(
    path: Path, columns: Iterable[str], writer: str, verbatim: Collection[str] = ()
) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield where each row begins ("labels.csv line 7") and its cells by column, without guards and outer spaces.

    ``writer`` names the command that writes such files; columns in ``verbatim`` keep their spaces.

    Raises:
        UsageError: the file cannot be read, is no CSV in UTF-8, or lacks one of ``columns``.

    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}. Give the CSV that {writer} wrote.") from error
    for line, cells in read_rows(data, columns, path.name, writer):
        stripped = {head: cell if head in verbatim else cell.strip() for head, cell in cells.items()}
        yield f"{path.name} line {line}", stripped


def read_rows(data: bytes, columns: Iterable[str], name: str, writer: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the 1-based line on which each row of a CSV begins, and its cells by column; empty rows are left out.

    A spreadsheet may have saved it again: cells are parted by commas, semicolons or tabs, whichever the head has most
    of. Guards are taken away; a cell that a row lacks is empty.

    Raises:
        UsageError: the bytes are no CSV in UTF-8, or lack one of ``columns``.

    """
    text = _text(data, name)
    first = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=max(_SEPARATORS, key=first.count))
    try:
        heads = [plain_cell(head) for head in next(rows, [])]
        missing = [column for column in columns if column not in heads]
        if missing:
            raise UsageError(
                f"{name}: columns {missing} are missing; got {bounded(', '.join(heads))!r}. "
                f"Name them in the first line, or give the CSV that {writer} wrote."
            )
        begins = rows.line_num + 1
        for row in rows:
            if any(row):
                yield begins, dict.fromkeys(heads, "") | dict(zip(heads, map(plain_cell, row), strict=False))
            # A cell may run over several lines: the next row begins after the last of them.
            begins = rows.line_num + 1
    except csv.Error as error:
        raise UsageError(
            f"{name} line {rows.line_num}: no CSV ({error}). Mend the line, or save the sheet again as CSV UTF-8."
        ) from error


def safe_cell(value: object) -> str:
    """Return ``value`` as text, with an apostrophe before anything a spreadsheet might run.

    >>> safe_cell("=1+1"), safe_cell("plain")
    ("'=1+1", 'plain')
    """
    text = "" if value is None else str(value)
    return "'" + text if _DANGEROUS.match(text) else text


def plain_cell(text: str) -> str:
    """Take away the guard of :func:`safe_cell`."""
    return text.removeprefix("'")


def closest(got: str, allowed: Iterable[str]) -> str:
    """Return " (closest: 'Tshirts')" where one of ``allowed`` is near to ``got``, else nothing.

    >>> closest("navy bleu", ["red", "navy_blue"])
    " (closest: 'navy_blue')"
    """
    folded = {_folded(name): name for name in sorted(allowed)}
    near = difflib.get_close_matches(_folded(got), folded, n=1)
    return f" (closest: {folded[near[0]]!r})" if near else ""


def _folded(name: str) -> str:
    return name.casefold().replace("_", " ")


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(
            f"{name} line {line}: byte 0x{data[error.start]:02x} is no UTF-8. Save the sheet as CSV UTF-8."
        ) from error

"""Read a CSV that a reviewer filled in; every error names the file, and the line where there is one."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from schemas.errors import UsageError
from schemas.records import bounded

_SEPARATORS = ",;\t"


def read_sheet(path: Path, columns: Iterable[str], writer: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield where each row begins ("labels.csv line 7") and its cells by column, without guards and outer spaces.

    ``writer`` names the command that writes such files.

    Raises:
        UsageError: the file cannot be read, is no CSV in UTF-8, or lacks one of ``columns``.

    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}. Give the CSV that {writer} wrote.") from error
    for line, cells in read_rows(data, columns, path.name, writer):
        yield f"{path.name} line {line}", {head: cell.strip() for head, cell in cells.items()}


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


def plain_cell(text: str) -> str:
    """Take away the guard: an apostrophe before what a spreadsheet might run."""
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

"""Read a CSV that a reviewer filled in; every error names the file, and the line where there is one."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from schemas.errors import UsageError
from schemas.records import bounded


def read_sheet(path: Path, columns: Iterable[str], writer: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield where each row begins ("labels.csv line 7") and its cells by column, without guards and outer spaces.

    A guard is the apostrophe before what a spreadsheet might run; ``writer`` names the command that writes such files.

    Raises:
        UsageError: the file cannot be read, is no CSV in UTF-8, or lacks one of ``columns``.

    """
    rows = csv.reader(io.StringIO(_text(path, writer), newline=""), strict=True)
    try:
        heads = next(rows, [])
        missing = [name for name in columns if name not in heads]
        if missing:
            raise UsageError(
                f"{path.name}: columns {missing} are missing; got {bounded(', '.join(heads))!r}. "
                f"Give the CSV that {writer} wrote, its columns parted by commas."
            )
        begins = rows.line_num + 1
        for row in rows:
            cells = (cell.removeprefix("'").strip() for cell in row)
            if row:
                yield f"{path.name} line {begins}", dict.fromkeys(heads, "") | dict(zip(heads, cells, strict=False))
            # A cell may run over several lines: the next row begins after the last of them.
            begins = rows.line_num + 1
    except csv.Error as error:
        raise UsageError(
            f"{path.name} line {rows.line_num}: no CSV ({error}). Mend the line, or save the sheet again as CSV UTF-8."
        ) from error


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


def _text(path: Path, writer: str) -> str:
    try:
        data = path.read_bytes()
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(
            f"{path.name} line {line}: byte 0x{data[error.start]:02x} is no UTF-8. Save the sheet as CSV UTF-8."
        ) from error
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}. Give the CSV that {writer} wrote.") from error

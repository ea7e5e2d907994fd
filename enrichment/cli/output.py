"""What the commands say: a rich table for people, one JSON object for machines."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

_BOX = box.SIMPLE_HEAD
# The least width of a column of longer text, and what no table is as wide as.
_SHORT, _ENDLESS = 10, 100_000


def console(stderr: bool = False) -> Console:
    """Return the console that commands write to; ``:lock:`` stays text, as vendors and rules may well write it.

    A file or a pipe has no width: nothing is broken there, and a row of a table is a line.
    """
    made = Console(stderr=stderr, soft_wrap=True, emoji=False)
    if not made.is_terminal:
        made.width = _ENDLESS
    return made


def plain(text: str) -> str:
    r"""Write characters that steer a terminal (escapes, other directions) out as ``\u``; line ends stay.

    >>> plain("red\x1b[2Jdress"), plain("caf\u00e9 \u202egp")
    ('red\\u001b[2Jdress', 'café \\u202egp')
    """
    if text.isprintable():
        return text
    return "".join(c if c == "\n" or c.isprintable() or unicodedata.category(c) == "Zs" else _code(c) for c in text)


def _code(character: str) -> str:
    # As JSON writes it, so that JSON stays JSON.
    return json.dumps(character)[1:-1] if not character.isascii() else f"\\u{ord(character):04x}"


def say_json(data: Mapping[str, Any]) -> None:
    """Write one JSON object to standard output and nothing else."""
    typer.echo(plain(json.dumps(data, default=str, ensure_ascii=False, indent=2)))


def say_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write a table; title and cells may hold vendor text and are never read as markup.

    Where a terminal is too narrow, headings are broken between words alone, and numbers and short words stay whole.
    """
    table = Table(title=escape(plain(title)), title_justify="left", box=_BOX, show_edge=False, padding=(0, 1, 0, 0))
    for at, column in enumerate(columns):
        _add_column(table, column, [row[at] for row in rows])
    for row in rows:
        table.add_row(*(escape(plain("" if cell is None else str(cell))) for cell in row))
    console().print(table)


def _add_column(table: Table, heading: str, cells: Sequence[object]) -> None:
    """Add a column wide enough for the words of its heading, and for its cells where those are short or numbers."""
    numbers = bool(cells) and all(isinstance(cell, int | float) for cell in cells)
    widest = max((len(str(cell)) for cell in cells), default=0)
    least = max(*map(len, heading.split()), 0, widest if numbers else min(widest, _SHORT))
    table.add_column(heading, overflow="fold", justify="right" if numbers else "left", min_width=least)

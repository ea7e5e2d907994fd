"""What the commands say: a rich table for people, one JSON object for machines."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table


def console(stderr: bool = False) -> Console:
    """Return the console that commands write to; ``:lock:`` stays text, as vendors and rules may well write it."""
    return Console(stderr=stderr, soft_wrap=True, emoji=False)


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
    """Write a table; title and cells may hold vendor text and are never read as markup."""
    table = Table(title=escape(plain(title)), title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(escape(plain("" if cell is None else str(cell))) for cell in row))
    console().print(table)

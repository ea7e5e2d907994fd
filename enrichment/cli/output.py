"""What the commands say: a rich table for people, one JSON object for machines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table


def console(stderr: bool = False) -> Console:
    """Return the console that commands write to."""
    return Console(stderr=stderr, soft_wrap=True)


def say_json(data: Mapping[str, Any]) -> None:
    """Write one JSON object to standard output and nothing else."""
    console().print_json(json.dumps(data, default=str))


def say_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write a table; cells may hold vendor text and are never read as markup."""
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(escape("" if cell is None else str(cell)) for cell in row))
    console().print(table)

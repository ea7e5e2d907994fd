"""Training sets on the command line: ``NAME=FILE``, several times."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from schemas.errors import UsageError

Sources = Annotated[
    list[str],
    typer.Option("--source", help="NAME=FILE of a training set: products, phone, drawn or worn. Repeat for several."),
]


def sources_of(given: Sequence[str]) -> dict[str, Path]:
    """Return name -> Parquet file; ``UsageError`` names an option that is no ``NAME=FILE``."""
    found: dict[str, Path] = {}
    for text in given:
        name, separator, path = text.partition("=")
        if not separator or not path:
            raise UsageError(f"--source {text!r}: expected NAME=FILE, such as products=train.parquet")
        found[name] = Path(path)
    if not found:
        raise UsageError("no training set given: --source products=train.parquet")
    return found

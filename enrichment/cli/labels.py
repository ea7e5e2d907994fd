"""`enrich labels`: find labels that are likely wrong, before they are learned."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from enrichment.cli.options import Json
from enrichment.cli.output import console, say_json
from enrichment.cli.sources import Sources, sources_of
from enrichment.progress.open import open_progress

app = typer.Typer(help="Audit training labels.", no_args_is_help=True)


@app.callback()
def main() -> None:
    """Audit training labels."""


@app.command("audit")
def audit(
    source: Sources,
    out: Annotated[Path, typer.Option(help="Folder for the review page and CSV.")],
    attribute: Annotated[str, typer.Option(help="The label to audit.")] = "article_type",
    most: Annotated[int, typer.Option(help="Rows of each kind on the page.")] = 500,
    threads: int = 2,
    json: Json = False,
) -> None:
    """Rank likely label errors, near-duplicates with unequal labels and annotators' agreement; write page and CSV."""
    from enrichment.stages.audit_labels import audit_labels

    progress = open_progress("rich" if sys.stderr.isatty() and not json else "null")
    found = audit_labels(sources_of(source), attribute, out, most, threads, progress)
    numbers = {
        "items": found.items,
        "likely_errors": len(found.suspects),
        "unequal_duplicates": len(found.duplicates),
        "kappa": found.kappa,
        "page": str(found.page),
        "review": str(found.review),
    }
    if json:
        say_json(numbers)
    else:
        console().print("\n".join(f"{name:20} {value}" for name, value in numbers.items()), markup=False)

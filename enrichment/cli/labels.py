"""`enrich labels`: find labels that are likely wrong before they are learned, and mine labels from words."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from enrichment.cli.options import Json
from enrichment.cli.output import console, say_json
from enrichment.cli.sources import Sources, sources_of
from enrichment.progress.open import open_progress

app = typer.Typer(help="Audit training labels, and mine weak ones from words.", no_args_is_help=True)


@app.command("audit")
def audit(
    source: Sources,
    out: Annotated[Path, typer.Option(help="Folder for the review page and CSV.")],
    attribute: Annotated[str, typer.Option(help="The label to audit.")] = "article_type",
    most: Annotated[int, typer.Option(help="Rows of each kind on the page.")] = 500,
    version: Annotated[
        Path | None, typer.Option(help="Folder of the image version that judges; by default the packaged one.")
    ] = None,
    votes: Annotated[
        Path | None, typer.Option(help="CSV of annotators' labels (id, annotator, label), to tell how far they agree.")
    ] = None,
    threads: int = 2,
    json: Json = False,
) -> None:
    """Rank likely label errors, near-duplicates with unequal labels and annotators' agreement; write page and CSV."""
    from enrichment.desk.audit_labels import audit_labels
    from enrichment.models.version import Kind, open_version
    from enrichment.stores.space import writing

    progress = open_progress("rich" if sys.stderr.isatty() and not json else "null")
    judge = open_version(version, Kind.VISION) if version else None
    with writing(out):
        found = audit_labels(sources_of(source), attribute, out, most, threads, progress, judge, votes)
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
        del numbers["kappa"]
        lines = {**numbers, **{f"kappa {name}": f"{value:.3f}" for name, value in found.kappa.items()}}
        console().print("\n".join(f"{name:20} {value}" for name, value in lines.items()), markup=False)


@app.command("mine")
def mine(
    source: Sources,
    out: Annotated[Path, typer.Option(help="Parquet file for the claims, for `enrich train --claims`.")],
    json: Json = False,
) -> None:
    """Read the words of training sets with the text extractors; sure claims become weak labels in training."""
    from enrichment.desk.mine_labels import mine_labels
    from enrichment.stores.space import writing

    progress = open_progress("rich" if sys.stderr.isatty() and not json else "null")
    with writing(out):
        found = mine_labels(sources_of(source), out, progress)
    if json:
        say_json({"weak_labels": dict(sorted(found.items())), "claims": str(out)})
    else:
        lines = [f"{name:20} {count} rows get a weak label" for name, count in found.most_common()]
        console().print("\n".join([*lines, f"{'claims':20} {out}"]), markup=False)

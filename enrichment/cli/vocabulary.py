"""`enrich vocabulary`: terms the vocabulary does not have, and those a person accepted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from enrichment.cli.options import Json, Store, settings
from enrichment.cli.output import console, say_json
from schemas.declared import SCHEMA_DIR

app = typer.Typer(help="Mine the catalogue's words for new terms, and accept them.", no_args_is_help=True)


@app.command("report")
def report(
    out: Annotated[Path, typer.Option(help="Folder for the review page and CSV.")],
    store: Store = None,
    least: Annotated[int, typer.Option(help="Products that must use a term.")] = 8,
    json: Json = False,
) -> None:
    """Write frequent, telling, unknown terms of the published catalogue with examples, as a page and a CSV."""
    from enrichment.stages.mine_vocabulary import mine_vocabulary
    from enrichment.stores.open import open_store

    found, page, sheet = mine_vocabulary(open_store(settings(store).store), out, least)
    if json:
        say_json({"terms": found, "page": str(page), "sheet": str(sheet)})
    else:
        console().print(
            f"{found} terms: {page}\nMark rows `accept` in {sheet}, then: enrich vocabulary accept", markup=False
        )


@app.command("accept")
def accept(
    sheet: Path,
    declaration: Annotated[Path, typer.Option(help="The vocabulary to merge into.")] = SCHEMA_DIR / "attributes.yaml",
    json: Json = False,
) -> None:
    """Merge the rows marked `accept` into the vocabulary; its comments stay."""
    from nlp.accept import accept as merge

    done = merge(sheet, declaration)
    if json:
        say_json({"synonyms": done.synonyms, "values": done.values, "known": done.known})
        return
    for what, terms in (("synonym", done.synonyms), ("new value", done.values), ("known already", done.known)):
        for term in terms:
            console().print(f"{what}: {term}", markup=False)

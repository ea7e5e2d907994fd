"""`enrich vocabulary`: terms the vocabulary does not have, and those a person accepted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from enrichment.cli.options import Json, Store, settings
from enrichment.cli.output import console, say_json
from schemas.declared import SCHEMA_DIR

app = typer.Typer(help="Mine the catalogue's words for new terms, and accept them.", no_args_is_help=True)
# A term less alike than this to every known value is told without a suggestion: it would only be struck out.
LEAST_ALIKE = 0.6


@app.command("report")
def report(
    out: Annotated[Path, typer.Option(help="Folder for the review page and CSV.")],
    store: Store = None,
    least: Annotated[int, typer.Option(help="Products that must use a term.")] = 8,
    alike: Annotated[
        float, typer.Option(min=0, max=1, help="Likeness that a suggested value must have.")
    ] = LEAST_ALIKE,
    json: Json = False,
) -> None:
    """Write frequent, telling, unknown terms of the published catalogue with examples, as a page and a CSV."""
    from enrichment.desk.mine_vocabulary import mine_vocabulary
    from enrichment.stores.open import open_store
    from enrichment.stores.space import writing

    with writing(out):
        found = mine_vocabulary(open_store(settings(store).store), out, least, alike)
    if json:
        told = {"terms": found.terms, "without_suggestion": found.bare}
        say_json({**told, "page": str(found.page), "sheet": str(found.sheet)})
    else:
        console().print(
            f"{found.terms} terms, {found.bare} without a suggestion: {found.page}\n"
            f"Mark rows `accept` in {found.sheet}, then: enrich vocabulary accept",
            markup=False,
        )


@app.command("accept")
def accept(
    sheet: Path,
    declaration: Annotated[Path, typer.Option(help="The vocabulary to merge into.")] = SCHEMA_DIR / "attributes.yaml",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be added, and add nothing.")] = False,
    new_values: Annotated[bool, typer.Option("--new-values", help="Declare values that are not known yet.")] = False,
    json: Json = False,
) -> None:
    """Merge the rows marked `accept` into the vocabulary; its other lines stay as they are."""
    from nlp.accept import accept as merge

    done = merge(sheet, declaration, new_values=new_values, dry_run=dry_run)
    if json:
        told = {"synonyms": done.synonyms, "values": done.values, "known": done.known}
        say_json({**told, "declaration": str(declaration), "written": not dry_run})
        return
    where = f"{'would be added to' if dry_run else 'added to'} {declaration}"
    console().print(f"{len(done.synonyms)} synonyms, {len(done.values)} new values {where}", markup=False)
    for what, terms in (("synonym", done.synonyms), ("new value", done.values), ("known already", done.known)):
        for term in terms:
            console().print(f"{what}: {term}", markup=False)

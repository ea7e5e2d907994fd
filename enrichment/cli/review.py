"""`enrich review`: answer the diff report, and bring answers into the ledger."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from enrichment.cli.exit_codes import EXIT_ROWS_REFUSED
from enrichment.cli.options import Json, Store, settings
from enrichment.cli.output import console, say_json
from schemas.errors import UsageError

if TYPE_CHECKING:
    from enrichment.review.exchange import Kind

app = typer.Typer(help="Serve the report, import and export decisions.", no_args_is_help=True)


@app.command("serve")
def serve(
    store: Store = None,
    run: Annotated[str | None, typer.Option(help="A complete run's id; by default the one readers follow.")] = None,
    port: Annotated[int, typer.Option(help="Loopback port; 0 takes any free one.")] = 0,
) -> None:
    """Open the report on this machine only; decisions are saved as you go."""
    from enrichment.desk.fetch_report import fetch_report
    from enrichment.review.nodes import known_nodes
    from enrichment.review.serve import prepare
    from enrichment.runs.scratch import Scratch
    from enrichment.stores.open import open_store
    from schemas.taxonomy_spec import taxonomy

    opened = open_store(settings(store).store)
    with closing(Scratch()) as scratch:
        report = fetch_report(opened, run, scratch.path)
        server = prepare(report, opened, port, nodes=known_nodes(taxonomy()))
        console().print(f"Open {server.url}\nStop with Ctrl-C.", markup=False)
        server.run()


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A decisions file, .csv or .json.")],
    store: Store = None,
    json: Json = False,
) -> None:
    """Take a decisions file that the page exported or a person wrote; the same file twice adds nothing."""
    from enrichment.desk.import_decisions import import_decisions
    from enrichment.stores.open import open_store

    kind, opened = _kind(file), open_store(settings(store).store)
    imported, added = import_decisions(opened, file.read_bytes(), kind)
    if json:
        refused = [{"row": r.row, "line": r.line, "why": r.why} for r in imported.refused]
        say_json({"entries": len(imported.entries), "added": added, "refused": refused})
    else:
        console().print(f"{len(imported.entries)} decisions taken, {added} new, {len(imported.refused)} refused")
        for refusal in imported.refused:
            console().print(f"{file.name} {refusal.where}: {refusal.why}", markup=False)
    if imported.refused:
        raise typer.Exit(EXIT_ROWS_REFUSED)


@app.command("export")
def export(
    out: Annotated[Path, typer.Argument(dir_okay=False, help="The file to write, .csv or .json.")], store: Store = None
) -> None:
    """Write the whole ledger as CSV or JSON, by the file's ending."""
    from enrichment.review.exchange import write_decisions
    from enrichment.review.ledger import read
    from enrichment.stores.atomic import atomic_file
    from enrichment.stores.open import open_store
    from enrichment.stores.space import writing

    kind, entries = _kind(out), read(open_store(settings(store).store))
    with writing(out), atomic_file(out) as file:
        file.write(write_decisions(entries, kind))
    console().print(f"{len(entries)} decisions written to {out}", markup=False)


def _kind(file: Path) -> Kind:
    """Return what a decisions file is by its ending; ``UsageError`` where it is neither."""
    kind = file.suffix.lstrip(".").lower()
    if kind == "csv":
        return "csv"
    if kind == "json":
        return "json"
    raise UsageError(f"decisions file {file.name!r}: ending {file.suffix!r}; allowed: .csv, .json")

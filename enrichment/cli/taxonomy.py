"""`enrich taxonomy`: check a hierarchy, compare two versions, and see what a change would move."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from enrichment.cli.options import Json, Store, Vendors, settings
from enrichment.cli.output import console, say_json, say_table
from schemas.declared import SCHEMA_DIR
from schemas.paths import join_path

app = typer.Typer(help="Check, compare and simulate hierarchies.", no_args_is_help=True)
Path_ = Annotated[Path, typer.Argument(help="A taxonomy YAML.")]


@app.command("check")
def check(path: Path_ = SCHEMA_DIR / "taxonomy.yaml", json: Json = False) -> None:
    """Name everything that is wrong with a declared hierarchy, and what is ambiguous in it."""
    from enrichment.taxonomy.ambiguous import ambiguous
    from enrichment.taxonomy.sound import check as complaints_of
    from schemas.attribute_spec import attributes
    from schemas.taxonomy_spec import taxonomy

    declared = taxonomy(path)
    complaints, double = complaints_of(declared, attributes()), ambiguous(declared)
    if json:
        say_json({"complaints": complaints, "ambiguous": double})
    else:
        console().print("\n".join([*complaints, *(f"ambiguous: {text}" for text in double)]) or "sound", markup=False)
    if complaints:
        raise typer.Exit(1)


@app.command("diff")
def diff(before: Path_, after: Path_, json: Json = False) -> None:
    """List what differs between two versions: nodes, article types, synonyms, categories, rules and thresholds."""
    from dataclasses import asdict

    from enrichment.taxonomy.difference import diff as changes_of
    from schemas.taxonomy_spec import taxonomy

    changes = changes_of(taxonomy(before), taxonomy(after))
    if json:
        say_json({"changes": [asdict(change) for change in changes]})
    elif not changes:
        console().print("no difference")
    else:
        say_table("Changes", ["what", "id", "before", "after"], [[c.what, c.id, c.before, c.after] for c in changes])


@app.command("simulate")
def simulate(
    changed: Path_ = SCHEMA_DIR / "taxonomy.yaml",
    models: Annotated[str, typer.Option(help="Other model versions, such as fusion=v2 (pictures take long).")] = "",
    store: Store = None,
    vendors: Vendors = None,
    json: Json = False,
) -> None:
    """Say what a changed hierarchy, rule or model would move in the published catalogue; nothing is written."""
    from dataclasses import asdict

    from enrichment.desk.simulate import Scenario, simulate_change, unexamined
    from enrichment.stores.open import open_store

    wanted = settings(store, vendors=vendors)
    found = simulate_change(open_store(wanted.store), Scenario.of(changed, models), wanted)
    left_out = unexamined(found, wanted.vendors)
    if json:
        counts = {"summary": str(found), "moved": found.moved, "locked": found.locked, "left_out": left_out or ""}
        say_json({**counts, **asdict(found)})
        return
    for notice in filter(None, (left_out, found.ended)):
        console().print(notice, markup=False)
    rows = [[join_path(f.before), join_path(f.after), f.count, f.locked] for f in found.flows]
    say_table(str(found), ["from", "to", "products", "locked"], rows)

"""`enrich export`: the published catalogue under the ids of an open product taxonomy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from enrichment.cli.options import Json, Store, settings
from enrichment.cli.output import console, say_json


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("export")(export)


def export(
    out: Annotated[Path, typer.Argument(dir_okay=False, help="The Parquet file to write.")],
    taxonomy: Annotated[str, typer.Option(help="shopify or google.")] = "shopify",
    store: Store = None,
    json: Json = False,
) -> None:
    """Write one row a product with the category and attribute value ids of the Shopify or Google product taxonomy.

    An attribute that the product's category does not have there, and a value that it does not know, are left out and
    counted.
    """
    from enrichment.desk.export import write_export
    from enrichment.stores.open import open_store

    done = write_export(open_store(settings(store).store), taxonomy, out)
    if json:
        left_out = {"no_attribute": dict(done.unplaced.most_common()), "no_value": dict(done.unknown.most_common())}
        say_json(
            {"products": done.products, "with_category": done.with_category, "left_out": left_out, "written": str(out)}
        )
        return
    console().print(f"{done.products} products, {done.with_category} with a {taxonomy} category: {out}", markup=False)
    for why, counted in (
        ("the product has no category with such an attribute", done.unplaced),
        (f"{taxonomy} has no such value", done.unknown),
    ):
        if counted:
            each = ", ".join(f"{name} {count}" for name, count in counted.most_common())
            console().print(f"left out, as {why}: {each}", markup=False)

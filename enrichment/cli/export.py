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
    out: Annotated[Path, typer.Argument(help="The Parquet file to write.")],
    taxonomy: Annotated[str, typer.Option(help="shopify or google.")] = "shopify",
    store: Store = None,
    json: Json = False,
) -> None:
    """Write one row a product with the category and attribute value ids of the Shopify or Google product taxonomy."""
    from enrichment.desk.export import write_export
    from enrichment.stores.open import open_store

    rows, mapped = write_export(open_store(settings(store).store), taxonomy, out)
    if json:
        say_json({"products": rows, "with_category": mapped, "written": str(out)})
    else:
        console().print(f"{rows} products, {mapped} with a {taxonomy} category: {out}", markup=False)

"""`enrich sample`: draw a catalogue with its truth, as vendors would send it."""

from __future__ import annotations

import shutil
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from enrichment.cli.options import Json
from enrichment.cli.output import console, say_json
from enrichment.progress.open import open_progress
from schemas.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("sample")(sample)


def sample(
    out: Annotated[Path, typer.Option(help="Folder for drops, vendor declarations and truth.parquet.")],
    products: Annotated[int, typer.Option(min=1, help="Products over all vendors.")] = 400,
    nights: Annotated[str, typer.Option(help="Nights, comma separated.")] = "2026-11-17,2026-11-18,2026-11-19",
    seed: Annotated[int, typer.Option(help="Another seed draws other products.")] = 7,
    training: Annotated[
        bool, typer.Option(help="Write one Parquet of labelled pictures for training instead.")
    ] = False,
    side: Annotated[int, typer.Option(help="Height of training pictures in pixels.")] = 224,
    json: Json = False,
) -> None:
    """Draw garments with names, descriptions and damaged filings; the vendors' YAML is written beside them."""
    from enrichment.sample.catalogue import VENDOR_DECLARATIONS, write_drops
    from enrichment.sample.training import write_training
    from enrichment.stores.space import writing

    with writing(out):
        if training:
            written = write_training(out, products, seed, side)
        else:
            wanted = [_night(text) for text in nights.split(",")]
            with open_progress("rich" if sys.stderr.isatty() and not json else "null") as progress:
                written = write_drops(out, products, wanted, seed, progress=progress)
            shutil.copytree(VENDOR_DECLARATIONS, out / "vendors", dirs_exist_ok=True)
    if json:
        say_json({"written": str(written), "products": products, "seed": seed})
    else:
        console().print(f"{products} products drawn: {written}", markup=False)


def _night(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageError(f"night {text!r}: expected YYYY-MM-DD") from error

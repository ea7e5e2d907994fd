"""`enrich evaluate`: how right the published catalogue is, where a truth exists."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from enrichment.cli.options import Json, Store, settings
from enrichment.cli.output import console, say_json


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("evaluate")(evaluate)


def evaluate(
    truth: Annotated[Path, typer.Option(help="Parquet with vendor, night, sku and the true fields.")],
    store: Store = None,
    run: Annotated[str | None, typer.Option(help="A complete run's id; by default the one readers follow.")] = None,
    night: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Leave out truths of later nights.")
    ] = None,
    json: Json = False,
) -> None:
    """Score the published products against a truth table: accuracy of what was decided, and coverage beside it."""
    import pyarrow.parquet as pq

    from enrichment.evaluate.report import as_json, show
    from enrichment.evaluate.score import score
    from enrichment.evaluate.sources import fusion_gain
    from enrichment.publish.read import find_run, latest, open_run, read_table
    from enrichment.stores.open import open_store

    opened = open_store(settings(store).store)
    published = open_run(opened, find_run(opened, run)) if run else latest(opened)
    until = night.date() if night else published.night
    products, known = read_table(opened, published, "products"), pq.read_table(truth)
    scores = score(products, known, night=until)
    gain = fusion_gain(products, read_table(opened, published, "attribute_claims"), known, night=until)
    if json:
        say_json({"run_id": published.run_id, **as_json(scores, gain)})
    else:
        console().print(f"run {published.run_id}", markup=False)
        show(scores, console(), gain)

"""`enrich evaluate`: how right the published catalogue is, and how right an image model is, where a truth exists."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from enrichment.cli.options import Json, Store, settings
from enrichment.cli.output import console, say_json, say_table
from enrichment.cli.sources import sources_of
from enrichment.progress.open import open_progress
from schemas.errors import UsageError
from schemas.records import bounded


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("evaluate")(evaluate)


def evaluate(
    truth: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Parquet with vendor, night, sku and the true fields."),
    ] = None,
    store: Store = None,
    run: Annotated[str | None, typer.Option(help="A complete run's id; by default the one readers follow.")] = None,
    night: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Leave out truths of later nights.")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option("--source", help="NAME=FILE of a training set: measure the image model instead.")
    ] = None,
    version: Annotated[str | None, typer.Option(help="With --source: the image model, or its folder.")] = None,
    out: Annotated[Path | None, typer.Option(help="With --source: folder for JSON and a picture.")] = None,
    seal: Annotated[
        bool, typer.Option("--seal", help="With --source and a folder as --version: write the figures into its card.")
    ] = False,
    threads: int = 2,
    json: Json = False,
) -> None:
    """Score the published products against a truth table, or an image model on splits that no choice was made on."""
    if source:
        _vision(source, version, out, threads, store, json, seal)
        return
    if truth is None:
        raise UsageError("nothing to compare with: give --truth FILE, or --source NAME=FILE for an image model")
    from enrichment.evaluate.report import as_json, show
    from enrichment.evaluate.score import score
    from enrichment.evaluate.sources import fusion_gain
    from enrichment.publish.read import find_run, latest, open_run, read_table
    from enrichment.runs.parquet import from_parquet
    from enrichment.stages.hierarchy import hierarchy_of
    from enrichment.stores.open import open_store

    opened = open_store(settings(store).store)
    published = open_run(opened, find_run(opened, run)) if run else latest(opened)
    until = night.date() if night else published.night
    try:
        known = from_parquet(truth)
    except ValueError as error:
        why = bounded(str(error))
        raise UsageError(f"--truth {truth}: no Parquet file: {why}. Save the table as Parquet.") from error
    products = read_table(opened, published, "products")
    hierarchy = hierarchy_of(opened, published)
    scores = score(products, known, until, hierarchy.is_path if hierarchy else None)
    gain = fusion_gain(products, read_table(opened, published, "attribute_claims"), known, night=until)
    if json:
        say_json({"run_id": published.run_id, **as_json(scores, gain)})
    else:
        console().print(f"run {published.run_id}", markup=False)
        show(scores, console(), gain)


def _vision(
    source: list[str], version: str | None, out: Path | None, threads: int, store: str | None, json: bool, seal: bool
) -> None:
    from enrichment.desk.mine_labels import claims_of, rows_of
    from enrichment.models.registry import resolve
    from enrichment.models.version import Kind, open_version
    from enrichment.stores.open import open_store
    from enrichment.stores.space import writing
    from enrichment.vision.evaluate import evaluate as measure
    from enrichment.vision.evaluate import table
    from enrichment.vision.train import add_evaluation
    from enrichment.vision.weak_labels import claims_by_row

    folder = Path(version) if version and Path(version).is_dir() else None
    if seal and folder is None:
        raise UsageError(f"--seal writes into a version's folder; got --version {version!r}, which is none")
    if folder:
        # A research version is in no store, and a candidate is measured before it is in one.
        found = open_version(folder, Kind.VISION)
    else:
        found = resolve(open_store(settings(store).store), Kind.VISION, version)
    progress = open_progress("rich" if sys.stderr.isatty() and not json else "null")
    claims = claims_by_row(claims_of(rows_of(sources_of(source)), progress))
    with writing(out) if out is not None else nullcontext():
        figures = measure(found, sources_of(source), out, threads, progress, claims)
    if seal:
        add_evaluation(found, figures)
    if json:
        say_json(figures)
    else:
        columns = ["split", "head", "n", "accuracy", "95 %", "macro-F1", "calibration error"]
        say_table(f"Image model {found.version}, held-out splits", columns, table(figures))

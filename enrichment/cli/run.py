"""`enrich run` and `enrich resume`: a night without a scheduler."""

from __future__ import annotations

import sys
from datetime import date, datetime
from typing import Annotated

import typer

from enrichment.cli.exit_codes import EXIT_ROWS_REFUSED
from enrichment.cli.options import Drops, Json, Store, Vendors, settings
from enrichment.cli.output import console, plain, say_json
from enrichment.progress.open import open_progress
from schemas.errors import UsageError

RunUri = Annotated[str, typer.Argument(help="The run's address, as the stopped command printed it.")]
MaxRefused = Annotated[float, typer.Option(help="Largest share (0 to 1) of refused rows that still exits with 0.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("run")(run)
    app.command("resume")(resume)
    app.command("approve")(approve)


def run(
    night: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The night, as the drops' folders name it.")],
    drops: Drops = None,
    store: Store = None,
    vendors: Vendors = None,
    max_refused: MaxRefused = 0.05,
    threads: Annotated[int | None, typer.Option(help="Threads that a stage may use.")] = None,
    ner: Annotated[bool | None, typer.Option(help="Let the trained entity recogniser read too.")] = None,
    allow_empty: Annotated[bool, typer.Option(help="Publish although no vendor delivered for this night.")] = False,
    json: Json = False,
) -> None:
    """Read, enrich, place, index and publish one night."""
    from enrichment.runs.run import Run
    from enrichment.stages.plan import plan_night

    wanted = settings(store, drops, vendors, threads=threads, ner=ner)
    run_uri = plan_night(date(night.year, night.month, night.day), wanted)
    if not Run.at(run_uri).plan.manifest.drops and not allow_empty:
        raise UsageError(
            f"no vendor delivered for {night:%Y-%m-%d} in {wanted.drops}: nothing was published. Check the date; "
            "--allow-empty answers yesterday's catalogue anew, for example after a new model was promoted."
        )
    _go(run_uri, max_refused, json)


def resume(run_uri: RunUri, max_refused: MaxRefused = 0.05, json: Json = False) -> None:
    """Go on with a run that was stopped or failed; finished shards are not done again."""
    _go(run_uri, max_refused, json)


def approve(
    run_uri: RunUri,
    by: Annotated[str, typer.Option(help="Who approves; it is written into the run's manifest.")],
    max_refused: MaxRefused = 0.05,
    json: Json = False,
) -> None:
    """Approve a run that the gate found unusual, and publish it."""
    from enrichment.runs.run import Run
    from enrichment.stages.approval import approve as record

    for question in record(Run.at(run_uri), by):
        console(stderr=True).print(f"approved: {plain(question)}", markup=False)
    _go(run_uri, max_refused, json)


def _go(run_uri: str, max_refused: float, json: bool) -> None:
    from enrichment.cli.night_table import show_night
    from enrichment.desk.summary import summary
    from enrichment.publish.base import BaseMoved
    from enrichment.runs.run import Run
    from enrichment.stages.night import run_night

    before = Run.at(run_uri).marker("publish", "all")
    kind = "null" if json else "rich" if sys.stderr.isatty() else "log"
    try:
        run_night(run_uri, lambda: open_progress(kind))
    except BaseMoved:
        # To go on with this run would end here again; the error says the way out.
        raise
    except (Exception, KeyboardInterrupt):
        console(stderr=True).print(f"To go on: enrich resume {run_uri}", markup=False)
        raise
    night = summary(run_uri)
    if json:
        say_json(night.to_json())
    else:
        show_night(night)
        if before is not None and before == Run.at(run_uri).marker("publish", "all"):
            console().print("the same inputs were published before: nothing was done again")
    failed = [v.vendor for v in night.vendors if v.state == "failed"]
    if failed:
        console(stderr=True).print(
            f"could not be read: {plain(', '.join(failed))}; `enrich report` says why", markup=False
        )
        raise typer.Exit(EXIT_ROWS_REFUSED)
    if night.refused_share > max_refused:
        console(stderr=True).print(f"{night.refused_share:.1%} of the rows were refused; allowed: {max_refused:.1%}")
        raise typer.Exit(EXIT_ROWS_REFUSED)

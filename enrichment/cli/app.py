"""The `enrich` command: one file a command group, wired here.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done but a vendor or more rows than allowed were refused, 4 ready but
unusual (waits for `enrich approve`), 75 try again later.
"""

from __future__ import annotations

import logging
import sys
from typing import Annotated

import typer

from enrichment.cli import (
    evaluate,
    export,
    labels,
    models,
    report,
    review,
    run,
    sample,
    taxonomy,
    train,
    vendors,
    vocabulary,
)
from enrichment.cli.exit_codes import EXIT_FAILED, EXIT_TRY_LATER, EXIT_USAGE, EXIT_WAITS
from enrichment.cli.output import console, plain
from enrichment.stores.space import told
from schemas.errors import ApprovalNeeded, EnrichError, Transient, UsageError

app = typer.Typer(
    name="enrich",
    help="Nightly catalogue enrichment: from vendor drops to a published, reviewed hierarchy.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def main(verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what every stage does.")] = False) -> None:
    """Set up logging for every command."""
    level = logging.INFO if verbose else logging.WARNING
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    # Progress is for whoever waits, also where standard error is no terminal.
    logging.getLogger("enrichment.progress").setLevel(logging.INFO)


for commands in (run, sample, report, evaluate, export):
    commands.register(app)
for name, group in (
    ("train", train.app),
    ("models", models.app),
    ("labels", labels.app),
    ("vendors", vendors.app),
    ("vocabulary", vocabulary.app),
    ("taxonomy", taxonomy.app),
    ("review", review.app),
):
    app.add_typer(group, name=name)


def entry() -> None:
    """Run the command line and turn the project's errors into exit codes."""
    try:
        app()
    except UsageError as error:
        _complain(error, EXIT_USAGE)
    except ApprovalNeeded as error:
        _complain(error, EXIT_WAITS)
    except Transient as error:
        _complain(error, EXIT_TRY_LATER)
    except EnrichError as error:
        _complain(error, EXIT_FAILED)
    except OSError as error:
        # Where a command writes beside the store: a disk that is full or may not be written is no fault of the code.
        refusal = told(error)
        if refusal is None:
            raise
        _complain(refusal, EXIT_TRY_LATER if isinstance(refusal, Transient) else EXIT_USAGE)


def _complain(error: EnrichError, code: int) -> None:
    told = plain(f"{type(error).__name__}: {error}")
    console(stderr=True).print(told, style="bold red", markup=False, highlight=False)
    sys.exit(code)

"""Run all stages of a night in this process: the same calls that the DAG makes, in order.

A vendor whose drop cannot be read stops alone; anything else that is ``Terminal`` stops the night. SIGTERM
finishes the shard at hand and stops; what is done stays done.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from enrichment.progress.port import Progress
from enrichment.stages.steps import STEPS, Step, run, shards
from schemas.errors import DropError, Terminal, Transient
from schemas.records import StageReport

log = logging.getLogger(__name__)
RETRIES = 3
FIRST_PAUSE_SECONDS = 2.0


class Stopped(Terminal, InterruptedError):
    """The run was asked to stop between two shards; run it again to go on."""


def run_night(run_uri: str, progress: Callable[[], Progress]) -> dict[str, list[StageReport]]:
    """Run every stage of ``run_uri`` and return the reports by stage; finished shards are not run again.

    Raises:
        Stopped: SIGTERM came.
        Transient: a shard failed four times in a row.
        Terminal: a shard cannot be done, for another reason than a broken drop.

    """
    reports: dict[str, list[StageReport]] = {}
    with _stop_on_sigterm() as stopping:
        for step in STEPS.values():
            todo = shards(step.name, run_uri)
            with progress() as bar:
                bar.start(len(todo), step.name)
                reports[step.name] = [
                    r for shard in todo if (r := _one(step, run_uri, shard, bar, stopping)) is not None
                ]
    return reports


def _one(step: Step, run_uri: str, shard: str, bar: Progress, stopping: threading.Event) -> StageReport | None:
    if stopping.is_set():
        raise Stopped(f"stopped before {step.name}/{shard}. `enrich resume {run_uri}` goes on from here.")
    try:
        report = _with_retries(step.name, run_uri, shard)
    except DropError as error:
        log.error("vendor %s stops here, the others go on: %s", shard, error)
        bar.advance(1, failed=1)
        return None
    bar.advance(1)
    return report


def _with_retries(stage: str, run_uri: str, shard: str) -> StageReport:
    for attempt in range(RETRIES):
        try:
            return run(stage, run_uri, shard)
        except Transient as error:
            pause = FIRST_PAUSE_SECONDS * 2**attempt
            log.warning("%s/%s: %s; trying again in %.0f s", stage, shard, error, pause)
            time.sleep(pause)
    return run(stage, run_uri, shard)


@contextmanager
def _stop_on_sigterm() -> Iterator[threading.Event]:
    """Set the event on the first SIGTERM and restore the default, so that a second one ends the process."""
    stopping = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stopping
        return

    def ask(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    before = signal.signal(signal.SIGTERM, ask)
    try:
        yield stopping
    finally:
        signal.signal(signal.SIGTERM, before)

"""Shards in batches: what one process works through, so that it loads libraries and models once for all of them."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from enrichment.progress.log import LogProgress
from enrichment.stages.steps import run
from enrichment.stores.space import DiskFull
from schemas.errors import Terminal, Transient
from schemas.records import StageReport, bounded

log = logging.getLogger(__name__)


def batches(names: Sequence[str], most: int) -> list[list[str]]:
    """Deal ``names`` out to ``most`` batches or fewer, whose sizes differ by one at most; none is empty.

    Neighbours, the full shards of one large vendor, go to different batches.

    >>> batches(["a-0000", "a-0001", "b-0000"], most=2)
    [['a-0000', 'b-0000'], ['a-0001']]
    """
    count = min(len(names), most)
    return [list(names[n::count]) for n in range(count)]


def run_batch(stage: str, run_uri: str, batch: Sequence[str]) -> list[StageReport]:
    """Run the shards of a batch one after the other and return their reports; finished ones are not run again.

    A shard that fails stops no other: what failed is told at the end. A full disk alone ends the batch at once, for
    the others could not be written either.

    Raises:
        DiskFull: make room; nothing of the shard at hand was committed.
        Transient: several shards failed, at least one of which may succeed on another try.
        Terminal: several shards failed, and none of them will succeed.
        Exception: one shard failed, with this.

    """
    reports: list[StageReport] = []
    failed: dict[str, Exception] = {}
    with LogProgress() as bar:
        bar.start(len(batch), stage)
        for shard in batch:
            try:
                reports.append(run(stage, run_uri, shard))
            except DiskFull:
                raise
            except Exception as error:
                log.exception("%s/%s failed", stage, shard)
                failed[shard] = error
            bar.advance(1, failed=int(shard in failed))
    if failed:
        raise _told(stage, failed, len(batch))
    return reports


def _told(stage: str, failed: dict[str, Exception], of: int) -> Exception:
    """Return the one error there is, or one that names them all and is tried again where any of them would be."""
    first, *others = failed.values()
    if not others:
        return first
    kind = Terminal if all(isinstance(error, Terminal) for error in failed.values()) else Transient
    each = "; ".join(f"{shard}: {type(error).__name__}: {bounded(str(error))}" for shard, error in failed.items())
    return kind(f"{stage}: {len(failed)} of {of} shards failed: {each}")

"""Work time of a second night against the first: ``python -m tests.bench.bench_nights --drops DROPS``.

One process: a warm-up night on a scratch store first, so that starting Python and loading models and libraries count
for no night. Prints seconds by stage for each night, and the second night's share of the first.
"""

from __future__ import annotations

import argparse
import logging
import resource
import sys
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from enrichment.config import Settings
from enrichment.stages.plan import plan_night
from enrichment.stages.steps import STEPS, run, shards


def work(night: date, settings: Settings) -> dict[str, float]:
    """Run one night and return seconds by stage."""
    uri = plan_night(night, settings)
    taken = {}
    for name in STEPS:
        start = time.perf_counter()
        for shard in shards(name, uri):
            run(name, uri, shard)
        taken[name] = time.perf_counter() - start
    return taken


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--drops", type=Path, required=True)
    parser.add_argument("--vendors", help="folder of vendor declarations; for drawn drops DROPS/vendors")
    parser.add_argument("--nights", default="2026-11-17,2026-11-18,2026-11-19")
    options = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    nights = [date.fromisoformat(text) for text in options.nights.split(",")]
    with TemporaryDirectory() as scratch:
        warm, settings = (
            Settings.from_env(store=f"{scratch}/{name}", drops=str(options.drops), vendors=options.vendors)
            for name in ("warm", "nights")
        )
        work(nights[-1], warm)
        first = 0.0
        for night in nights:
            taken = work(night, settings)
            total = sum(taken.values())
            first = first or total
            stages = "  ".join(f"{name} {seconds:.1f}" for name, seconds in taken.items())
            sys.stdout.write(f"{night}  {total:6.1f} s  {total / first:5.1%} of the first   {stages}\n")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    sys.stdout.write(f"peak memory of the process {peak:.2f} GiB\n")


if __name__ == "__main__":
    main()

"""Annoy beside exact numpy search, in one process on the same queries.

Run ``python -m tests.bench.bench_index --items 20000 --dimensions 128``; it prints one JSON object: build seconds,
median milliseconds a query of both (interleaved, so that a busy machine slows both), their ratio, recall@10.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enrichment.index.build import build_bundle
from enrichment.index.exact import ExactIndex
from enrichment.index.forest import ForestIndex
from enrichment.index.settings import RECALL_K
from tests.index.clouds import cloud, keys, shas


def bench(items: int, dimensions: int, queries: int) -> dict[str, Any]:
    """Build one bundle, ask both indexes the same ``queries`` and return the medians."""
    drawn = cloud(items + queries, dimensions)
    vectors, asked = drawn[:items], drawn[items:]
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        info = build_bundle(vectors, keys(items), shas(items), "bench", Path(folder), "bench")
        built = time.perf_counter() - start
        forest, exact = ForestIndex(Path(folder) / "forest.ann", dimensions, info.search_k), ExactIndex(vectors)
        taken: dict[str, list[float]] = {"forest": [], "exact": []}
        for query in asked:
            taken["forest"].append(_milliseconds(forest.nearest, query))
            taken["exact"].append(_milliseconds(exact.nearest, query))
        size = (Path(folder) / "forest.ann").stat().st_size
    medians = {name: statistics.median(values) for name, values in taken.items()}
    return {
        "items": items,
        "dimensions": dimensions,
        "queries": queries,
        "build_seconds": round(built, 2),
        "forest_megabytes": round(size / 1e6, 1),
        "trees": info.trees,
        "search_k": info.search_k,
        "recall_at_10": round(info.recall, 4),
        "forest_ms": round(medians["forest"], 3),
        "exact_ms": round(medians["exact"], 3),
        "ratio": round(medians["exact"] / medians["forest"], 1),
    }


def _milliseconds(
    nearest: Callable[[NDArray[np.float32], int], list[tuple[int, float]]], query: NDArray[np.float32]
) -> float:
    start = time.perf_counter()
    nearest(query, RECALL_K)
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    """Read the sizes from the command line and write one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--dimensions", type=int, default=128)
    parser.add_argument("--queries", type=int, default=200)
    given = parser.parse_args()
    sys.stdout.write(json.dumps(bench(given.items, given.dimensions, given.queries), indent=1) + "\n")


if __name__ == "__main__":
    main()

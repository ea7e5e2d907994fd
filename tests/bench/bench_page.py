"""How fast the report's page opens and filters with 50,000 changes, in a real browser.

``python -m tests.bench.bench_page [changes]`` writes the report into a temporary folder, opens it five times and
logs medians: size, time to write, time to the first view, slowest filter.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from enrichment.review.report import write_report
from tests.browser.conftest import _FLAGS, find_chromium
from tests.review.night import make_night

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FILTERS: tuple[dict[str, str], ...] = (
    {"tab": "products"},
    {"search": "linen"},
    {"search": "linen 123"},
    {"search": "women handbags", "vendor": "alpine"},
    {"search": "", "vendor": "", "reason": "def_filled"},
    {"confidence": "under 50 %"},
    {"confidence": "", "reason": "", "decision": "undecided"},
    {"decision": "", "tab": "patterns"},
    {"cause": "model"},
    {"cause": "", "tab": "flows"},
)
_TIMED = "f => { const t = performance.now(); setFilter(f); document.body.offsetHeight; return performance.now() - t; }"


def write_large(folder: Path, changes: int = 50_000) -> dict[str, float]:
    """Write a report of ``changes`` changes; return its size in bytes and the seconds it took."""
    inputs = make_night(changes, changes // 10)
    start = time.perf_counter()
    files = write_report(inputs, folder)
    return {"bytes": files.index.stat().st_size, "seconds": time.perf_counter() - start}


def measure_page(browser: Browser, index: Path) -> dict[str, Any]:
    """Return seconds to the first view, and to the slowest filter with the filter's name."""
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    start = time.perf_counter()
    page.goto(index.as_uri(), wait_until="commit")
    page.wait_for_selector("body.ready .item")
    view = time.perf_counter() - start
    times = {str(change): page.evaluate(_TIMED, change) / 1000 for change in FILTERS}
    page.close()
    slowest = max(times, key=lambda name: times[name])
    return {"view": view, "filter": times[slowest], "slowest": slowest}


def main() -> None:
    """Measure and log."""
    from playwright.sync_api import sync_playwright

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    changes = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        written = write_large(Path(folder), changes)
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=_FLAGS)
        runs = [measure_page(browser, Path(folder) / "index.html") for _ in range(5)]
        browser.close()
    logging.info("%d changes: %d bytes, written in %.1f s", changes, written["bytes"], written["seconds"])
    logging.info(
        "first view %.2f s, slowest filter %.3f s", *(median(run[n] for run in runs) for n in ("view", "filter"))
    )
    logging.info("slowest: %s", runs[0]["slowest"])


if __name__ == "__main__":
    main()

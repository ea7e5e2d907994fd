from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import pytest

from enrichment.review.report import PAGE_LIMIT
from tests.bench.bench_page import measure_page, write_large

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.mark.browser
@pytest.mark.slow
def test_fifty_thousand_changes_open_and_filter_at_once(browser: Browser, tmp_path: Path) -> None:
    assert write_large(tmp_path)["bytes"] <= PAGE_LIMIT
    runs = [measure_page(browser, tmp_path / "index.html") for _ in range(3)]
    assert median(run["view"] for run in runs) < 2.0
    assert median(run["filter"] for run in runs) < 0.3

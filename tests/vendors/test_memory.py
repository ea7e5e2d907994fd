"""A drop streams: what is held at once does not grow with the file."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from enrichment.vendors.read import read_drop
from tests.vendors import golden

ROWS = 5_000
WORDS = "long words of a description " * 150


@pytest.mark.parametrize("grouped", [False, True], ids=["rows", "styles"])
@pytest.mark.parametrize("form", ["csv", "jsonl", "json", "xml"])
def test_peak_is_far_below_the_file(tmp_path: Path, form: str, grouped: bool) -> None:
    rows = [[f"A-{n // 3 if grouped else n}-{n % 3}", "n", f"{WORDS}{n}", "", "", "", "", ""] for n in range(ROWS)]
    more = {"style": {"pattern": "^(?P<style>.+)-[^-]+$"}} if grouped else {}
    declared = golden.spec(form, **more)
    size = golden.put(tmp_path, declared, golden.WRITERS[form]([golden.HEADER, *rows])).stat().st_size
    del rows
    tracemalloc.start()
    try:
        rows_in = sum(batch.rows_in for batch in read_drop(declared, tmp_path, golden.NIGHT, batch=100))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert rows_in == ROWS
    assert size > 20_000_000
    assert peak < size / 2

"""`enrich export`: nothing that a product's category lacks is written, and what is left out is said."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from enrichment.cli.app import app
from enrichment.stores.space import DiskFull

RUNNER = CliRunner()
COLOUR = "gid://shopify/TaxonomyAttribute/1"
ROWS = [
    {"vendor": "v", "sku": "1", "attr_article_type": "Tshirts", "attr_colour": "blue|rust", "attr_occasion": "casual"},
    {"vendor": "v", "sku": "2", "attr_article_type": "Dresses", "attr_colour": None, "attr_occasion": "party"},
    {"vendor": "v", "sku": "3", "attr_article_type": None, "attr_colour": "red", "attr_occasion": None},
]  # fmt: skip


@pytest.fixture(autouse=True)
def _published(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enrichment.desk.export.latest", lambda store: None)
    monkeypatch.setattr("enrichment.desk.export.read_table", lambda store, run, name: pa.Table.from_pylist(ROWS))


def test_what_a_category_lacks_is_left_out_counted_and_said(tmp_path: Path) -> None:
    out = tmp_path / "out" / "shopify.parquet"
    done = RUNNER.invoke(app, ["export", str(out), "--store", str(tmp_path)])
    assert done.exit_code == 0, done.output
    told = " ".join(done.output.split())
    assert "3 products, 2 with a shopify category" in told
    assert "left out, as the product has no category with such an attribute: occasion 1, colour 1" in told
    assert "left out, as shopify has no such value: colour 1" in told
    rows = pq.read_table(out).to_pylist()
    assert [row["sku"] for row in rows] == ["1", "2", "3"]
    assert [row[COLOUR] for row in rows] == ["gid://shopify/TaxonomyValue/2", None, None]
    assert [row["gid://shopify/TaxonomyAttribute/3244"] for row in rows] == [
        None, "gid://shopify/TaxonomyValue/24723", None,
    ]  # fmt: skip


def test_machines_are_told_the_same(tmp_path: Path) -> None:
    out = tmp_path / "google.parquet"
    done = RUNNER.invoke(app, ["export", str(out), "--taxonomy", "google", "--store", str(tmp_path), "--json"])
    assert json.loads(done.output) == {
        "products": 3,
        "with_category": 2,
        "left_out": {"no_attribute": {}, "no_value": {}},
        "written": str(out),
    }


def test_a_folder_is_no_file_to_write(tmp_path: Path) -> None:
    done = RUNNER.invoke(app, ["export", str(tmp_path), "--store", str(tmp_path)])
    assert done.exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_fails_leaves_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "shopify.parquet"
    assert RUNNER.invoke(app, ["export", str(out), "--store", str(tmp_path)]).exit_code == 0
    before = out.read_bytes()

    def half(table: pa.Table, file: Any) -> None:
        file.write(b"PAR1")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("enrichment.desk.export.pq.write_table", half)
    assert isinstance(RUNNER.invoke(app, ["export", str(out), "--store", str(tmp_path)]).exception, DiskFull)
    assert (out.read_bytes(), list(tmp_path.iterdir())) == (before, [out])

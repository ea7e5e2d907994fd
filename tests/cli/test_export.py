"""`enrich export`: nothing that a product's category lacks is written, and what is left out is said."""

from __future__ import annotations

import errno
import json
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from enrichment.cli.app import app, entry
from enrichment.stores.space import DiskFull
from schemas.errors import UsageError

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


@pytest.mark.parametrize("name", ["x.csv", "x.tsv", "x.xlsx", "x.json", "x.parquet.gz", "x"])
def test_a_name_of_another_format_is_refused_and_nothing_written(tmp_path: Path, name: str) -> None:
    wrong = RUNNER.invoke(app, ["export", str(tmp_path / name), "--store", str(tmp_path)]).exception
    assert isinstance(wrong, UsageError)
    assert f"export file {name!r}: ending" in str(wrong)
    assert "allowed: .parquet. Name it x" in str(wrong)
    assert list(tmp_path.iterdir()) == []


def test_a_place_where_no_file_can_be_is_told_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = "/proc/x.parquet"
    monkeypatch.setattr(sys, "argv", ["enrich", "export", out, "--store", str(tmp_path)])
    with pytest.raises(SystemExit) as stopped:
        entry()
    assert stopped.value.code == 2
    told = capsys.readouterr().err
    assert f"local file {out}: No such file or directory. Name another place." in told
    assert told.count("\n") == 1

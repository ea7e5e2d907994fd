"""`enrich evaluate --truth`: what is said of truths that the run's own hierarchy does not know."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from enrichment.cli.app import app
from enrichment.publish.commit import publish
from enrichment.stages.hierarchy import hierarchy_json
from enrichment.stores.local import LocalStore
from schemas.taxonomy_spec import taxonomy
from tests.cli.conftest import RUN_ID, PublishedNight
from tests.publish.catalogue import catalogue, facts

RUNNER = CliRunner()
OLD = ("Women", "Clothing", "Dresses", "Dresses")


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    about = {"night": "2026-11-17", "filing": "right", "image_group": "dress", "article_type": "Dresses"}
    levels = dict(zip(("division", "department", "class", "subclass"), OLD, strict=True))
    products = catalogue(6)["products"].select(["vendor", "sku"]).to_pylist()
    table = pa.Table.from_pylist([{**row, **about, "colour": "Red", **levels} for row in products])
    pq.write_table(table, tmp_path / "truth.parquet")
    return tmp_path / "truth.parquet"


def _evaluate(store: Path, truth: Path, *more: str) -> str:
    result = RUNNER.invoke(app, ["evaluate", "--truth", str(truth), "--store", str(store), *more])
    assert result.exit_code == 0
    return result.output


@pytest.mark.parametrize(("title", "rows"), [("Dresses", 0), ("Frocks", 6)])
def test_truths_with_a_name_of_before_are_told(tmp_path: Path, truth: Path, title: str, rows: int) -> None:
    written = hierarchy_json(taxonomy()).replace('"name":"Dresses","synonyms"', f'"name":"{title}","synonyms"')
    (tmp_path / "taxonomy.json").write_text(written, encoding="utf-8")
    store = LocalStore(tmp_path / "renamed")
    publish(store, facts(RUN_ID), catalogue(6), {"report/taxonomy.json": tmp_path / "taxonomy.json"})
    told = json.loads(_evaluate(tmp_path / "renamed", truth, "--json"))["unknown_paths"]
    assert (told["rows"], told["of"]) == (rows, 6)
    assert told["examples"] == ([{"path": " / ".join(OLD), "rows": 6}] if rows else [])
    assert ("6 of 6 truths have a path" in _evaluate(tmp_path / "renamed", truth)) == bool(rows)


def test_a_run_that_does_not_say_its_hierarchy_is_scored_as_ever(published: PublishedNight, truth: Path) -> None:
    assert json.loads(_evaluate(published.store, truth, "--json"))["unknown_paths"] is None
    assert "notice" not in _evaluate(published.store, truth)

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from enrichment.cli.app import app
from enrichment.desk.mine_labels import mine_labels
from enrichment.progress.list import ListProgress
from enrichment.runs.parquet import from_parquet
from enrichment.vision.weak_labels import read_claims
from schemas import tables

_TITLES = {
    "Acme Men Striped Blue Polo Tshirt": "top",
    "Acme Women Solid V-Neck Black Top": "top",
    "Acme Men Striped and Checked Shirt": "top",
    "Acme Women Sleeveless Red Dress": "dress",
    "Acme Men Black Dial Watch": "watch",
    "": "bag",
}


@pytest.fixture
def products(tmp_path: Path) -> Path:
    rows = [
        {
            "id": at,
            "title": title,
            "gender": "Men",
            "article_type": "",
            "colour": "Blue",
            "season": "",
            "usage": "",
            "image_group": group,
            "cluster": at,
            "image": b"",
        }
        for at, (title, group) in enumerate(_TITLES.items())
    ]
    pd.DataFrame(rows).to_parquet(tmp_path / "products.parquet")
    return tmp_path / "products.parquet"


def test_titles_become_claims_and_claims_weak_labels(products: Path, tmp_path: Path) -> None:
    progress = ListProgress()
    found = mine_labels({"products": products}, tmp_path / "new" / "claims.parquet", progress)
    assert found == {"pattern": 2, "collar": 1, "neckline": 1, "sleeve_length": 1}
    table = from_parquet(tmp_path / "new" / "claims.parquet")
    assert table.schema.equals(tables.CLAIMS)
    assert set(table.column("vendor").to_pylist()) == {"products"}
    said = read_claims(tmp_path / "new" / "claims.parquet")
    assert ("collar", "polo") in {(attribute, value) for attribute, value, _ in said["products", "0"]}
    assert ("products", "5") not in said, "a row without words claims nothing"
    assert progress.steps[-1].done == 5


def test_no_file_of_another_name_is_touched(products: Path, tmp_path: Path) -> None:
    (tmp_path / "claims.parquet.part").write_text("somebody's")
    before = set(tmp_path.iterdir())
    mine_labels({"products": products}, tmp_path / "claims.parquet", ListProgress())
    assert (tmp_path / "claims.parquet.part").read_text() == "somebody's"
    assert set(tmp_path.iterdir()) - before == {tmp_path / "claims.parquet"}


def test_the_command_writes_the_table_and_counts(products: Path, tmp_path: Path) -> None:
    out = tmp_path / "claims.parquet"
    result = CliRunner().invoke(
        app, ["labels", "mine", "--source", f"products={products}", "--out", str(out), "--json"]
    )
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["weak_labels"]["pattern"] == 2
    assert out.is_file()

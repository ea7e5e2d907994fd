from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from enrichment.models.version import Kind, open_version
from enrichment.progress.null import NullProgress
from enrichment.runs.parquet import to_parquet
from enrichment.stages.rows import claims_table
from enrichment.vision.evaluate import evaluate, table
from enrichment.vision.frame import Frame
from enrichment.vision.settings import TrainSettings
from enrichment.vision.train import train_group, weak_heads
from enrichment.vision.training_rows import read_rows
from enrichment.vision.training_set import training_set
from enrichment.vision.weak_labels import claims_by_row, read_claims, weak_labels, weakly_labelled
from schemas.errors import UsageError
from schemas.records import AttributeClaim, Evidence, EvidenceKind, Source
from tests.vision.conftest import TINY


def _claim(key: str, attribute: str, value: str, confidence: float = 1.0, source: str = "products") -> AttributeClaim:
    evidence = Evidence(EvidenceKind.SPAN, "name", 0, 3, "abc")
    return AttributeClaim(source, key, attribute, value, Source.TEXT, "test@1", confidence, evidence)


@pytest.fixture(scope="module")
def claims(products: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bags are striped or checked, hats solid; one row contradicts itself, one claim is unsure, one is a stranger's."""
    made = []
    for row in read_rows("products", products):
        if row.labels["image_group"] != "shoes":
            made.append(_claim(row.key, "pattern", "striped" if int(row.key) % 2 else "checked"))
        made.append(_claim(row.key, "colour", "green"))
    made += [_claim("0", "pattern", "floral"), _claim("3", "pattern", "solid", 0.5)]
    made += [_claim("1", "pattern", "striped", source="elsewhere")]
    path = tmp_path_factory.mktemp("claims") / "claims.parquet"
    path.write_bytes(to_parquet(claims_table(made)))
    return path


def test_sure_claims_that_agree_become_labels() -> None:
    sure = [("pattern", "striped", 0.95), ("pattern", "striped", 0.9), ("neckline", "v_neck", 0.89)]
    assert weak_labels(sure, "top") == {"pattern": "striped"}
    assert weak_labels([*sure, ("pattern", "solid", 0.9)], "top") == {}
    assert weak_labels([*sure, ("pattern", "solid", 0.4)], "top") == {"pattern": "striped"}


def test_only_declared_values_of_declared_groups_and_attributes_are_taken() -> None:
    assert weak_labels([("neckline", "round", 1.0)], "shoes") == {}
    assert weak_labels([("neckline", "trapezoid", 1.0)], "top") == {}
    assert weak_labels([("material", "cotton", 1.0)], "top") == {}
    assert weak_labels([("pattern", "solid", 1.0)], "") == {}


def test_rows_keep_their_own_labels(products: Path, claims: Path) -> None:
    before = read_rows("products", products)
    rows = {row.key: row for row in weakly_labelled(before, read_claims(claims))}
    old = {row.key: row for row in before}
    assert "pattern" not in rows["0"].labels, "two values cancel out"
    assert rows["3"].labels["pattern"] == "striped"
    assert rows["3"].weak == {"pattern"}
    assert all(row.labels["colour"] == old[key].labels["colour"] for key, row in rows.items())
    assert weak_heads(list(rows.values())) == {"pattern"}
    untouched = [row for row in rows.values() if row.labels["image_group"] == "shoes"]
    assert all(row is old[row.key] for row in untouched)


def test_weak_labels_are_learned_measured_and_told(products: Path, claims: Path, tmp_path: Path) -> None:
    settings = TrainSettings(
        {"products": products},
        tmp_path,
        tmp_path / "work",
        TINY,
        hub=False,
        epochs=1,
        epoch_pictures=32,
        batch=16,
        side=32,
        serve_side=40,
        threads=1,
        claims=claims,
    )
    folder = train_group(settings, NullProgress())
    metrics = json.loads((folder / "metrics.json").read_text())
    assert metrics["weak_labels"]["pattern"] > 50
    assert metrics["settings"]["claims"] == claims.name
    assert "Weak labels among them: pattern" in (folder / "README.md").read_text()
    version = open_version(folder, Kind.VISION)
    said = read_claims(claims)
    figures = evaluate(version, {"products": products}, None, 1, NullProgress(), said)
    heads = figures["splits"]["products/test_cluster"]
    assert heads["pattern"]["weak"] == heads["pattern"]["n"] > 0
    assert heads["colour"]["weak"] == 0
    assert {name for _, name, *_ in table(figures) if "weak" in name} == {"pattern (weak labels)"}
    blind = evaluate(version, {"products": products}, None, 1, NullProgress())
    assert "pattern" not in blind["splits"]["products/test_cluster"]


def test_strange_claims_are_refused(products: Path, claims: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file"):
        read_claims(tmp_path / "none.parquet")
    with pytest.raises(UsageError, match="columns"):
        read_claims(products)
    other = tmp_path / "other.parquet"
    other.write_bytes(to_parquet(claims_table([_claim("1", "pattern", "striped", source="elsewhere")])))
    settings = TrainSettings({"products": products}, tmp_path, tmp_path / "work", TINY, serve_side=40, claims=other)
    with pytest.raises(UsageError, match="none is about"):
        training_set(settings, Frame(40), NullProgress())
    assert len(training_set(dataclasses.replace(settings, claims=None), Frame(40), NullProgress()).rows) == 240


def test_claims_of_a_table_are_kept_by_row() -> None:
    found = claims_by_row(claims_table([_claim("7", "pattern", "solid", 0.5), _claim("7", "colour", "red")]))
    assert found["products", "7"] == [("pattern", "solid", 0.5), ("colour", "red", 1.0)]

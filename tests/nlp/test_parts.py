"""Training the text parts measures them on brands and spellings that were held out."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nlp.catalog import STARTER
from nlp.extractors.whole_text import WholeText
from nlp.training.corpus import Example, fold
from nlp.training.held_out_brands import Share, shares
from nlp.training.parts import train_parts
from schemas.attribute_spec import attributes
from schemas.records import AttributeClaim, Evidence, EvidenceKind, Source

BRANDS = [f"Brand{letter}" for letter in "abcdefghijklmnopqrst"]
PARTS = {".json", ".npz", ".bin"}
KINDS = [("Shirts", "Shirt", "Casual"), ("Watches", "Watch", "Party"), ("Jeans", "Jeans", "Sports")]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Invented products whose names and descriptions hold the declared colours, patterns and fits."""
    declared = attributes()
    words = [v.spellings[0] for a in ("colour", "pattern", "fit") for v in declared.get(a).values]
    names, texts = [], []
    for at in range(360):
        article, noun, usage = KINDS[at % 3]
        brand, gender = BRANDS[at % len(BRANDS)], ("Men", "Women")[at // 3 % 2]
        title = f"{brand} {gender} {words[at % len(words)]} {noun}"
        row = {"id": at, "title": title, "gender": gender}
        names.append(row | {"article_type": article, "usage": usage})
        said = f"A {words[at * 7 % len(words)]} {noun} in {words[at * 5 % len(words)]} for every day."
        texts.append(row | {"brand": brand, "description": said})
    for folder, rows in (("fashion-products", names), ("descriptions", texts)):
        (tmp_path / folder).mkdir()
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / folder / "train.parquet")
    return tmp_path


@pytest.mark.slow
def test_training_measures_what_a_successor_must_reach(data: Path) -> None:
    train_parts(data, data / "out")
    figures = json.loads((data / "out" / "metrics.json").read_text(encoding="utf-8"))
    assert set(figures["gates"]) == {"article_type", "gender", "occasion", "held_out_spellings"}
    assert all(0.0 <= value <= 1.0 for value in figures["gates"].values())
    held = sum(fold(BRANDS[at % len(BRANDS)].lower()) == 0 for at in range(360))
    assert figures["heads"]["article_type"]["rows"] == held > 0
    assert figures["gates"]["article_type"] > 0.9
    assert {p.name for p in (data / "out").iterdir()} == {p.name for p in STARTER.iterdir() if p.suffix in PARTS}


def _claim(attribute: str, value: str, extractor: str = WholeText.name) -> AttributeClaim:
    evidence = Evidence(EvidenceKind.SPAN, "name", 0, 1, "x")
    return AttributeClaim("v", "1", attribute, value, Source.TEXT, f"{extractor}@1", 0.9, evidence)


def test_only_a_right_claim_of_the_linear_models_counts() -> None:
    asked = [Example(str(at), "b", "n", article_type="Shirts", gender="men") for at in range(4)]
    claims = [
        [_claim("article_type", "Shirts"), _claim("gender", "women")],
        [_claim("article_type", "Jeans")],
        [_claim("article_type", "Shirts", "articles")],
        [],
    ]
    assert shares(asked, claims) == {
        "article_type": Share(4, 0.5, 0.25),
        "gender": Share(4, 0.25, 0.0),
        "occasion": Share(0, 0.0, 0.0),
    }


def test_the_starter_was_measured() -> None:
    figures = json.loads((STARTER / "metrics.json").read_text(encoding="utf-8"))
    right = {name: share["right"] for name, share in figures["heads"].items()}
    assert figures["gates"] == right | {"held_out_spellings": figures["held_out_spellings"]["found"]}

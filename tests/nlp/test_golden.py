"""The labelled sample: products read by a person, on brands that no training saw, and texts that must say nothing."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from nlp.catalog import ProductText, TextReader
from schemas.attribute_spec import attributes
from tests.nlp.conftest import SHARED, said

GOLDEN = Path(__file__).parents[1] / "golden"
ONE = ("article_type", "image_group", "gender", "age_group")


def _lines(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (GOLDEN / name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("sample", "least", "share"),
    [
        ("nothing.jsonl", 150, 0.97),
        ("nothing_fresh.jsonl", 40, 0.9),
        ("nothing_new.jsonl", 40, 0.97),
        ("nothing_last.jsonl", 30, 0.8),
    ],
)
def test_texts_that_must_say_nothing_say_nothing(reader: TextReader, sample: str, least: int, share: float) -> None:
    cases = _lines(sample)
    assert len(cases) >= least
    wrong = []
    for case in cases:
        field, text = str(case["field"]), str(case["text"])
        found = said(reader, **{field: text})
        never = case["never"]
        assert isinstance(never, list)
        if any("*" in never or a in never or f"{a}={v}" in never for a, v in found):
            wrong.append((text, found))
    assert len(cases) - len(wrong) >= share * len(cases), wrong[:5]


@pytest.mark.parametrize("sample", ["products.jsonl", "fresh.jsonl"])
def test_the_labelled_sample_is_read_well(reader: TextReader, sample: str) -> None:
    path = SHARED / "data" / "descriptions" / "train.parquet"
    if not path.exists():
        pytest.skip("the shared descriptions are not here")
    import pyarrow.parquet as pq

    rows = {r["id"]: r for r in pq.read_table(path, columns=["id", "title", "description"]).to_pylist()}
    right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    for line in _lines(sample):
        labels, also = ({tuple(p) for p in line[k]} for k in ("labels", "also"))  # type: ignore[attr-defined]
        row = rows[str(line["id"])]
        found = _decided(reader, row["title"], row["description"])
        right.update(a for a, _ in found & labels)
        wrong.update(a for a, _ in found - labels - also)
        missed.update(a for a, _ in labels - found)
    precision = right.total() / (right.total() + wrong.total())
    recall = right.total() / (right.total() + missed.total())
    assert precision >= 0.95
    assert recall >= 0.85
    for name, hits in right.items():
        if hits + missed[name] >= 20:
            assert 2 * hits / (2 * hits + wrong[name] + missed[name]) >= 0.75, name


def test_every_label_is_declared() -> None:
    declared = {a.name: a for a in attributes().attributes}
    for line in _lines("products.jsonl") + _lines("fresh.jsonl"):
        for name, value in line["labels"]:  # type: ignore[attr-defined]
            attribute = declared[name]
            assert not attribute.values or value in {v.name for v in attribute.values}


def _decided(reader: TextReader, name: str, description: str) -> set[tuple[str, str]]:
    """Several claims of an attribute that has one answer: the surest one counts."""
    claims = reader.read([ProductText("v", "1", name, description)])[0]
    least = {a.name: a.threshold for a in attributes().attributes}
    best: dict[tuple[str, str], float] = {}
    for claim in claims:
        if claim.confidence >= least[claim.attribute]:
            key = (claim.attribute, claim.value)
            best[key] = max(best.get(key, 0.0), claim.confidence)
    for name_ in ONE:
        rivals = sorted((k for k in best if k[0] == name_), key=lambda k: -best[k])
        for rival in rivals[1:]:
            del best[rival]
    return set(best)

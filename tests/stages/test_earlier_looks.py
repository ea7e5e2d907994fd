from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from enrichment.models.version import Kind, ModelVersion
from enrichment.stages import earlier_looks as room
from enrichment.stages.earlier_looks import Seen, earlier_looks, producer_of, to_look_at
from schemas import tables

ONE, TWO, THREE = ("1" * 64, "2" * 64, "3" * 64)
MODEL = ModelVersion(Kind.VISION, "look", "v1", Path(), "ab" * 32)


def vector(at):
    return np.eye(4, dtype=np.float32)[at]


def claim(sku, sha, attribute="image_group", value="dress", confidence=0.75, **other):
    said = {"vendor": "acme", "sku": sku, "attribute": attribute, "value": value, "confidence": confidence}
    return said | {"source": "image", "producer": "look@1", "evidence_kind": "image", "evidence_field": sha} | other


@pytest.fixture
def published(monkeypatch):
    """Let claims and embeddings, as (sku, sha256, vector), be those of the base."""

    def publish(claims, embeddings):
        said = pa.Table.from_pylist(claims, schema=tables.JUDGED_CLAIMS)
        rows = [{"vendor": "acme", "sku": s, "sha256": h, "group": "dress", "vector": v} for s, h, v in embeddings]
        kept = pa.Table.from_pylist(rows, schema=tables.embeddings(4))
        monkeypatch.setattr(room, "base_table", lambda _, __, where, columns: said.filter(where).select(columns))
        monkeypatch.setattr(room, "base_embeddings", lambda _, where: kept.filter(where))

    return publish


def test_what_the_same_version_said_of_the_same_picture_is_found(published):
    published(
        [claim("A", ONE, "colour", "red", 0.5), claim("A", ONE), claim("B", TWO)], [("A", ONE, vector(0).tolist())]
    )
    seen = earlier_looks(None, "acme", "look@1", [ONE, TWO, THREE])
    assert seen.answers == {
        ONE: [("colour", "red", 0.5), ("image_group", "dress", 0.75)],
        TWO: [("image_group", "dress", 0.75)],
    }
    assert list(seen.vectors) == [ONE]
    np.testing.assert_array_equal(seen.vectors[ONE], vector(0))


@pytest.mark.parametrize(
    "other",
    [{"producer": "look@2"}, {"source": "text"}, {"vendor": "brook"}, {"evidence_field": THREE}],
)
def test_what_somebody_else_said_is_not(published, other):
    published([claim("A", ONE) | other], [("A", ONE, vector(0).tolist())])
    assert earlier_looks(None, "acme", "look@1", [ONE]) == Seen()


def test_vectors_are_not_read_where_every_picture_is_new(published, monkeypatch):
    published([claim("A", ONE)], [])
    monkeypatch.setattr(room, "base_embeddings", lambda *_: pytest.fail("vectors were read"))
    assert earlier_looks(None, "acme", "look@1", [TWO]) == Seen()


def test_all_answers_about_a_picture_are_of_one_product_that_kept_its_embedding(published):
    published(
        [claim("A", ONE, value="dress"), claim("A", ONE, "colour", "red"), claim("B", ONE, value="top")],
        [("B", ONE, vector(1).tolist()), ("A", TWO, vector(2).tolist())],
    )
    seen = earlier_looks(None, "acme", "look@1", [ONE])
    assert seen.answers[ONE] == [("image_group", "top", 0.75)]
    np.testing.assert_array_equal(seen.vectors[ONE], vector(1))


def test_a_product_is_answered_as_a_whole_or_looked_at_as_a_whole():
    seen = Seen({ONE: (), TWO: ()}, {ONE: vector(0)})
    assert to_look_at({"A": [ONE], "B": [ONE, TWO]}, seen) == set()
    assert to_look_at({"A": [ONE, THREE]}, seen) == {ONE, THREE}
    # The embedding is of the first picture, and none was kept of TWO.
    assert to_look_at({"A": [TWO, ONE], "B": [ONE]}, seen) == {ONE, TWO}


def test_of_two_looks_the_newer_counts():
    both = Seen({ONE: ("old",), TWO: ("old",)}, {ONE: vector(0)}) | Seen({ONE: ("new",)}, {ONE: vector(1)})
    assert both.answers == {ONE: ("new",), TWO: ("old",)}
    np.testing.assert_array_equal(both.vectors[ONE], vector(1))


def test_the_producer_names_version_and_code(monkeypatch, tmp_path):
    own = producer_of(MODEL)
    assert own.startswith("look@abababab.")
    assert producer_of(replace(MODEL, hash="cd" * 32)).startswith("look@cdcdcdcd.")
    for name in room._ROOMS:
        (tmp_path / name).mkdir()
    monkeypatch.setattr(room, "_PACKAGE", tmp_path)
    names = []
    for change in ("a.py", "b.yaml", "notes.md"):
        (tmp_path / "vision" / change).write_text(change)
        room._code.cache_clear()
        names.append(producer_of(MODEL))
    room._code.cache_clear()
    assert own not in names
    assert names[0] != names[1]
    assert names[1] == names[2]

"""What every index must do, run on exact search and on the Annoy forest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from enrichment.index.exact import ExactIndex
from enrichment.index.forest import ForestIndex, write_forest
from enrichment.index.port import Index
from enrichment.index.recall import query_set, recall_at_10
from tests.index.clouds import cloud

Build = Callable[[NDArray[np.float32]], Index]


@pytest.fixture(params=["exact", "forest"])
def build(request: pytest.FixtureRequest, tmp_path: Path) -> Build:
    def forest(vectors: NDArray[np.float32]) -> Index:
        path = tmp_path / f"{len(vectors)}.ann"
        write_forest(vectors, 20, 1, path)
        return ForestIndex(path, vectors.shape[1], 20 * max(len(vectors), 10))

    return forest if request.param == "forest" else ExactIndex


def test_knows_its_size_and_dimensions(build: Build) -> None:
    index = build(cloud(300, 24))
    assert (index.size, index.dimensions) == (300, 24)


def test_finds_each_vector_itself_first_with_cosine_one(build: Build) -> None:
    vectors = cloud(300)
    index = build(vectors)
    for row in range(0, 300, 37):
        assert index.nearest(vectors[row], 1) == [(row, pytest.approx(1.0, abs=1e-5))]


def test_cosines_are_true_and_never_rise(build: Build) -> None:
    vectors, query = cloud(300), cloud(1, seed=9)[0]
    found = build(vectors).nearest(query, 20)
    cosines = [cosine for _, cosine in found]
    assert len(found) == 20
    assert cosines == sorted(cosines, reverse=True)
    assert np.allclose(cosines, [float(vectors[row] @ query) for row, _ in found], atol=1e-5)


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_tiny_indexes_give_all_they_have(build: Build, count: int) -> None:
    vectors = cloud(count, 8)
    found = build(vectors).nearest(cloud(1, 8, seed=3)[0], 10)
    assert sorted(row for row, _ in found) == list(range(count))


def test_equal_vectors_come_in_row_order(build: Build) -> None:
    vectors = np.repeat(cloud(1, 8), 6, axis=0)
    assert [row for row, _ in build(vectors).nearest(vectors[0], 6)] == list(range(6))


def test_opposite_vectors_have_cosine_minus_one(build: Build) -> None:
    vectors = np.stack([cloud(1, 8)[0], -cloud(1, 8)[0]])
    assert build(vectors).nearest(vectors[0], 2) == [
        (0, pytest.approx(1.0, abs=1e-5)),
        (1, pytest.approx(-1.0, abs=1e-5)),
    ]


def test_the_same_question_gives_the_same_answer(build: Build) -> None:
    index, query = build(cloud(500)), cloud(1, seed=4)[0]
    assert index.nearest(query, 10) == index.nearest(query, 10)


def test_no_neighbours_asked_for_none_given(build: Build) -> None:
    assert build(cloud(20)).nearest(cloud(1)[0], 0) == []


def test_recall_against_exact_search(build: Build) -> None:
    vectors = cloud(800)
    assert recall_at_10(build(vectors), vectors, query_set(vectors, 64, seed=5)) >= 0.99

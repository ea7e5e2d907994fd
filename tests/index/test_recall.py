from __future__ import annotations

import doctest

import numpy as np
from numpy.typing import NDArray

from enrichment.index import forest
from enrichment.index.exact import ExactIndex
from enrichment.index.recall import query_set, recall_at_10
from tests.index.clouds import cloud


class Shifted:
    """Answers with rows that are all wrong, or with the last ones of equals."""

    def __init__(self, vectors: NDArray[np.float32], by: int) -> None:
        self._exact, self._by = ExactIndex(vectors), by
        self.size, self.dimensions = vectors.shape

    def nearest(self, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        return self._exact.nearest(vector, k + self._by)[self._by :]


def test_exact_search_is_never_wrong() -> None:
    vectors = cloud(400)
    assert recall_at_10(ExactIndex(vectors), vectors, query_set(vectors, 100, 1)) == 1.0


def test_answers_past_the_tenth_do_not_count() -> None:
    vectors = cloud(400)
    assert recall_at_10(Shifted(vectors, 11), vectors, query_set(vectors, 100, 1)) == 0.0


def test_half_of_the_answers_is_half_the_recall() -> None:
    vectors = cloud(400)
    queries = query_set(vectors, 100, 1)
    # An item's own row is skipped before the shift is felt, so only four of its ten are missed.
    items = float((queries.rows >= 0).mean())
    expected = items * 0.6 + (1 - items) * 0.5
    assert abs(recall_at_10(Shifted(vectors, 5), vectors, queries) - expected) < 1e-9


def test_ties_count_as_hits() -> None:
    vectors = np.repeat(cloud(3), 40, axis=0)
    assert recall_at_10(Shifted(vectors, 20), vectors, query_set(vectors, 60, 1)) == 1.0


def test_nothing_to_find_is_full_recall() -> None:
    for count in (0, 1):
        vectors = cloud(count)
        assert recall_at_10(ExactIndex(vectors), vectors, query_set(vectors, 10, 1)) == 1.0


def test_the_query_set_is_fixed_by_its_seed_and_of_unit_norm() -> None:
    vectors = cloud(300)
    first, again, other = query_set(vectors, 64, 1), query_set(vectors, 64, 1), query_set(vectors, 64, 2)
    assert np.array_equal(first.vectors, again.vectors)
    assert not np.array_equal(first.vectors, other.vectors)
    assert np.allclose(np.linalg.norm(first.vectors, axis=1), 1, atol=1e-5)
    assert first.size == 64
    assert int((first.rows >= 0).sum()) == 32


def test_two_opposite_vectors_make_no_empty_query() -> None:
    vectors = np.stack([cloud(1)[0], -cloud(1)[0]])
    assert np.isfinite(query_set(vectors, 2, 1).vectors).all()


def test_the_worked_example_of_the_distance_runs() -> None:
    result = doctest.testmod(forest)
    assert (result.failed, result.attempted) == (0, 1)

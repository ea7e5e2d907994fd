from __future__ import annotations

import numpy as np
import pytest

from enrichment.vision.answer import merge_matrix, merged_names
from enrichment.vision.engine import RawScores
from enrichment.vision.figures import tag_figures
from enrichment.vision.measured import Measured
from enrichment.vision.training_rows import TrainingRow
from enrichment.vision.vocabulary import GROUP, Vocabulary

_COLOURS = ("black", "bronze", "brown", "charcoal", "grey", "red")
_GENDERS = ("boys", "girls", "men", "women")


def _measured(name: str, values: tuple[str, ...], pairs: list[tuple[str, str]]) -> tuple[Measured, Vocabulary]:
    """Rows of one group whose true value and the value scored highest are ``pairs``."""
    vocabulary = Vocabulary(("top",), {name: values}, {name: {"top": values}})
    scores = np.zeros((len(pairs), len(values)), dtype=np.float32)
    for at, (_, got) in enumerate(pairs):
        scores[at, values.index(got)] = 9.0
    codes = np.array([values.index(true) for true, _ in pairs], dtype=np.int64)
    ones = np.ones((len(pairs), 1), dtype=np.float32)
    rows = [TrainingRow("products", str(at), b"", "validation", str(at)) for at in range(len(pairs))]
    raw = RawScores(ones, {name: scores}, ones)
    return Measured(rows, raw, {name: codes, GROUP: np.zeros(len(pairs), dtype=np.int64)}), vocabulary


def test_near_equal_values_bear_the_name_under_which_they_count_as_one() -> None:
    pairs = [("charcoal", "black"), ("grey", "black"), ("grey", "charcoal"), ("bronze", "red"), ("red", "red")]
    measured, vocabulary = _measured("colour", _COLOURS, pairs)
    figures = tag_figures(measured, "colour", vocabulary, {})
    assert figures["confusions"] == [["grey", "black", 2], ["brown", "red", 1]]
    assert {value: (row["n"], row["accuracy"]) for value, row in figures["by_value"].items()} == {
        "brown": (1, 0.0),
        "grey": (3, pytest.approx(0.3333)),
        "red": (1, 1.0),
    }
    assert figures["accuracy"] == pytest.approx(0.4)
    assert figures["exact"] == pytest.approx(0.2)


def test_boys_and_girls_are_kids() -> None:
    measured, vocabulary = _measured("gender", _GENDERS, [("boys", "girls"), ("girls", "women"), ("men", "boys")])
    figures = tag_figures(measured, "gender", vocabulary, {})
    assert sorted(figures["confusions"]) == [["kids", "women", 1], ["men", "kids", 1]]
    assert set(figures["by_value"]) == {"kids", "men"}


@pytest.mark.parametrize(("name", "values"), [("colour", _COLOURS), ("gender", _GENDERS), ("pattern", ("a", "b"))])
def test_merged_names_are_the_columns_of_the_merge_matrix(name: str, values: tuple[str, ...]) -> None:
    names, matrix = merged_names(name, values), merge_matrix(name, values)
    assert matrix.shape == (len(values), len(names))
    for value, row in zip(values, matrix, strict=True):
        assert names[int(row.argmax())] in (value, "grey", "brown", "kids")
        assert row.sum() == 1


def test_the_interval_of_macro_f1_is_over_the_values_that_it_is_over_itself() -> None:
    # Wherever a resample holds fewer than 20 of the always mistaken "girls", they still count.
    pairs = [("men", "men")] * 180 + [("girls", "men")] * 20
    measured, vocabulary = _measured("gender", _GENDERS, pairs)
    figures = tag_figures(measured, "gender", vocabulary, {})
    assert figures["macro_f1"] == pytest.approx(0.4737, abs=1e-4)
    assert 0.45 < figures["macro_f1_low"] < 0.4737 < figures["macro_f1_high"] < 0.5

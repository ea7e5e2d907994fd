from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrichment.vision.answer import claimed
from enrichment.vision.calibrate import calibration_error, fit_temperature, softmax, threshold_for
from enrichment.vision.intervals import bootstrap, counted, macro_f1


def test_temperature_undoes_a_scaling() -> None:
    rng = np.random.default_rng(2)
    scores = rng.normal(size=(4000, 5))
    codes = np.array([rng.choice(5, p=row) for row in softmax(scores)])
    assert fit_temperature(scores * 3, codes) == pytest.approx(3, rel=0.15)
    assert calibration_error(softmax(scores).max(axis=1), softmax(scores).argmax(axis=1) == codes) < 0.03


def test_softmax_gives_nothing_to_what_is_not_allowed() -> None:
    shares = softmax(np.array([[5.0, 1.0, 0.0], [1.0, 2.0, 3.0]]), 1.0, np.array([[False, True, True], [False] * 3]))
    assert shares[0, 0] == 0
    assert shares[0].sum() == pytest.approx(1)
    assert shares[1].sum() == 0


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60), st.floats(0.5, 1))
@settings(max_examples=60, deadline=None)
def test_threshold_keeps_its_promise(rows: list[tuple[float, bool]], target: float) -> None:
    confidence, right = np.array([c for c, _ in rows]), np.array([r for _, r in rows])
    found = threshold_for(confidence, right, target)
    accepted = confidence >= found.threshold
    if found.coverage:
        assert right[accepted].mean() >= target - 1e-12
        assert accepted.mean() == pytest.approx(found.coverage)


def test_macro_f1_counts_large_classes_only() -> None:
    true = np.array(["a"] * 30 + ["b"] * 30 + ["c"] * 3)
    got = true.copy()
    got[60:] = "a"
    assert counted(true).tolist() == ["a", "b"]
    assert macro_f1(true, got, counted(true)) == pytest.approx((2 * 30 / (30 + 33) + 1) / 2)
    low, high = bootstrap(lambda at: macro_f1(true[at], got[at], counted(true)), len(true), draws=50)
    assert 0.9 < low <= high <= 1


def test_a_claim_is_no_surer_than_its_group_and_its_ceiling() -> None:
    confidence, sure = np.array([0.9, 0.9]), np.array([1.0, 0.5])
    assert claimed("neckline", confidence, sure, {}).tolist() == pytest.approx([0.9, 0.45])
    assert claimed("colour", confidence, sure, {}).tolist() == pytest.approx([0.9, 0.9])
    assert claimed("neckline", confidence, sure, {"neckline": 0.5}).tolist() == pytest.approx([0.5, 0.45])

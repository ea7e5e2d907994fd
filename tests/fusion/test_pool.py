"""The fusion formula against a slow oracle that writes out every value's distribution."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrichment.fusion.pool import pool_many, pool_one
from enrichment.fusion.weights import CEILING, FLOOR

_VALUES = [f"v{i}" for i in range(6)]
_voice = st.dictionaries(st.sampled_from(_VALUES), st.floats(0.001, 0.99), min_size=1, max_size=4)


def oracle(heard: list[dict[str, float]], size: int, temperature: float) -> dict[str, float]:
    every = _VALUES + [f"silent{i}" for i in range(size - len(_VALUES))]
    odds = {}
    for value in every:
        product = 1.0
        for voice in heard:
            total = sum(voice.values())
            scaled = {v: p * CEILING / total for v, p in voice.items()} if total > CEILING else voice
            spread = max(1.0 - sum(scaled.values()), FLOOR) / (size - len(scaled))
            product *= scaled.get(value, spread)
        odds[value] = product ** (1.0 / temperature)
    total = sum(odds.values())
    return {value: p / total for value, p in odds.items()}


@given(st.lists(_voice, min_size=1, max_size=4), st.integers(7, 60), st.sampled_from([0.5, 1.0, 2.0]))
@settings(max_examples=150, deadline=None)
def test_pool_equals_the_written_out_product(heard: list[dict[str, float]], size: int, temperature: float) -> None:
    slow = oracle(heard, size, temperature)
    fast = pool_one(heard, size, temperature).over(slow)
    for value, expected in slow.items():
        assert fast[value] == pytest.approx(expected, rel=1e-6, abs=1e-12)


@given(st.lists(_voice, min_size=1, max_size=4), st.integers(7, 60))
@settings(max_examples=80, deadline=None)
def test_probabilities_are_a_distribution(heard: list[dict[str, float]], size: int) -> None:
    fused = pool_one(heard, size)
    left = size - len(fused.named)
    assert sum(fused.named.values()) + left * fused.each == pytest.approx(1.0)


@given(st.lists(_voice, min_size=1, max_size=4))
@settings(max_examples=80, deadline=None)
def test_values_beside_each_other_stay_probabilities(heard: list[dict[str, float]]) -> None:
    assert all(0.0 <= p <= 1.0 for p in pool_many(heard, 40).values())


def test_one_source_alone_is_believed_as_it_is() -> None:
    assert pool_one([{"red": 0.7}], 46).named["red"] == pytest.approx(0.7)
    assert pool_many([{"red": 0.7}], 46)["red"] == pytest.approx(0.7)


def test_agreement_raises_and_contradiction_lowers() -> None:
    alone = pool_one([{"red": 0.7}], 46).named["red"]
    assert pool_one([{"red": 0.7}, {"red": 0.6}], 46).named["red"] > alone
    assert pool_one([{"red": 0.7}, {"blue": 0.6}], 46).named["red"] < alone


def test_a_source_naming_two_values_does_not_contradict_itself() -> None:
    both = pool_many([{"cotton": 0.9, "elastane": 0.9}], 53)
    assert both["cotton"] == both["elastane"] == pytest.approx(0.9)


def test_equal_voices_are_symmetric() -> None:
    fused = pool_one([{"red": 0.9}, {"blue": 0.9}], 46).named
    assert math.isclose(fused["red"], fused["blue"])

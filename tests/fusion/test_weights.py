from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.fusion.fuse import Fuser
from enrichment.fusion.weights import CEILING, FLOOR, FusionWeights, SourceWeight, declared
from enrichment.models.registry import Kind, starter
from schemas.attribute_spec import attributes
from schemas.errors import ModelMismatch


def test_declared_weights_cap_each_source() -> None:
    weights = declared(attributes())
    text = weights.attributes["length"].sources["text"]
    assert text.probability(1.0) == pytest.approx(attributes().get("length").weights.text, abs=1e-3)


def shipped() -> str:
    return (starter(Kind.FUSION).folder / "weights.json").read_text(encoding="utf-8")


def test_json_round_trip_is_exact_and_stable() -> None:
    assert FusionWeights.from_json(shipped()).to_json() == shipped()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 9}', '{"format": 3, "version": "x", "attributes": 3}'])
def test_unreadable_weights_are_refused(text: str) -> None:
    with pytest.raises(ModelMismatch, match="Learn them again"):
        FusionWeights.from_json(text)


def test_the_weights_that_ship_decide_on_every_declared_attribute() -> None:
    fused = Fuser(attributes(), FusionWeights.from_json(shipped())).fuse("v", "1", [])
    assert [decision.attribute for decision in fused.decisions] == [a.name for a in attributes().attributes]


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.05, 4), st.floats(-4, 4))
def test_probability_is_bounded_and_monotone(low: float, high: float, slope: float, shift: float) -> None:
    low, high = sorted((low, high))
    weight = SourceWeight(1.0, slope, shift)
    assert FLOOR <= weight.probability(low) <= weight.probability(high) <= CEILING

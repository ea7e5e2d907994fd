from __future__ import annotations

import random
from collections import Counter

import pytest

from enrichment.review.drift import count_mix, measure_drift, stability_index
from tests.review.night import make_night


def drawn(rng: random.Random, weights: dict[str, float], size: int) -> dict[str, int]:
    return dict(Counter(rng.choices(list(weights), list(weights.values()), k=size)))


EVEN = {"dress": 0.4, "top": 0.4, "shoes": 0.2}


@pytest.mark.parametrize("size", [60, 400, 5_000])
def test_chance_alone_does_not_trip(size: int) -> None:
    rng = random.Random(size)
    tripped = 0
    for _ in range(200):
        nights = [{"mix": {"image_group": drawn(rng, EVEN, size)}} for _ in range(3)]
        tripped += measure_drift({"image_group": drawn(rng, EVEN, size)}, nights).tripped
    assert tripped == 0


def test_a_group_that_vanishes_trips_and_is_named() -> None:
    nights = [{"mix": {"image_group": {"dress": 400, "top": 400, "shoes": 200}}}] * 5
    report = measure_drift({"image_group": {"dress": 790, "shoes": 210}}, nights)
    assert report.tripped
    assert report.signals[0].movers[0][0] in ("top", "dress")
    assert "top 40% to 0%" in report.reasons[0]
    assert report.nights == 5


def test_a_vendor_that_starts_to_send_placeholders_trips() -> None:
    name = "filing of alpine"
    nights = [{"mix": {name: {"right": 900, "placeholder": 100}}}]
    assert measure_drift({name: {"right": 300, "placeholder": 700}}, nights).tripped
    assert not measure_drift({name: {"right": 880, "placeholder": 120}}, nights).tripped


def test_first_nights_and_small_counts_are_quiet() -> None:
    assert not measure_drift({"image_group": {"dress": 500}}, []).signals
    assert not measure_drift({"image_group": {"dress": 9}}, [{"mix": {"image_group": {"top": 900}}}]).signals
    assert not measure_drift({"pattern": {"striped": 900}}, [{"mix": {}}]).signals


def test_only_the_last_28_nights_count() -> None:
    old = [{"mix": {"image_group": {"top": 900}}}] * 30
    new = [{"mix": {"image_group": {"dress": 900}}}] * 28
    assert not measure_drift({"image_group": {"dress": 900}}, [*old, *new]).tripped


def test_what_a_person_approved_is_asked_no_more() -> None:
    old = {"mix": {"division": {"Women": 900, "Men": 100}}}
    new = {"mix": {"division": {"Ladies": 900, "Men": 100}}}
    assert measure_drift(new["mix"], [old] * 5).tripped
    since = measure_drift(new["mix"], [*[old] * 5, new | {"approved": True}])
    assert (since.tripped, since.nights) == (False, 1)
    assert measure_drift(old["mix"], [*[old] * 5, new | {"approved": True}, new | {"approved": False}]).tripped


def test_index_of_equal_mixes_is_zero_and_symmetric() -> None:
    left, right = {"a": 0.3, "b": 0.7}, {"a": 0.6, "b": 0.4}
    assert stability_index(left, left) == 0.0
    assert stability_index(left, right) == pytest.approx(stability_index(right, left))


def test_the_mix_counts_values_that_are_there() -> None:
    products = make_night(40, 60).products
    mix = count_mix(products)
    assert sum(mix["image_group"].values()) == products.num_rows
    assert sum(mix["pattern"].values()) == sum(v is not None for v in products.column("attr_pattern").to_pylist())
    assert "filing of alpine" in mix

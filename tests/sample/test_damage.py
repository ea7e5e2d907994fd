from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.sample.damage import Rates, damage
from enrichment.sample.look import nodes

PATH = ("Women", "Clothing", "Tops", "Shirts")


@given(st.integers(0, 2**32), st.sampled_from(sorted(nodes().values())))
def test_the_kind_is_true_of_the_levels_sent(seed, node):
    path = ("Men", *node)
    sent, kind = damage(path, np.random.default_rng(seed), Rates())
    assert len(sent) == 4
    assert (sent == path) == (kind == "right")
    assert (kind == "blank") == ("" in sent)
    if kind == "wrong":
        assert sent[0] == path[0]
        assert sent[1:] in nodes().values()
    if kind == "repeated":
        assert sent[1] in (sent[0], sent[2])
    if kind == "def":
        assert all(s in (p, "DEF") for s, p in zip(sent, path, strict=True))


def test_kinds_come_at_their_rates():
    rng = np.random.default_rng(1)
    seen = Counter(damage(PATH, rng, Rates())[1] for _ in range(4000))
    for kind, share in Rates().kinds():
        assert seen[kind] / 4000 == pytest.approx(share, abs=0.03), kind


def test_no_rates_leave_everything_right():
    calm = Rates(0, 0, 0, 0, 0, 0)
    rng = np.random.default_rng(0)
    assert all(damage(PATH, rng, calm) == (PATH, "right") for _ in range(50))


def test_what_is_outside_the_taxonomy_stays_as_it_is():
    outside = ("Unisex", "", "", "")
    assert damage(
        outside, np.random.default_rng(0), Rates(def_=1, blank=0, repeated=0, shifted=0, synonym=0, wrong=0)
    ) == (
        outside,
        "right",
    )


@pytest.mark.parametrize("rates", [{"def_": -0.1}, {"def_": 0.9, "wrong": 0.3}])
def test_impossible_rates_are_refused(rates):
    with pytest.raises(ValueError, match="sum of at most 1"):
        Rates(**rates)

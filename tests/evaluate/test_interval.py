import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.evaluate import hierarchical as hierarchical_module
from enrichment.evaluate import normal
from enrichment.evaluate.hierarchical import hierarchical
from enrichment.evaluate.interval import Share
from enrichment.evaluate.normal import NearColours, near_colour, value_name
from schemas.attribute_spec import attributes
from schemas.declared import SCHEMA_DIR, load

COLOURS = sorted(v.name for v in attributes().get("colour").values)


@pytest.mark.parametrize("module", [hierarchical_module, normal])
def test_examples_in_docstrings_run(module):
    assert doctest.testmod(module).failed == 0
    assert doctest.testmod(module).attempted > 0


def test_impossible_shares_are_refused():
    with pytest.raises(ValueError, match="allowed"):
        Share(3, 2)


paths = st.lists(st.sampled_from("abc"), max_size=4).map(tuple)


@given(st.lists(st.tuples(paths, paths), max_size=20))
def test_hierarchical_against_slow_counting(cases):
    shared = answered = true = 0
    for truth, answer in cases:
        equal = 0
        for t, a in zip(truth, answer, strict=False):
            if t != a:
                break
            equal += 1
        shared, answered, true = shared + equal, answered + len(answer), true + len(truth)
    got = hierarchical(cases)
    assert (got.shared, got.answered, got.true) == (shared, answered, true)
    assert got.f1 == (2 * shared / (answered + true) if answered + true else None)


def test_near_colours_are_declared_and_symmetric():
    lines = load(SCHEMA_DIR.parent / "enrichment" / "evaluate" / "near_colours.yaml", NearColours).near
    assert {name for line in lines for name in line} <= set(COLOURS)
    assert all(near_colour(b, a) for a in COLOURS for b in COLOURS if near_colour(a, b))
    assert all(near_colour(a, a) for a in COLOURS)
    assert not near_colour("black", "white")


@pytest.mark.parametrize(
    ("attribute", "text", "name"),
    [
        ("colour", "Sea Green", "sea_green"),
        ("colour", "Skin", "nude"),
        ("article_type", "Tshirts", "Tshirts"),
        ("article_type", "t-shirt", "Tshirts"),
        ("article_type", "Free Gifts", "free gifts"),
        ("no_such_attribute", "Some Value", "some value"),
    ],
)
def test_names_are_made_comparable(attribute, text, name):
    assert value_name(attribute, text) == name

from __future__ import annotations

from enrichment.taxonomy.filing import Filing, Reader
from enrichment.taxonomy.placeholders import Kind, propose
from tests.taxonomy.trees import declared_tree

_KINDS = ("Dresses", "Heels", "Watches", "Tshirts")


def _seen(levels: list[tuple[str | None, ...]], kinds: tuple[str, ...] = _KINDS) -> list[tuple[Filing, str | None]]:
    reader = Reader(declared_tree())
    return [(reader.read(sent), kinds[i % len(kinds)]) for i, sent in enumerate(levels)]


def test_one_value_for_everything_is_proposed() -> None:
    (found,) = propose("v", _seen([("Women", "WEBSHOP", None, None, None)] * 40))
    assert (found.level, found.value, found.kind) == ("department", "WEBSHOP", Kind.ONE_FOR_EVERYTHING)
    assert (found.count, found.share) == (40, 1.0)


def test_a_value_under_which_everything_is_mixed_means_nothing() -> None:
    rows = [("Women", "Lot 7" if i % 3 == 0 else "Shoes", None, None, None) for i in range(60)]
    (found,) = propose("v", _seen(rows))
    assert (found.value, found.kind) == ("Lot 7", Kind.MEANS_NOTHING)
    assert found.mixed > 0.9


def test_an_unknown_but_meaningful_value_is_left_alone() -> None:
    rows = [("Women", "Chaussures" if i % 4 == 1 else "Fripes", None, None, None) for i in range(80)]
    assert "Chaussures" not in {p.value for p in propose("v", _seen(rows))}


def test_what_the_hierarchy_knows_is_never_a_placeholder() -> None:
    assert propose("v", _seen([("Women", "Shoes", "DEF", None, None)] * 40, ("Heels",))) == []


def test_a_repeating_level_is_reported_once() -> None:
    rows = [("Women", "Clothing", "Clothing" if i % 2 else "Tops", None, None) for i in range(40)]
    (found,) = propose("v", _seen(rows))
    assert (found.level, found.kind, found.count) == ("class", Kind.REPEATS_PARENT, 20)


def test_a_placeholder_sent_twice_is_not_taken_for_a_repeating_level() -> None:
    found = propose("v", _seen([("Women", "WEBSHOP", "WEBSHOP", None, None)] * 40))
    assert {(p.level, p.kind) for p in found} == {("department", Kind.ONE_FOR_EVERYTHING)}


def test_few_sightings_prove_nothing() -> None:
    assert propose("v", _seen([("Women", "WEBSHOP", None, None, None)] * 5)) == []
    assert propose("v", []) == []

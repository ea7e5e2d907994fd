from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrichment.taxonomy.filing import Reader
from enrichment.taxonomy.place import Evidence, Placer
from enrichment.taxonomy.reasons import Named
from enrichment.taxonomy.tree import Tree
from enrichment.taxonomy.trust import VendorTrust
from schemas.records import (
    AttributeDecision,
    DecisionStatus,
    HierarchyDecision,
    PlacementStatus,
    Reason,
    Source,
)
from schemas.taxonomy_spec import Thresholds
from tests.taxonomy.trees import declared_tree, small

NOTHING: tuple[None, ...] = (None,) * 5
SURE = {"women": 0.98}


def _decided(
    name: str, value: str, sure: float = 0.95, rule: str = "w@1:text", conflict: bool = False
) -> AttributeDecision:
    return AttributeDecision("v", "1", name, DecisionStatus.DECIDED, value, sure, Source.TEXT, rule, conflict)


def _place(
    types: dict[str, float],
    levels: tuple[str | None, ...] = NOTHING,
    genders: dict[str, float] = SURE,
    *,
    attributes: dict[str, AttributeDecision] | None = None,
    trust: float | None = None,
    named: Named | None = None,
) -> HierarchyDecision:
    tree = declared_tree()
    believed = None if trust is None else VendorTrust("v", (trust,) * 5)
    known = Evidence(types, genders, attributes or {}, named or Named())
    return Placer(tree, believed).place("v", "1", known, Reader(tree).read(levels))


def test_a_sure_product_goes_to_its_subclass() -> None:
    decision = _place({"Dresses": 0.97, "Skirts": 0.03})
    assert decision.status is PlacementStatus.DECIDED
    assert decision.path.levels == ("Women", "Clothing", "Dresses", "Dresses")
    assert decision.reasons == (Reason.NO_CLASS_FILED,)


@pytest.mark.parametrize(
    ("levels", "reason"),
    [
        (("Women", "Clothing", "Dresses", None, None), Reason.CONFIRMED),
        (("Women", "Clothing", None, None, None), Reason.NO_CLASS_FILED),
        (("Women", None, None, None, None), Reason.NO_CLASS_FILED),
        (("Women", None, "Zyx", None, None), Reason.NO_CLASS_FILED),
    ],
)
def test_confirmed_means_that_the_vendors_own_class_was(levels: tuple[str | None, ...], reason: Reason) -> None:
    assert _place({"Dresses": 0.97}, levels).reasons == (reason,)


def test_unsure_between_siblings_stops_at_their_parent() -> None:
    decision = _place({"Tshirts": 0.4, "Shirts": 0.35, "Tops": 0.25})
    assert decision.status is PlacementStatus.STOPPED_AT_PARENT
    assert decision.path.levels == ("Women", "Clothing", "Tops")
    assert decision.reasons == (Reason.BACKED_OFF,)


def test_of_equally_likely_children_the_first_by_name_is_taken() -> None:
    tree = declared_tree()
    placer = Placer(tree, thresholds=Thresholds(subclass=0.0))
    for types in ({"Tshirts": 0.5, "Shirts": 0.5}, {"Shirts": 0.5, "Tshirts": 0.5}):
        decision = placer.place("v", "1", Evidence(types, SURE), Reader(tree).read(NOTHING))
        assert decision.path.levels == ("Women", *tree.type_path["Shirts"])


def test_the_category_comes_from_tags_and_its_absence_is_no_stop() -> None:
    tagged = _place({"Dresses": 0.97}, attributes={"dress_type": _decided("dress_type", "a_line")})
    assert tagged.path.level("category") == "A-line"
    several = _place({"Dresses": 0.97}, attributes={"dress_type": _decided("dress_type", "maxi|wrap")})
    assert several.path.level("category") == "Maxi"
    unsure = _place({"Dresses": 0.97}, attributes={"dress_type": _decided("dress_type", "a_line", 0.3)})
    assert unsure.path.level("category") is None
    assert unsure.status is PlacementStatus.DECIDED


def test_outside_the_taxonomy_abstains_below_the_division() -> None:
    decision = _place({"Basketballs": 0.9, "Socks": 0.1}, ("Women", "", "", "", None))
    assert decision.status is PlacementStatus.ABSTAINED
    assert decision.path.levels == ("Women",)
    assert decision.reasons == (Reason.OUTSIDE_TAXONOMY,)


def test_a_status_is_the_vendors_to_tell() -> None:
    decision = _place({"Watches": 0.99}, ("Women", None, None, "Free Gifts", None))
    assert decision.status is PlacementStatus.ABSTAINED
    assert Reason.OUTSIDE_TAXONOMY in decision.reasons


def test_nothing_known_abstains() -> None:
    decision = _place({}, ("DEF", "DEF", "DEF", "DEF", None), {})
    assert decision.status is PlacementStatus.ABSTAINED
    assert decision.path.levels == ()
    assert decision.reasons == (Reason.DEF_UNRESOLVED, Reason.NO_EVIDENCE)


@pytest.mark.parametrize(
    ("levels", "reasons"),
    [
        (("Women", "Clothing", "Dresses", "Dresses", None), {Reason.CONFIRMED}),
        (("Women", "DEF", "Dresses & Skirts", "DEF", None), {Reason.DEF_FILLED, Reason.SYNONYM_RESOLVED}),
        (("Women", "DEF", "Clothing", "DEF", None), {Reason.DEF_FILLED, Reason.LEVEL_SHIFTED}),
        (("Women", "Clothing", "Clothing", "Dresses", None), {Reason.LEVEL_REPEATED}),
        (("Women", "Shoes", "Heels", "Heels", None), {Reason.VENDOR_CONTRADICTION}),
        (("Men", "Clothing", "Dresses", "Dresses", None), {Reason.VENDOR_CONTRADICTION}),
        (("WOMENS", "Clothing", "Dresses", "Dresses", None), {Reason.SYNONYM_RESOLVED}),
    ],
)
def test_reasons_tell_what_the_filing_was(levels: tuple[str | None, ...], reasons: set[Reason]) -> None:
    assert set(_place({"Dresses": 0.97}, levels).reasons) == reasons


def test_words_against_picture_is_a_reason() -> None:
    group = _decided("image_group", "dress", rule="learned@1:text-image", conflict=True)
    assert Reason.IMAGE_TEXT_CONFLICT in _place({"Dresses": 0.9}, attributes={"image_group": group}).reasons
    vendor = _decided("image_group", "dress", rule="learned@1:image+text-vendor", conflict=True)
    assert Reason.IMAGE_TEXT_CONFLICT not in _place({"Dresses": 0.9}, attributes={"image_group": vendor}).reasons


JEANS = (None, "Women", "Jeans", None, None)


@pytest.mark.parametrize(
    ("levels", "named", "conflict"),
    [
        (JEANS, Named(genders={"men": 0.97}), True),
        (JEANS, Named(genders={"men": 0.89}), False),
        (JEANS, Named(genders={"men": 0.97, "women": 0.95}), False),
        (JEANS, Named(genders={"nobody": 0.97}), False),
        ((None, None, "Jeans", None, None), Named(genders={"men": 0.97}), False),
        (JEANS, Named(types={"Skirts": 0.95}), True),
        (JEANS, Named(types={"Skirts": 0.7}), False),
        (JEANS, Named(types={"Skirts": 0.95, "Jeans": 0.92}), False),
        (JEANS, Named(types={"Basketballs": 0.95}), True),
        # A department that holds what the words name is no filing against them.
        (("Women", "Clothing", None, None, None), Named(types={"Skirts": 0.95}), False),
        ((None, None, None, None, None), Named(types={"Skirts": 0.95}, genders={"men": 0.97}), False),
    ],
)
def test_a_filing_that_won_against_explicit_words_is_told(
    levels: tuple[str | None, ...], named: Named, conflict: bool
) -> None:
    told = _place({"Jeans": 0.97}, levels, {"women": 0.75, "men": 0.25}, named=named)
    without = _place({"Jeans": 0.97}, levels, {"women": 0.75, "men": 0.25})
    assert (Reason.FILING_TEXT_CONFLICT in told.reasons) == conflict
    # It is told before what merely describes the levels, and moves nothing.
    assert not conflict or told.reasons[0] is Reason.FILING_TEXT_CONFLICT
    assert (told.path, told.confidences, told.status) == (without.path, without.confidences, without.status)


def test_where_the_words_won_the_vendor_is_contradicted_and_not_the_words() -> None:
    told = _place({"Jeans": 0.97}, JEANS, {"men": 0.9, "women": 0.1}, named=Named(genders={"men": 0.97})).reasons
    assert Reason.VENDOR_CONTRADICTION in told
    assert Reason.FILING_TEXT_CONFLICT not in told


def test_a_trusted_lone_department_tips_the_balance() -> None:
    clothing = ("Women", "DEF", "Clothing", "DEF", None)
    assert _place({"Heels": 0.55, "Dresses": 0.45}, clothing, trust=0.9).path.level("department") == "Clothing"
    assert _place({"Heels": 0.55, "Dresses": 0.45}, clothing, trust=0.5).path.level("department") == "Shoes"
    assert _place({}, clothing, trust=0.9).path.levels == ("Women", "Clothing")


def test_a_rule_overrides_the_evidence() -> None:
    rule = {"id": "boots", "when": {"vendor": ["v"], "article_type": ["Tops"]}, "node": "shoes.boots"}
    tree = Tree(small(rules=[rule]))
    decision = Placer(tree).place("v", "1", Evidence({"Tops": 0.9}, SURE, {}), Reader(tree).read(NOTHING))
    assert decision.path.levels[:3] == ("Women", "Shoes", "Boots")
    assert decision.rule == "boots"
    assert Reason.RULE_OVERRIDE in decision.reasons
    other = Placer(tree).place("w", "1", Evidence({"Tops": 0.9}, SURE, {}), Reader(tree).read(NOTHING))
    assert other.path.levels[1] == "Clothing"


_types = st.dictionaries(st.sampled_from(sorted(declared_tree().types)), st.floats(0.001, 1), max_size=8)
_genders = st.dictionaries(st.sampled_from(["men", "women", "boys", "kids", "unisex"]), st.floats(0.01, 1), max_size=4)
_levels = st.tuples(*[st.sampled_from([None, "", "DEF", "Women", "Clothing", "Tops", "Heels", "Zyx"])] * 5)


def _normal(odds: dict[str, float]) -> dict[str, float]:
    total = sum(odds.values())
    return {name: value / total for name, value in odds.items()}


@given(_types, _genders, _levels)
@settings(max_examples=150, deadline=None)
def test_the_decision_lies_on_one_root_path_with_falling_confidence(
    types: dict[str, float], genders: dict[str, float], levels: tuple[str | None, ...]
) -> None:
    tree = declared_tree()
    known = Evidence(_normal(types), _normal(genders), {"dress_type": _decided("dress_type", "a_line")})
    decision = Placer(tree, VendorTrust("v")).place("v", "1", known, Reader(tree).read(levels))
    assert not decision.path.levels or tree.is_path(decision.path.levels)
    assert list(decision.confidences) == sorted(decision.confidences, reverse=True)
    assert decision.reasons


@given(_types, _genders, _levels, st.lists(st.floats(0, 1), min_size=5, max_size=5), st.floats(0, 1))
@settings(max_examples=100, deadline=None)
def test_a_higher_threshold_never_goes_deeper(
    types: dict[str, float],
    genders: dict[str, float],
    levels: tuple[str | None, ...],
    limits: list[float],
    raised: float,
) -> None:
    tree = declared_tree()
    known = Evidence(_normal(types), _normal(genders), {})
    filing = Reader(tree).read(levels)
    names = ("division", "department", "class", "subclass", "category")
    low = Thresholds.model_validate(dict(zip(names, limits, strict=True)))
    high = Thresholds.model_validate({n: max(x, raised) for n, x in zip(names, limits, strict=True)})
    loose = Placer(tree, thresholds=low).place("v", "1", known, filing)
    strict = Placer(tree, thresholds=high).place("v", "1", known, filing)
    assert loose.path.levels[: len(strict.path.levels)] == strict.path.levels

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrichment.fusion.fuse import Fuser
from enrichment.fusion.weights import declared
from schemas.attribute_spec import attributes
from schemas.records import AttributeClaim, DecisionStatus
from tests.fusion.claims import claim, decision

FUSER = Fuser(attributes(), declared(attributes()))

_claims = st.builds(
    claim,
    st.sampled_from(["image_group", "article_type", "gender", "colour", "length"]),
    st.sampled_from(["dress", "top", "Dresses", "Tshirts", "Basketballs", "women", "boys", "red", "blue", "midi"]),
    st.sampled_from(["vendor", "text", "image"]),
    st.floats(0.05, 1.0),
    st.sampled_from(["a", "b"]),
)


@given(st.lists(_claims, max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_claim_order_is_irrelevant(claims: list[AttributeClaim], shuffler: random.Random) -> None:
    mixed = list(claims)
    shuffler.shuffle(mixed)
    assert FUSER.fuse("v", "1", mixed).decisions == FUSER.fuse("v", "1", claims).decisions


@given(st.lists(_claims, max_size=12))
@settings(max_examples=60, deadline=None)
def test_beliefs_sum_to_one_and_every_attribute_is_decided_upon(claims: list[AttributeClaim]) -> None:
    fused = FUSER.fuse("v", "1", claims)
    for held in (fused.belief.groups, fused.belief.types, fused.belief.genders):
        assert not held or sum(held.values()) == pytest.approx(1.0, abs=0.27)
    assert [d.attribute for d in fused.decisions] == [a.name for a in attributes().attributes]
    assert len(fused.outcomes) == len(claims)


def test_words_and_picture_overrule_a_wrong_filing() -> None:
    claims = [
        claim("image_group", "top", "vendor"),
        claim("article_type", "Tshirts", "vendor"),
        claim("article_type", "Sunglasses", "text"),
        claim("image_group", "glasses", "image", 0.97),
    ]
    fused = FUSER.fuse("v", "1", claims)
    group, kind = decision(fused, "image_group"), decision(fused, "article_type")
    assert (group.value, kind.value) == ("glasses", "Sunglasses")
    assert group.conflict
    assert "-vendor" in group.rule
    assert fused.outcomes == ["lost", "lost", "won", "won"]


def test_words_rescue_a_formal_set() -> None:
    claims = [claim("article_type", "Suits", "text", 0.95), claim("image_group", "jacket", "image", 0.6)]
    assert decision(FUSER.fuse("v", "1", claims), "image_group").value == "formal_set"


def test_picture_rescues_a_nameless_product() -> None:
    fused = FUSER.fuse("v", "1", [claim("image_group", "shoes", "image", 0.98)])
    assert decision(fused, "image_group").value == "shoes"
    assert decision(fused, "article_type").status is DecisionStatus.ABSTAINED


def test_what_does_not_apply_is_not_unsure() -> None:
    watch = FUSER.fuse("v", "1", [claim("image_group", "watch", "image", 0.98), claim("neckline", "round")])
    assert decision(watch, "neckline").status is DecisionStatus.NOT_APPLICABLE
    assert watch.outcomes[1] == "ignored"
    dress = FUSER.fuse("v", "1", [claim("image_group", "dress", "image", 0.98)])
    assert decision(dress, "neckline").status is DecisionStatus.ABSTAINED
    assert decision(dress, "neckline").rule.endswith("no_claims")


def test_several_materials_of_one_source_stand_together_but_contradictions_do_not() -> None:
    together = FUSER.fuse("v", "1", [claim("material", "cotton"), claim("material", "elastane")])
    assert decision(together, "material").value == "cotton|elastane"
    apart = FUSER.fuse("v", "1", [claim("colour", "red", "text"), claim("colour", "blue", "image", 0.9)])
    assert "|" not in (decision(apart, "colour").value or "")
    assert decision(apart, "colour").conflict


def test_ten_views_do_not_outvote_the_words() -> None:
    views = [claim("length", "maxi", "image", 0.6, f"picture{i}") for i in range(10)]
    one = FUSER.fuse("v", "1", [claim("length", "midi"), views[0]])
    ten = FUSER.fuse("v", "1", [claim("length", "midi"), *views])
    assert one.decisions == ten.decisions


def test_no_claim_at_all() -> None:
    fused = FUSER.fuse("v", "1", [])
    assert {d.status for d in fused.decisions} == {DecisionStatus.ABSTAINED}
    assert fused.belief.types == {}


def test_who_is_sure_of_nothing_says_nothing() -> None:
    word = claim("colour", "red", "text", 0.9)
    alone = decision(FUSER.fuse("v", "1", [word]), "colour")
    beside = decision(FUSER.fuse("v", "1", [word, claim("colour", "blue", "image", 0.0)]), "colour")
    assert beside == alone


def test_an_undeclared_attribute_is_ignored() -> None:
    assert FUSER.fuse("v", "1", [claim("mood", "sunny")]).outcomes == ["ignored"]


def test_a_gender_nobody_names_follows_the_article_type() -> None:
    shares = {"Sarees": {"women": 0.97, "men": 0.01, "unisex": 0.01, "girls": 0.005, "boys": 0.0025, "kids": 0.0025}}
    fuser = Fuser(attributes(), replace(declared(attributes()), gender_of_type=shares))
    assert decision(fuser.fuse("v", "1", [claim("article_type", "Sarees")]), "gender").value == "women"


def test_article_types_outside_the_taxonomy_are_other() -> None:
    fused = FUSER.fuse("v", "1", [claim("article_type", "Basketballs", "text", 0.95)])
    assert decision(fused, "image_group").value == "other"
    assert decision(fused, "article_type").value == "Basketballs"


def test_every_article_type_of_a_likely_group_is_believed_possible() -> None:
    belief = FUSER.believe([claim("article_type", "Basketballs"), claim("article_type", "Zorb", "image", 0.3)])
    others = {*FUSER.types.members["other"], "Zorb"}
    assert others <= belief.types.keys()
    assert sum(belief.types[name] for name in others) == pytest.approx(belief.groups["other"])
    silent = {belief.types[name] for name in others - {"Basketballs", "Zorb"}}
    assert len(silent) == 1
    assert belief.types["Basketballs"] > belief.types["Zorb"] > silent.pop()


def test_a_guess_is_silent_beside_a_word_of_its_own_source() -> None:
    weights = declared(attributes())
    gender = replace(weights.attributes["gender"], guesses=("text:tfidf",))
    own = {**gender.sources, "text:tfidf": gender.sources["text"]}
    weights = replace(weights, attributes={**weights.attributes, "gender": replace(gender, sources=own)})
    said = claim("gender", "women")
    guess = replace(claim("gender", "men", sure=1.0), producer="tfidf@1")
    fuser = Fuser(attributes(), weights)
    assert fuser.believe([said, guess]).genders == fuser.believe([said]).genders
    assert max(fuser.believe([guess]).genders.items(), key=lambda item: item[1])[0] == "men"

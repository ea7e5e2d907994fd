"""Every declared name builds, and every standard id exists."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from nlp.catalog import STARTER, TextReader
from nlp.lexicon import phrase_words
from nlp.shopify_categories import declaration, shopify_categories
from nlp.standard import standard
from nlp.vocabulary_spec import VOCABULARY_DIR, article_vocabulary
from schemas.attribute_spec import Attribute, attributes
from schemas.errors import UsageError
from schemas.group_spec import groups
from tests.nlp.conftest import SHARED, said

ALL = attributes().attributes


def test_the_vocabulary_is_wide_enough() -> None:
    assert len(ALL) >= 30
    named = {g for a in ALL for g in a.groups}
    assert set(groups().names) <= named | {"other"}
    assert len(attributes().get("image_group").values) == len(groups().names)


@pytest.mark.parametrize("attribute", ALL, ids=lambda a: a.name)
def test_every_spelling_is_a_phrase_and_means_one_value(attribute: Attribute) -> None:
    owner: dict[tuple[str, ...], str] = {}
    for value in attribute.values:
        for spelling in (*value.synonyms, *value.words):
            words = phrase_words(spelling)
            assert words, spelling
            first = owner.setdefault(words, value.name)
            assert first == value.name or attribute.kind == "choices", spelling


@pytest.mark.parametrize("attribute", [a for a in ALL if a.values and a.keys], ids=lambda a: a.name)
def test_every_attribute_can_be_said(reader: TextReader, attribute: Attribute) -> None:
    nouns = {"dress": "Dress", "top": "Top", "bottom": "Trousers", "jacket": "Jacket", "skirt": "Skirt",
             "scarf": "Stole", "shoes": "Casual Shoes", "hat": "Hat", "bag": "Handbag",
             "formal_set": "Suit", "glasses": "Sunglasses",
             "watch": "Watch", "jewelry": "Ring", "other": "Belt"}  # fmt: skip
    group = attribute.groups[0] if attribute.groups else "top"
    value = attribute.values[0]
    spelling = (value.synonyms or value.words)[0]
    found = said(reader, f"Acme {nouns[group]}", f"{attribute.keys[0].capitalize()}: {spelling}")
    assert attribute.name in {"gender", "age_group"} or (attribute.name, value.name) in found


def test_article_types_of_the_hierarchy_can_all_be_read(reader: TextReader) -> None:
    path = SHARED / "taxonomy" / "article_types.csv"
    if not path.exists():
        pytest.skip("the shared taxonomy is not here")
    lines = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    declared = {a.name: a.group for a in article_vocabulary().article_types}
    assert {name: group for name, group, *_ in lines} == {name: declared.get(name) for name, *_ in lines}


def _published(name: str) -> Any:
    path = SHARED / "data" / "shopify-taxonomy" / name
    if not path.exists():
        pytest.skip("the published taxonomy is not here")
    return yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


def _number(gid: str) -> int:
    return int(gid.rsplit("/", 1)[1])


def test_every_value_is_one_that_its_standard_attribute_takes() -> None:
    kinds = _published("attributes.yml")
    handles = {v["friendly_id"]: v["id"] for v in _published("values.yml")}
    own = {a["friendly_id"]: {handles[v] for v in a["values"]} for a in kinds["base_attributes"]}
    taken: dict[str, set[int]] = {
        f"gid://shopify/TaxonomyAttribute/{a['id']}": own[a["friendly_id"]] for a in kinds["base_attributes"]
    }
    taken |= {a["handle"]: own[a["values_from"]] for a in kinds["extended_attributes"]}
    for attribute in ALL:
        if attribute.shopify:
            used = {_number(v.shopify) for v in attribute.values if v.shopify}
            assert used <= taken[attribute.shopify], attribute.name


def test_every_category_maps_to_googles_as_published() -> None:
    rules = {
        rule["input"]["product_category_id"]: rule["output"]["product_category_id"]
        for rule in _published("from_shopify.yml")["rules"]
    }
    for article in article_vocabulary().article_types:
        if article.shopify:
            assert [article.google] == rules[article.shopify.rsplit("/", 1)[1]], article.name


def test_the_categories_attributes_are_the_published_ones() -> None:
    _published("attributes.yml")
    declared = (VOCABULARY_DIR / "shopify_categories.yaml").read_text(encoding="utf-8")
    assert declaration(SHARED / "data" / "shopify-taxonomy") == declared


def test_every_category_we_map_to_is_declared_with_its_attributes() -> None:
    for article in article_vocabulary().article_types:
        if article.shopify:
            assert shopify_categories().attributes_of(article.shopify), article.name


def test_answers_are_told_in_the_words_of_both_standards() -> None:
    said_ = {
        "colour": "navy_blue, white",
        "gender": "women",
        "age_group": "adult",
        "neckline": "v_neck",
        "heel_type": None,
    }
    shopify = standard("shopify", "Dresses", said_).fields
    assert shopify["category"] == "gid://shopify/TaxonomyCategory/aa-1-4"
    assert len(shopify["gid://shopify/TaxonomyAttribute/1"].split(",")) == 2
    google = standard("google", "Dresses", said_)
    assert google.fields == {
        "google_product_category": "2271", "color": "Navy Blue/White", "gender": "female", "age_group": "adult",
    }  # fmt: skip
    assert not google.unplaced
    with pytest.raises(UsageError, match=r"allowed: shopify, google"):
        standard("amazon", None, {})


def test_what_a_category_does_not_have_is_left_out_and_named() -> None:
    said_ = {"colour": "blue", "occasion": "casual", "closure": "zip", "pattern": "patchwork"}
    told = standard("shopify", "Tshirts", said_)
    assert set(told.fields) == {"category", "gid://shopify/TaxonomyAttribute/1"}
    assert told.unplaced == ("closure", "occasion")
    assert told.unknown == ("pattern",)
    assert "gid://shopify/TaxonomyAttribute/3244" in standard("shopify", "Dresses", said_).fields
    nowhere = standard("shopify", "Perfume and Body Mist", {"colour": "blue"})
    assert nowhere == ({}, ("colour",), ())


def test_a_watchs_colours_are_told_apart_and_like_attributes_are_joined() -> None:
    said_ = {"dial_colour": "black", "strap_colour": "brown", "movement": "quartz", "watch_feature": "alarm"}
    told = standard("shopify", "Watches", said_).fields
    assert told["dial-color"] == "gid://shopify/TaxonomyValue/1"
    assert told["band-color"] == "gid://shopify/TaxonomyValue/7"
    assert len(told["gid://shopify/TaxonomyAttribute/3008"].split(",")) == 2


def test_trained_parts_are_small_and_hold_no_shop_names() -> None:
    assert sum(p.stat().st_size for p in STARTER.iterdir()) < 8_000_000
    terms = json.loads((STARTER / "linear.json").read_text(encoding="utf-8"))["terms"]
    words = {w for t in terms for w in t.split() if ":" not in t}
    words |= set(json.loads((STARTER / "vectors.json").read_text(encoding="utf-8")))
    words |= set(json.loads((STARTER / "ner.json").read_text(encoding="utf-8"))["words"])
    words |= {
        w for own in json.loads((STARTER / "word_classes.json").read_text(encoding="utf-8")).values() for w in own
    }
    assert words.isdisjoint(
        {"nike", "adidas", "puma", "reebok", "titan", "fossil", "wrangler", "biba", "jockey", "fabindia"}
    )


def test_declarations_are_plain_yaml() -> None:
    for path in (Path(__file__).parents[2] / "nlp" / "vocabulary").glob("*.yaml"):
        assert yaml.safe_load(path.read_text(encoding="utf-8"))

"""Every declared name builds, and every standard id exists."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from nlp.catalog import STARTER, TextReader
from nlp.lexicon import phrase_words
from nlp.standard import standard
from nlp.vocabulary_spec import article_vocabulary
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


def test_standard_ids_exist_in_the_published_taxonomy() -> None:
    folder = SHARED / "data" / "shopify-taxonomy"
    if not folder.exists():
        pytest.skip("the shared taxonomy is not here")
    values = set(
        map(int, re.findall(r"^- id: (\d+)$", (folder / "values.yml").read_text(encoding="utf-8"), re.MULTILINE))
    )
    known = set(
        map(int, re.findall(r"^- id: (\d+)$", (folder / "attributes.yml").read_text(encoding="utf-8"), re.MULTILINE))
    )
    for attribute in ALL:
        if attribute.shopify:
            assert int(attribute.shopify.rsplit("/", 1)[1]) in known
        for value in attribute.values:
            assert value.shopify is None or int(value.shopify.rsplit("/", 1)[1]) in values
    text = "".join(
        (folder / f).read_text(encoding="utf-8") for f in ("aa_apparel_accessories.yml", "lb_luggage_bags.yml")
    )
    categories = set(re.findall(r"^- id: ([a-z0-9-]+)$", text, re.MULTILINE))
    for article in article_vocabulary().article_types:
        assert article.shopify is None or article.shopify.rsplit("/", 1)[1] in categories


def test_answers_are_told_in_the_words_of_both_standards() -> None:
    said_ = {
        "colour": "navy_blue, white",
        "gender": "women",
        "age_group": "adult",
        "neckline": "v_neck",
        "heel_type": None,
    }
    shopify = standard("shopify", "Dresses", said_)
    assert shopify["category"] == "gid://shopify/TaxonomyCategory/aa-1-4"
    assert len(shopify["gid://shopify/TaxonomyAttribute/1"].split(",")) == 2
    google = standard("google", "Dresses", said_)
    assert google == {
        "google_product_category": "2271", "color": "Navy Blue/White", "gender": "female", "age_group": "adult",
    }  # fmt: skip
    with pytest.raises(UsageError, match=r"allowed: shopify, google"):
        standard("amazon", None, {})


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

"""What every extractor promises, run on each of them."""

from __future__ import annotations

import pytest

from nlp.catalog import ProductText, build
from nlp.extractors.port import Extractor
from nlp.reading import Finding, read
from schemas.attribute_spec import attributes
from schemas.group_spec import groups

READER = build()
TEXTS = [
    ("Acme Women Navy Blue Printed Shirt Dress", "<p>Navy blue printed dress, has a round neck, no sleeves.</p>"),
    ("Acme Men Brown Leather Formal Shoes", "A pair of brown derbysLeather upperTPR outsole. Warranty: 3 months"),
    ("Acme Sunglasses 52-18-140", "Colour: BlackFrame: PlasticLens: Polarised"),
    ("Acme Men Watch", "Blue dial & leather strap, 42 mm dial, 5 ATM water resistant, does not include a box"),
    ("Acme Women Ring", "0.25 ct diamond, 18 kt gold. Feels like silk, wear it with red heels"),
    ("Acme Women Blue Slimm Fit Jeans", "Made of denimm, has a cottonn lining"),
    ("Acme Men Shirt", "80% cotton, 20% polyester; made for men; in a zibbly hue, has a jibbly collar"),
    ("", "no no no, without, \u202e 100% 1/2 in &amp; <b>"),
    ("", ""),
]


def _found(extractor: Extractor, name: str, description: str) -> list[Finding]:
    """Return what ``extractor`` finds in a reading that those before it have read, as they leave it their findings."""
    reading = read(READER._lexicon, ProductText("v", "1", name, description))
    for earlier in READER._extractors[: READER._extractors.index(extractor)]:
        list(earlier.find(reading))
    return list(extractor.find(reading))


@pytest.mark.parametrize("extractor", READER._extractors, ids=lambda e: e.name)
class TestEveryExtractor:
    def test_it_is_named_and_versioned(self, extractor: Extractor) -> None:
        assert extractor.name.isidentifier()
        assert extractor.version

    def test_it_finds_something_in_one_of_the_texts(self, extractor: Extractor) -> None:
        assert any(_found(extractor, name, description) for name, description in TEXTS)

    def test_findings_point_at_words_of_the_text(self, extractor: Extractor) -> None:
        for name, description in TEXTS:
            texts = {"name": name, "description": description}
            for finding in _found(extractor, name, description):
                assert 0 <= finding.start < finding.end <= len(texts[finding.passage])
                assert 0.0 <= finding.confidence <= 1.0

    def test_the_order_is_stable(self, extractor: Extractor) -> None:
        for name, description in TEXTS:
            assert _found(extractor, name, description) == _found(extractor, name, description)

    def test_values_are_declared(self, extractor: Extractor) -> None:
        declared = {a.name: a for a in attributes().attributes}
        for name, description in TEXTS:
            for finding in _found(extractor, name, description):
                attribute = declared[finding.attribute]
                assert not attribute.values or finding.value in {v.name for v in attribute.values}
                if finding.attribute == "image_group":
                    assert finding.value in groups().names

    def test_other_products_and_denials_are_left_alone(self, extractor: Extractor) -> None:
        name, description = "Acme Men Shirt", "Does not include a leather belt. Team it with red jeans."
        found = {(f.attribute, f.value) for f in _found(extractor, name, description)}
        assert found.isdisjoint({("material", "leather"), ("colour", "red"), ("article_type", "Belts")})


def test_producers_are_named_with_their_version() -> None:
    claims = READER.read([ProductText("v", "1", *TEXTS[0])])[0]
    assert claims
    assert {c.producer for c in claims} <= {f"{e.name}@{e.version}" for e in READER._extractors}

from __future__ import annotations

import pytest

from enrichment.taxonomy.claims import FieldReader, vendor_claims
from enrichment.taxonomy.filing import Reader
from enrichment.taxonomy.trust import VendorTrust
from schemas.attribute_spec import attributes
from schemas.records import AttributeClaim, EvidenceKind, Product, Source
from tests.taxonomy.trees import declared_tree

FIELDS = FieldReader(attributes())


def _claims(levels: tuple[str | None, ...], trust: float = 0.9, **fields: str) -> list[AttributeClaim]:
    product = Product("v", "1", (1,), levels=levels, fields=fields)
    filing = Reader(declared_tree()).read_product(product)
    return vendor_claims(product, filing, declared_tree(), FIELDS, VendorTrust("v", (trust,) * 5))


def _said(claims: list[AttributeClaim]) -> dict[tuple[str, str], float]:
    return {(c.attribute, c.value): c.confidence for c in claims}


def test_a_full_filing_claims_type_group_and_gender() -> None:
    claims = _claims(("Women", "Clothing", "Dresses", "Dresses", None), colour="Navy Blue")
    assert _said(claims) == {
        ("image_group", "dress"): 0.9,
        ("article_type", "Dresses"): 0.9,
        ("gender", "women"): 0.9,
        ("colour", "navy_blue"): 0.9,
    }
    assert {c.source for c in claims} == {Source.VENDOR}
    assert {c.evidence.kind for c in claims} == {EvidenceKind.COLUMN}
    assert {c.evidence.field for c in claims} == {"subclass", "division", "colour"}


@pytest.mark.parametrize(
    ("levels", "fields", "proofs"),
    [
        (
            ("Women", "DEF", "Heels", "DEF", None),
            {},
            {("gender", "division", "Women"), ("article_type", "class", "Heels"), ("image_group", "class", "Heels")},
        ),
        (
            ("DEF", "Mens Clothing", "DEF", "DEF", None),
            {},
            {("gender", "department", "Mens Clothing")},
        ),
        (
            ("Men", None, "DEF", None, None),
            {"Product Type": "Belts"},
            {
                ("gender", "division", "Men"),
                ("article_type", "Product Type", "Belts"),
                ("image_group", "Product Type", "Belts"),
            },
        ),
    ],
)
def test_the_evidence_is_what_was_sent_where_it_was_sent(
    levels: tuple[str | None, ...], fields: dict[str, str], proofs: set[tuple[str, str, str]]
) -> None:
    claims = _claims(levels, **fields)
    assert {(c.attribute, c.evidence.field, c.evidence.quote) for c in claims} == proofs


def test_a_level_that_fits_several_types_shares_its_weight() -> None:
    said = _said(_claims(("Women", "DEF", "Dresses & Skirts", "DEF", None)))
    assert said["image_group", "dress"] == said["image_group", "skirt"] == pytest.approx(0.45)
    assert said["article_type", "Dresses"] == pytest.approx(0.45)


def test_a_lone_department_claims_no_type() -> None:
    assert {name for name, _ in _said(_claims(("Women", "Clothing", "DEF", "DEF", None)))} == {"gender"}


def test_contradiction_and_mistrust_weaken() -> None:
    clear = _said(_claims(("Women", "Clothing", "Dresses", "Dresses", None)))
    torn = _said(_claims(("Women", "Shoes", "Dresses", "Dresses", None)))
    assert torn["article_type", "Dresses"] == pytest.approx(clear["article_type", "Dresses"] / 2)
    mistrusted = _said(_claims(("Women", "Clothing", "Dresses", "Dresses", None), trust=0.3))
    assert mistrusted["article_type", "Dresses"] == pytest.approx(0.3)


def test_columns_of_type_and_gender_are_named_as_evidence() -> None:
    claims = _claims((None,) * 5, gender="Ladies", article_type="Heels")
    assert {(c.attribute, c.value, c.evidence.field) for c in claims} == {
        ("gender", "women", "gender"),
        ("image_group", "shoes", "article_type"),
        ("article_type", "Heels", "article_type"),
    }


def test_compound_and_qualified_colours() -> None:
    said = _said(_claims((None,) * 5, colour="Navy Blue / White"))
    assert set(said) == {("colour", "navy_blue"), ("colour", "white")}
    assert set(_said(_claims((None,) * 5, colour="Matte Navy Blue"))) == {("colour", "navy_blue")}


SEASONS = {
    "winter": "Winter | Winter 2026 | 2026 Winter | WINTER'26 | Fall-Winter 2026 | Autumn/Winter | Mid-Winter 26 | FW26"
    " | 26FW | fw 26 | F/W 26 | 2026F/W | AW 2026 | A/W26 | AW26/27 | 2026-27 AW | FW_26 | fw2041 | HO26 | WI 26",
    "summer": "Summer 27 | SS27 | SS 27 | 27SS | 2027SS | S/S 27 | S/S-2027 | SS\u201927 | (SS27) | SU27"
    " | High Summer 27 | Spring/Summer 2027 | Spring Summer 27 | 27 Spring & Summer",
    "autumn": "Fall 2026 | Autumn 26 | FA26 | Pre-Fall 2026 | PreFall26 | Pre-Autumn | PF 26",
    "spring": "Spring 27 | SP27 | 2027 Spring",
    "all_season": "All Season 26 | all seasons",
}
UNREAD = "Resort 27 | Cruise | CR27 | Holiday 26 | Pre-Spring 27 | 2026 | 26/27 | 27 | SS127 | 126FW | S27A | XSS27"


@pytest.mark.parametrize(("season", "texts"), SEASONS.items())
def test_season_columns_are_read_with_or_without_a_year(season: str, texts: str) -> None:
    for text in texts.split(" | "):
        assert FIELDS.read("season", text) == ("season", (season,)), text


@pytest.mark.parametrize("text", UNREAD.split(" | "))
def test_what_is_no_season_of_ours_stays_unread(text: str) -> None:
    assert FIELDS.read("season", text) == ("season", ())


def test_two_seasons_are_both_claimed_and_each_believed_less() -> None:
    said = _said(_claims((None,) * 5, season="SS27 / FW27"))
    assert set(said) == {("season", "summer"), ("season", "winter")}
    assert said["season", "summer"] < _said(_claims((None,) * 5, season="SS27"))["season", "summer"]


@pytest.mark.parametrize("column", ["colour", "material", "size", "name", "fit"])
def test_season_codes_and_years_mean_nothing_in_other_columns(column: str) -> None:
    assert not [c for c in _claims((None,) * 5, **{column: "SS27"}) if c.attribute == "season"]
    assert FIELDS.read("colour", "Red 26") == ("colour", ())


@pytest.mark.parametrize("text", ["DEF", "", "N/A", "zzz", "=cmd()", "<b>x</b>" * 99])
def test_placeholders_and_nonsense_claim_nothing(text: str) -> None:
    assert _claims((None,) * 5, colour=text, gender=text, article_type=text) == []


def test_unknown_columns_are_left_alone() -> None:
    assert _claims((None,) * 5, price="12.50", brand="Red") == []

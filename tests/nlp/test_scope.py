"""What a text says of its reader, of another product, of a theme or of a brand is not said of the product."""

from __future__ import annotations

import pytest

from nlp.catalog import TextReader
from nlp.lexicon import Lexicon
from nlp.reading import read
from nlp.text import ProductText
from tests.nlp.conftest import said


@pytest.mark.parametrize(
    "text",
    [
        "A shirt to replace your old floral blouse.",
        "Shoppers love it best with black trousers.",
        "Throw a black cardigan round your shoulders.",
        "Roll up your sleeves and get going.",
        "A black satchel is included.",
    ],
)
def test_a_description_speaks_of_other_things_too(reader: TextReader, text: str) -> None:
    assert said(reader, description=text).isdisjoint(
        {("pattern", "floral"), ("colour", "black"), ("sleeve_style", "roll_up")}
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Black shirt. Give it a try with your eyes closed.", ("colour", "black")),
        ("Make this black shirt your own.", ("colour", "black")),
    ],
)
def test_but_what_it_says_of_the_product_stays(reader: TextReader, text: str, value: tuple[str, str]) -> None:
    assert value in said(reader, name="Acme Men Shirt", description=text)


def test_what_it_is_made_with_is_no_pairing(lexicon: Lexicon) -> None:
    assert not any(read(lexicon, ProductText("v", "1", "", "We made it with organic cotton.")).description.flags)
    assert any(read(lexicon, ProductText("v", "1", "", "We love it with organic cotton.")).description.flags)


def test_a_slogan_in_a_name_is_no_reader(reader: TextReader) -> None:
    assert ("pattern", "printed") in said(reader, name="Wear Your Mind Men White Printed Round Neck T-shirt")


def test_a_noun_that_names_a_colour_describes_the_noun_after_it(reader: TextReader) -> None:
    assert {("pattern", "printed"), ("colour", "cream")} <= said(reader, name="Acme Women Printed Cream Kurtas")
    assert {("pattern", "printed"), ("colour", "cream")} <= said(reader, name="Acme Women Printed Cream Ethnic Kurta")


@pytest.mark.parametrize(
    ("name", "brand"),
    [
        ("U.S. Polo Assn. Striped Men Shirt", "u . s . polo assn ."),
        ("U.S. Polo Assn. Men Striped Shirt", "u . s . polo assn ."),
        ("Zibbly Tape Men Brown Shoes", "zibbly tape"),
        ("Black Leather Women Boots", ""),
    ],
)
def test_the_dots_of_an_abbreviation_are_no_words_of_a_brand(lexicon: Lexicon, name: str, brand: str) -> None:
    passage = read(lexicon, ProductText("v", "1", name)).name
    assert " ".join(passage.tokens.words[: passage.brand]) == brand


def test_a_theme_is_no_colour(reader: TextReader) -> None:
    assert ("colour", "white") not in said(reader, name="White Rabbit Bookshop Gift Card")
    assert ("colour", "white") in said(reader, name="White Ceramic Mug")


def test_season_codes_of_any_year_are_read_where_seasons_stand(reader: TextReader) -> None:
    for text, season in (
        ("Season: FW26", "winter"),
        ("Season: SS2031", "summer"),
        ("From our AW25 collection.", "winter"),
    ):
        assert ("season", season) in said(reader, name="Acme Men Jacket", description=text)
    assert ("season", "summer") not in said(reader, name="Nike Men As Ss Cruiser Maroon T-Shirts")


def test_codes_of_season_columns_are_no_words(reader: TextReader) -> None:
    for text in ("Tally Ho collection.", "For the FA Cup season.", "Season: Pre-Spring 27", "Our Resort collection."):
        assert "season" not in {name for name, _ in said(reader, name="Acme Men Jacket", description=text)}


@pytest.mark.parametrize(
    ("name", "description"),
    [
        ("Acme Women Skin Pump Shoes", ""),
        ("Acme Women Smooth Skin Lace Bra", ""),
        ("Acme Women Black & Skin Heels", ""),
        ("Acme Women Bra - Skin", ""),
        ("Acme Women Pumps in Skin", ""),
        ("Acme Women Skin Colour Leggings", ""),
        ("Acme Women Skin-Tone Slim Fit Trousers", ""),
        ("Acme Women Leggings", "Skin leggings in soft cotton."),
        ("Acme Women Leggings", "Skin coloured leggings."),
        ("Acme Women Leggings", "Colour: Skin"),
    ],
)
def test_skin_is_a_colour_where_it_describes_what_is_worn(reader: TextReader, name: str, description: str) -> None:
    assert ("colour", "nude") in said(reader, name=name, description=description)


@pytest.mark.parametrize(
    ("name", "description"),
    [
        ("Acme Women Sensitive Skin Socks", ""),
        ("Acme Women Skin Tight Jeans", ""),
        ("Acme Croc Skin Belt", ""),
        ("Acme Women Leggings for Skin", ""),
        ("Acme Skin Cream", ""),
        ("Acme Women Leggings", "Skin-friendly fabric."),
        ("Acme Women Leggings", "Gentle to hair, skin."),
        ("Acme Women Leggings", "Kind to skin, second-skin fit."),
        ("Acme Women Leggings", "Soft on skin cotton leggings."),
    ],
)
def test_and_else_it_is_whom_it_touches_or_what_it_is_of(reader: TextReader, name: str, description: str) -> None:
    assert ("colour", "nude") not in said(reader, name=name, description=description)


def test_a_part_of_stone_is_no_stone(reader: TextReader) -> None:
    assert ("stone", "pearl") not in said(reader, name="Acme Women Mother Of Pearl Dial Watch")

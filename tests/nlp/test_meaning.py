"""What names and descriptions mean: one behaviour a test, in texts of our own."""

from __future__ import annotations

import pytest

from nlp.catalog import TextReader
from tests.nlp.conftest import claims, said


@pytest.mark.parametrize(
    ("name", "group", "article"),
    [
        ("Acme Jeans Men Navy Shirt", "top", "Shirts"),
        ("Acme Women Black Leather Heels", "shoes", "Heels"),
        ("Acme Women Yellow Kurta with Palazzos", "other", "Kurta Sets"),
        ("Acme Men Pack of 3 Ankle Socks", "other", "Socks"),
        ("Acme Unisex Grey Laptop Backpack with Rain Cover", "bag", "Backpacks"),
        ("Acme Women Gold Toned Jhumkas", "jewelry", "Earrings"),
        ("Acme Ocean Eau de Parfum 50 ml", "other", "Perfume and Body Mist"),
        ("Acme Men Brown Reversible Belt", "other", "Belts"),
        ("Acme Men Formal Suit", "formal_set", "Suits"),
        ("Acme Women Cap Sleeves Shirt Dress", "dress", "Dresses"),
        ("Acme Women Padded T-shirt Bra", "other", "Bra"),
        ("Acme Men Aviator Sunglasses", "glasses", "Sunglasses"),
        ("Acme Women Silk Stole", "scarf", "Stoles"),
        ("Acme Women Black Ballet Pumps", "shoes", "Flats"),
        ("Acme Kids Red Jump Suit", "other", "Jumpsuit"),
        ("Acme Unisex Round Sun Glasses", "glasses", "Sunglasses"),
        ("Acme Unisex Printed Phone Cases", "other", "Mobile Pouch"),
    ],
)
def test_a_name_tells_what_the_product_is(reader: TextReader, name: str, group: str, article: str) -> None:
    found = said(reader, name)
    assert ("article_type", article) in found
    assert ("image_group", group) in found


@pytest.mark.parametrize("name", ["Zork Red Shirt for Women", "Zork Red Shirt - Women", "Zork Red Shirt Women"])
def test_a_product_named_before_its_gender_is_no_brand(reader: TextReader, name: str) -> None:
    nouns = {(c.attribute, c.value) for c in claims(reader, name) if c.producer.startswith(("nouns@", "gazetteer@"))}
    assert {("article_type", "Shirts"), ("colour", "red")} <= nouns


def test_a_hurried_gender_is_heard(reader: TextReader) -> None:
    assert ("gender", "women") in said(reader, "ACME WMNS RED SHORTS")


def test_a_passport_holder_is_no_travel_accessory(reader: TextReader) -> None:
    found = said(reader, "Acme Unisex Leather Passport Holder")
    assert {value for name, value in found if name == "article_type"} == {"Wallets"}


@pytest.mark.parametrize("name", ["Zork Men", "Zork Qrr Women", "Zork Printed", "Zork Casual"])
def test_a_name_of_which_a_lone_value_is_known_tells_no_product(reader: TextReader, name: str) -> None:
    assert not {c.attribute for c in claims(reader, name)} & {"article_type", "image_group"}


@pytest.mark.parametrize(
    ("name", "description", "expected"),
    [
        (
            "Acme Women Dress",
            "Has three-quarter bell sleeves",
            {("sleeve_length", "three_quarter"), ("sleeve_style", "bell")},
        ),
        ("Acme Women Dress", "No sleeves, fully lined", {("sleeve_length", "sleeveless"), ("lining", "fully_lined")}),
        ("Acme Men Off-White Shirt", "", {("colour", "off_white")}),
        ("Acme Men Black & White Shirt", "", {("colour", "black"), ("colour", "white")}),
        ("Acme Gray Shirt", "", {("colour", "grey")}),
        ("Acme Men Watch", "Black dial, leather strap", {("dial_colour", "black"), ("watch_strap", "leather")}),
        ("Acme Men Watch", "Water resistant up to 5 ATM", {("water_resistance", "50")}),
        ("Acme Sunglasses", "Lens width: 52 mm, 18 mm bridge", {("lens_width", "52"), ("bridge_width", "18")}),
        ("Acme Sunglasses 52-18-140", "", {("lens_width", "52"), ("bridge_width", "18"), ("temple_length", "140")}),
        ("Acme Women Dress", "Length 22 in.", {("garment_length", "55.88")}),
        ("Acme Women Dress", "Length: 22\u2033", {("garment_length", "55.88")}),
        ("Acme Sunglasses", "Bridge 14 1/4 mm", {("bridge_width", "14.25")}),
        (
            "Acme Women Ring",
            "0.25 carat diamond in 18 kt gold",
            {("carat", "0.25"), ("purity", "18"), ("stone", "diamond")},
        ),
        (
            "Acme Men Shirt",
            "80% cotton, 20% polyester",
            {("composition", "80% cotton, 20% polyester"), ("material", "polyester")},
        ),
        # A Turkish keyboard's I has a dot, its i none.
        ("Acme Men Shirt", "100% SİLK", {("composition", "100% silk"), ("material", "silk")}),
        ("Acme Women Dress", "Length: 22 \u0131nch, fİve pockets", {("garment_length", "55.88"), ("pockets", "5")}),
        ("Acme Men Shirt", "Neck: Round; Sleeve: Half", {("neckline", "round"), ("sleeve_length", "short")}),
        ("Acme Women Heels", "Has a stacked heel, TPR outsole", {("heel_type", "block"), ("sole_material", "tpr")}),
        (
            "Acme Men Belt",
            "Reversible: YesStretchable: No",
            {("technology", "reversible"), ("stretch", "non_stretchable")},
        ),
        ("Acme Bag", "Two handles. One main compartmentWarranty: 2 years", {("compartments", "1"), ("warranty", "24")}),
        ("Acme Boys Shorts", "", {("gender", "boys"), ("age_group", "kids")}),
        ("Acme Men and Women Socks", "", {("gender", "unisex")}),
    ],
)
def test_attributes_are_read(reader: TextReader, name: str, description: str, expected: set[tuple[str, str]]) -> None:
    assert expected <= said(reader, name, description)


@pytest.mark.parametrize(
    ("name", "description", "absent"),
    [
        ("Acme Men Shirt", "Blue shirt with white buttons", ("colour", "white")),
        ("Acme Men Jeans", "Waistband with belt loops", ("article_type", "Belts")),
        ("Acme Men Trousers", "Does not come with a leather belt", ("material", "leather")),
        ("Acme Women Kurta", "Team it with red leggings", ("colour", "red")),
        ("Acme Women Kurta", "Feels soft like silk", ("material", "silk")),
        ("Acme Men Shirt", "Block heel", ("heel_type", "block")),
        ("Acme Men Watch", "Red strap", ("colour", "red")),
        ("Red Tape Men Brown Shoes", "", ("colour", "red")),
        ("Wool & Prince Undershirt Refresh", "", ("material", "wool")),
        ("Acme Women Handbag", "Canvas handbag, leather-free", ("material", "leather")),
        ("Acme Women Handbag", "See the matching purse, 12 cm wide", ("width", "12")),
        ("Acme Men T-shirt", "Soft tee, inspired by olive groves", ("colour", "olive")),
    ],
)
def test_other_things_are_left_alone(reader: TextReader, name: str, description: str, absent: tuple[str, str]) -> None:
    assert absent not in said(reader, name, description)


@pytest.mark.parametrize(
    ("name", "description", "present"),
    [
        ("Acme Men Jeans", "Blue jeans, clean look with light fade", ("fade", "light")),
        ("Acme Women Top", "White cotton free size top", ("material", "cotton")),
        ("Black & Gold-Toned Necklace", "", ("colour", "black")),
        ("Acme Men Free Run Grey Shoes", "", ("gender", "men")),
    ],
)
def test_what_only_looks_like_a_denial_still_speaks(
    reader: TextReader, name: str, description: str, present: tuple[str, str]
) -> None:
    assert present in said(reader, name, description)


def test_the_vendors_brand_column_marks_the_brand(reader: TextReader) -> None:
    assert ("colour", "red") in said(reader, "Red Coral Shirt")
    assert ("colour", "red") not in said(reader, "Red Coral Shirt", brand="Red Coral")


def test_contradictions_stay_two_claims(reader: TextReader) -> None:
    found = said(reader, "Acme Men Round Neck T-shirt", "Blue T-shirt, has a V-neck")
    assert {("neckline", "round"), ("neckline", "v_neck")} <= found


def test_quotes_are_the_original_words(reader: TextReader) -> None:
    text = "<p>Colour:&nbsp;Navy&nbsp;Blue</p>"
    colour = next(c for c in claims(reader, "Acme Men Shirt", text) if c.attribute == "colour")
    assert colour.value == "navy_blue"
    assert colour.evidence.quote == text[colour.evidence.start : colour.evidence.end] == "Navy&nbsp;Blue"


def test_nothing_is_said_of_nothing(reader: TextReader) -> None:
    assert said(reader) == set()
    assert said(reader, "Item d44cfac9") == set()
    assert reader.read([]) == []

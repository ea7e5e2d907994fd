"""A thing to keep, clean or mend a product with is not the product."""

from __future__ import annotations

import pytest

from nlp.catalog import TextReader
from tests.nlp.conftest import claims


def _types(reader: TextReader, name: str, description: str = "") -> set[str]:
    found = claims(reader, name, description)
    return {c.value for c in found if c.attribute in ("article_type", "image_group")}


@pytest.mark.parametrize(
    "name",
    [
        "Zorvex Sunglasses Hard Case",
        "Zorvex Sunglasses Case Black",
        "Zorvex Sneaker Cleaner 200 ml",
        "Zorvex Suede Boot Brush",
        "Zorvex Sneaker Wipes Pack of 12",
        "Zorvex Bag Strap",
        "Zorvex Shirt Dress Clips",
        "Zorvex Men Tie Rack",
        "Zorvex Ring Holder",
        "Hard Case for Sunglasses",
        "Cleaner for White Sneakers",
        "Zorvex Rain Cover for Backpacks",
    ],
)
def test_a_thing_for_a_product_is_no_such_product(reader: TextReader, name: str) -> None:
    assert _types(reader, name, "Keeps your sunglasses, watch and shoes as new.") == set()


@pytest.mark.parametrize(
    ("name", "article"),
    [
        ("Zorvex Box Pleat Dress", "Dresses"),
        ("Zorvex Women Dress Box Pleat", "Dresses"),
        ("Case Study Tee", "Tshirts"),
        ("Zorvex Strap Sandals", "Sandals"),
        ("Zorvex Women Bra Multiway Straps", "Bra"),
        ("Zorvex Men Watch Leather Strap", "Watches"),
        ("Zorvex Men Watch Steel Case", "Watches"),
        ("Zorvex Women Clutch with Box", "Clutches"),
        ("Zorvex Women Box Clutch", "Clutches"),
        ("Zorvex Laptop Bag / Document Holder", "Laptop Bag"),
        ("Zorvex Women Perfume Spray", "Perfume and Body Mist"),
        ("Zorvex Watch Strap", "Watch Accessories"),
        ("Zorvex Card Holder", "Wallets"),
        ("Zorvex Gift Box of 3 Socks", "Socks"),
        ("Zorvex Box of 3 Socks", "Socks"),
    ],
)
def test_the_same_words_elsewhere_change_nothing(reader: TextReader, name: str, article: str) -> None:
    assert article in _types(reader, name)

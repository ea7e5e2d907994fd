from datetime import date, timedelta

import pyarrow as pa
import pytest

from enrichment.stages.awaited import NIGHTS, awaits_pictures, to_ask_again
from schemas.tables import PRODUCTS, published_products

NIGHT = date(2026, 11, 17)


@pytest.fixture
def products():
    """One product that awaits its first picture, one that awaits none."""
    rows = [
        {"vendor": "acme", "sku": "A", "night": NIGHT, "images": ["b"], "images_sent": ["a", "b"]},
        {"vendor": "acme", "sku": "B", "night": NIGHT, "images": ["c"], "images_sent": None},
    ]
    return pa.Table.from_pylist(rows, schema=published_products(("colour",)))


@pytest.mark.parametrize(("nights", "asked"), [(1, True), (NIGHTS, True), (NIGHTS + 1, False)])
def test_a_missing_picture_is_asked_for_on_the_nights_after(products, nights, asked):
    night = NIGHT + timedelta(days=nights)
    assert awaits_pictures(products, night).to_pylist() == [asked, False]
    again = to_ask_again(products, night)
    assert again.schema.names == PRODUCTS.names
    assert again["images"].to_pylist() == [["a", "b"] if asked else ["b"], ["c"]]


def test_a_catalogue_that_does_not_say_awaits_nothing(products):
    older = products.drop_columns(["images_sent"])
    assert awaits_pictures(older, NIGHT).to_pylist() == [False, False]
    assert to_ask_again(older, NIGHT)["images"].to_pylist() == [["b"], ["c"]]


def test_no_products_await_nothing(products):
    assert awaits_pictures(products.slice(0, 0), NIGHT).to_pylist() == []
    assert to_ask_again(products.slice(0, 0), NIGHT).num_rows == 0

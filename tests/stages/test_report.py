"""What a price weighs in the report: a vendor's word, of which no page may break."""

import json
from types import SimpleNamespace

import pyarrow as pa
import pytest

from enrichment.review.changes import Change
from enrichment.review.patterns import find_patterns
from enrichment.stages.report import MOST_IMPACT, _impact

FIELDS = pa.map_(pa.string(), pa.string())


@pytest.mark.parametrize(
    ("price", "weight"),
    [
        ("12.90", 12.9),
        ("0.10", 1.0),
        ("-5", 1.0),
        ("9e9", MOST_IMPACT),
        ("1e999", 1.0),
        ("inf", 1.0),
        ("-Infinity", 1.0),
        ("NaN", 1.0),
        ("dear", 1.0),
        ("", 1.0),
    ],
)
def test_a_product_weighs_its_price_within_bounds(price, weight):
    fields = pa.array([[("price", price)], None], FIELDS)
    products = pa.table({"vendor": ["acme", "acme"], "sku": ["A", "B"], "fields": fields})
    impact = _impact(SimpleNamespace(products=products))
    assert (impact("acme", "A"), impact("acme", "B")) == (weight, 1.0)
    change = Change("acme", "A", "new", "data", "class", "", "", "Women", "decided", 0.5, ())
    assert json.dumps(find_patterns([change], impact)[0].risk, allow_nan=False)

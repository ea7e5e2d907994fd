from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from enrichment.publish.accounting import accounts
from enrichment.stages.judges import judged
from enrichment.stages.unknown_values import MOST_VALUES, unknown_values
from enrichment.vendors.product_tables import problems_table, products_table
from schemas.records import ProblemReason, Product
from schemas.tables import PRODUCTS, WITHDRAWN
from schemas.vendor_spec import VendorSpec
from schemas.ways_out import WAY_OUT

NIGHT = date(2026, 11, 17)
SPEC = VendorSpec.model_validate(
    {
        "vendor": "acme",
        "format": "csv",
        "files": ["a.csv"],
        "columns": {"sku": "Id"},
        "attributes": {"colour": "Shade", "price": {"column": "Cost", "kind": "number"}, "brand": "Maker"},
    }
)


def products(*cells: dict[str, str], vendor: str = "acme") -> pa.Table:
    rows = [Product(vendor, f"S{n}", (n,), name="x", fields=fields) for n, fields in enumerate(cells, 1)]
    return products_table(rows, NIGHT, judged)


def test_one_problem_a_value_with_its_count_the_first_row_and_the_nearest() -> None:
    sent = products(
        {"colour": "Red", "price": "12", "brand": "Zorgon"},
        {"colour": "Crimsonn"},
        {"colour": "Zorgon", "price": "cheap"},
        {"colour": "Crimsonn"},
        {},
    )
    others = products({"colour": "Elsewhere"}, vendor="birch")
    found = unknown_values(SPEC, pa.concat_tables([sent.slice(2), sent.slice(0, 2), others]), NIGHT)
    assert [(p.row, p.sku, p.column, p.reason) for p in found] == [
        (2, "S2", "Shade", ProblemReason.VALUE_UNKNOWN),
        (3, "S3", "Shade", ProblemReason.VALUE_UNKNOWN),
    ]
    assert found[0].excerpt == "'Crimsonn' in 2 products; closest: crimson (red)"
    assert found[1].excerpt.startswith("'Zorgon' in 1 product")
    assert not any(p.quarantined for p in found)
    assert problems_table(found)["reason"].to_pylist() == ["value_unknown"] * 2


def test_no_row_is_lost_by_it() -> None:
    sent = products({"colour": "Zorgon"}, {"colour": "Red"})
    told = accounts({"acme": 2}, sent, WITHDRAWN.empty_table(), problems_table(unknown_values(SPEC, sent, NIGHT)))
    assert [(a.published, a.quarantined, a.unaccounted) for a in told] == [(2, 0, 0)]


def test_a_hostile_drop_cannot_flood_the_problems() -> None:
    sent = products(
        *({"colour": f"zz{n}\x07{'q' * 300}"} for n in range(3_000)), {"colour": "Often"}, {"colour": "Often"}
    )
    found = unknown_values(SPEC, sent, NIGHT)
    assert len(found) == MOST_VALUES + 1
    assert found[0].excerpt.startswith("'Often' in 2 products")
    assert found[-1].excerpt == f"{3_001 - MOST_VALUES} more unknown values in {3_001 - MOST_VALUES} products"
    assert all(p.excerpt.isprintable() for p in found)


def test_nothing_sent_is_no_problem() -> None:
    assert unknown_values(SPEC, PRODUCTS.empty_table(), NIGHT) == []


def test_every_reason_has_a_way_out() -> None:
    assert set(WAY_OUT) == set(ProblemReason)
    assert all(text and text == text.strip() for text in WAY_OUT.values())


@pytest.mark.parametrize("vendor", ["kestrel", "meridian", "oakline", "tamarind"])
def test_the_declared_vendors_send_few_values_that_nothing_knows(vendor: str) -> None:
    from enrichment.vendors.read import read_drop
    from tests.vendors.declared import vendor_specs

    folder = Path(__file__).parents[3] / "shared" / "drops" / vendor / NIGHT.isoformat()
    if not folder.is_dir():
        pytest.skip("the shared drops are not here")
    spec = vendor_specs()[vendor]
    sent = [product for batch in read_drop(spec, folder, NIGHT) for product in batch.products]
    found = unknown_values(spec, products_table(sent, NIGHT, judged), NIGHT)
    assert len(found) <= len(spec.attributes) * MOST_VALUES // 4

"""The twelve real drops, where they are at hand; nothing of them is kept here but counts."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from enrichment.vendors.drops import find_drops
from enrichment.vendors.read import DropBatch, read_drop
from schemas.records import ProblemReason
from tests.vendors.declared import vendor_specs

DROPS = Path(__file__).resolve().parents[2].parent / "shared" / "drops"
VENDORS = ("kestrel", "meridian", "oakline", "tamarind")
NIGHTS = [date(2026, 11, day) for day in (17, 18, 19)]
pytestmark = pytest.mark.skipif(not DROPS.is_dir(), reason="the real drops (../shared/drops) are not at hand")


def read(vendor: str, night: date) -> DropBatch:
    whole = DropBatch()
    for part in read_drop(vendor_specs()[vendor], DROPS / vendor / night.isoformat(), night, batch=100):
        whole.products += part.products
        whole.problems += part.problems
        whole.withdrawn += part.withdrawn
        whole.rows_in += part.rows_in
    return whole


def truth(vendor: str, night: date) -> set[str]:
    rows = pq.read_table(DROPS / "truth.parquet", columns=["vendor", "night", "sku"]).to_pylist()
    return {row["sku"] for row in rows if (row["vendor"], row["night"]) == (vendor, night.isoformat())}


@pytest.mark.parametrize("night", NIGHTS, ids=str)
def test_all_four_delivered(night: date) -> None:
    specs = {name: vendor_specs()[name] for name in VENDORS}
    found, missing, unknown = find_drops(DROPS, night, specs)
    assert ([drop.vendor for drop in found], missing, unknown) == (list(VENDORS), [], [])


@pytest.mark.parametrize("night", NIGHTS, ids=str)
@pytest.mark.parametrize("vendor", VENDORS)
def test_every_row_is_accounted_for_and_named_as_in_truth(vendor: str, night: date) -> None:
    drop = read(vendor, night)
    assert drop.rows_in == drop.accounted()
    rows = [row for product in drop.products for row in product.rows]
    rows += [problem.row for problem in drop.problems if problem.quarantined]
    assert sorted(rows) == list(range(1, drop.rows_in + 1))
    new = truth(vendor, night)
    assert new
    assert new <= {product.sku for product in drop.products}


@pytest.mark.parametrize(
    ("vendor", "rows", "products"),
    [
        ("kestrel", (2550, 230, 182), (1271, 119, 89)),
        ("meridian", (1906, 217, 181), (1906, 217, 178)),
        ("oakline", (296, 28, 21), (296, 28, 21)),
        ("tamarind", (1050, 97, 74), (1050, 97, 74)),
    ],
)
def test_counts(vendor: str, rows: tuple[int, ...], products: tuple[int, ...]) -> None:
    drops = [read(vendor, night) for night in NIGHTS]
    assert tuple(drop.rows_in for drop in drops) == rows
    assert tuple(len(drop.products) for drop in drops) == products


def test_the_last_night_of_meridian_ends_in_named_problems() -> None:
    drop = read("meridian", NIGHTS[-1])
    assert Counter((p.reason, p.quarantined) for p in drop.problems) == {
        (ProblemReason.SKU_MISSING, True): 1,
        (ProblemReason.SKU_REPEATED, True): 1,
        (ProblemReason.QUOTE_UNCLOSED, True): 1,
        (ProblemReason.VALUE_INVALID, False): 1,
    }


@pytest.mark.parametrize(
    ("vendor", "share"), [("meridian", 1.0), ("kestrel", 1.0), ("oakline", 1.0), ("tamarind", 0.0)]
)
def test_pictures_are_named(vendor: str, share: float) -> None:
    products = read(vendor, NIGHTS[0]).products
    assert sum(bool(product.images) for product in products) / len(products) == share

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from enrichment.stages.judges import judged
from enrichment.stages.missing_pictures import missing_pictures
from enrichment.vendors.product_tables import problems_table, products_table
from schemas.records import WHOLE_DROP, ProblemReason, Product, RowProblem
from schemas.vendor_spec import VendorSpec

NIGHT = date(2026, 11, 17)


def spec(**pictures: object) -> VendorSpec:
    declared = {"vendor": "acme", "format": "csv", "files": ["a.csv"], "columns": {"sku": "Id", "images": "Bild"}}
    return VendorSpec.model_validate(declared | {"pictures": {"kind": "folder", "location": "bilder"} | pictures})


def sent(count: int) -> pa.Table:
    rows = [Product("acme", f"S{n}", (n,), name="x", images=(f"{n}.jpg",)) for n in range(1, count + 1)]
    return products_table([*rows, Product("birch", "B", (1,), name="x", images=("1.jpg",))], NIGHT, judged)


def missing(count: int, reason: ProblemReason = ProblemReason.PICTURE_MISSING, ref: str = "1.jpg") -> pa.Table:
    found = (
        RowProblem("acme", NIGHT, n, f"S{n}", "fetch", reason, "images", f"{ref}: not in the folder", quarantined=False)
        for n in range(1, count + 1)
    )
    return problems_table(found)


def test_one_notice_says_how_many_and_where_they_were_looked_for() -> None:
    (notice,) = missing_pictures(spec(), sent(19), missing(10), NIGHT)
    assert (notice.row, notice.sku, notice.column, notice.quarantined) == (WHOLE_DROP, None, "Bild", False)
    assert notice.reason is ProblemReason.MOST_PICTURES_MISSING
    assert notice.excerpt == "10 of 19 are not in folder 'bilder'; first: 1.jpg: not in the folder"
    (several,) = missing_pictures(spec(), sent(12), missing(12, ref="1.jpg|2.jpg"), NIGHT)
    assert several.excerpt.endswith("(several, split by '|'?)")
    (remote,) = missing_pictures(spec(kind="http", prefix="https://cdn.example/"), sent(12), missing(12), NIGHT)
    assert "not in addresses below 'https://cdn.example/'" in remote.excerpt


@pytest.mark.parametrize(
    ("count", "problems"), [(20, missing(10)), (9, missing(9)), (12, missing(12, ProblemReason.PICTURE_CORRUPT))]
)
def test_few_or_fewer_than_half_are_told_one_by_one_only(count: int, problems: pa.Table) -> None:
    assert missing_pictures(spec(), sent(count), problems, NIGHT) == []

"""One suite for every vendor reader: the same golden drop in every format, plain and gzipped."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from enrichment.vendors.formats import READERS
from enrichment.vendors.port import Refusal
from enrichment.vendors.product_tables import products_from_table, products_table
from schemas.errors import DropError, Terminal
from schemas.records import WHOLE_DROP, ProblemReason
from tests.vendors import golden
from tests.vendors.declared import vendor_specs

FORMATS = sorted(READERS)
both = pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
every = pytest.mark.parametrize("form", FORMATS)


def test_each_format_has_a_writer_here() -> None:
    assert set(golden.WRITERS) == set(READERS)


@every
@both
def test_golden_drop(tmp_path: Path, form: str, packed: bool) -> None:
    drop = golden.read_bytes(golden.spec(form), tmp_path, golden.WRITERS[form]([golden.HEADER, *golden.ROWS]), packed)
    assert drop.rows_in == 6
    assert [p.sku for p in drop.products] == ["A-1", "A-2", "A-3", "A-4"]
    first, second, third, fourth = drop.products
    assert first.description == 'Cut "loose", long\nsleeves'
    assert first.images == ("a1.jpg", "a1b.jpg")
    assert first.levels == ("Women", None, "DEF", None, None)
    assert first.fields == {"colour": "Navy Blue", "price": "49.90"}
    assert (second.name, second.description, second.levels[0]) == ("Größe Élan tee", "spaced", "")
    assert (third.name, third.images, third.fields) == ("=HYPERLINK(1)", (), {"colour": "Red"})
    assert (fourth.name, fourth.rows) == ("", (4,))
    found = [(p.row, p.sku, p.reason, p.column, p.quarantined) for p in drop.problems]
    assert found == [
        (4, "A-4", ProblemReason.VALUE_INVALID, "Cost", False),
        (5, None, ProblemReason.SKU_MISSING, "Code", True),
        (6, "A-2", ProblemReason.SKU_REPEATED, "Code", True),
    ]


@every
def test_same_bytes_same_rows(tmp_path: Path, form: str) -> None:
    declared = golden.spec(form)
    path = golden.put(tmp_path, declared, golden.WRITERS[form]([golden.HEADER, *golden.ROWS]))
    assert list(READERS[form](declared, path)) == list(READERS[form](declared, path))


@every
@pytest.mark.parametrize("batch", [1, 2, 100])
def test_batches_do_not_matter(tmp_path: Path, form: str, batch: int) -> None:
    declared = golden.spec(form)
    whole = golden.read_bytes(declared, tmp_path, golden.WRITERS[form]([golden.HEADER, *golden.ROWS]))
    parts = golden.read(declared, tmp_path, batch)
    assert (parts.products, parts.problems) == (whole.products, whole.problems)


@every
@both
def test_missing_column_is_named(tmp_path: Path, form: str, packed: bool) -> None:
    header = [name if name != "Title" else "Titel" for name in golden.HEADER]
    with pytest.raises(DropError, match=r"missing column 'Title' .closest: 'Titel'.; found: 'Code'") as caught:
        golden.read_bytes(golden.spec(form), tmp_path, golden.WRITERS[form]([header, *golden.ROWS]), packed)
    assert isinstance(caught.value, Terminal)
    assert "schemas/vendors/golden.yaml" in str(caught.value)


@every
def test_optional_column_may_be_absent(tmp_path: Path, form: str) -> None:
    header = [name if name != "Text" else "Other" for name in golden.HEADER]
    declared = golden.spec(form, columns=golden.COLUMNS | {"optional": ["Text"]})
    drop = golden.read_bytes(declared, tmp_path, golden.WRITERS[form]([header, *golden.ROWS]))
    assert len(drop.products) == 4
    assert not any(product.description for product in drop.products)


@every
@both
def test_empty_file(tmp_path: Path, form: str, packed: bool) -> None:
    with pytest.raises(DropError, match=r"empty|truncated"):
        golden.read_bytes(golden.spec(form), tmp_path, b"", packed)


@every
@pytest.mark.parametrize(
    "page",
    [
        b"<html><body>502 Bad Gateway</body></html>",
        b"<?xml version='1.0'?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>\n",
        b'{"error": "AccessDenied"}',
        b'{\n "error": "AccessDenied"\n}\n',
    ],
)
def test_no_error_page_is_an_empty_drop(tmp_path: Path, form: str, page: bytes) -> None:
    try:
        drop = golden.read_bytes(golden.spec(form), tmp_path, page)
    except DropError:
        return
    assert [problem.quarantined for problem in drop.problems] == [True] * drop.rows_in
    assert drop.rows_in > 0


@every
def test_truncated_gzip(tmp_path: Path, form: str) -> None:
    packed = gzip.compress(golden.WRITERS[form]([golden.HEADER, *golden.ROWS]))
    declared = golden.spec(form)
    (tmp_path / declared.files[1]).write_bytes(packed[: len(packed) - 12])
    with pytest.raises(DropError, match="truncated"):
        golden.read(declared, tmp_path)


@every
def test_every_cut_is_an_error_or_accounted(tmp_path: Path, form: str) -> None:
    data = golden.WRITERS[form]([golden.HEADER, *golden.ROWS])
    refused = 0
    for end in range(1, len(data), max(1, len(data) // 40)):
        try:
            drop = golden.read_bytes(golden.spec(form), tmp_path, data[:end])
        except DropError:
            refused += 1
        else:
            assert drop.rows_in <= len(golden.ROWS)
    assert refused >= 20


@every
def test_unpacked_limit(tmp_path: Path, form: str) -> None:
    declared = golden.spec(form, limits={"unpacked_bytes": 200, "workbook_bytes": 200})
    with pytest.raises(DropError, match="more than 200 bytes"):
        golden.read_bytes(declared, tmp_path, golden.WRITERS[form]([golden.HEADER, *golden.ROWS]))


@every
def test_row_limit(tmp_path: Path, form: str) -> None:
    declared = golden.spec(form, limits={"rows": 5})
    with pytest.raises(DropError, match="more than 5 rows"):
        golden.read_bytes(declared, tmp_path, golden.WRITERS[form]([golden.HEADER, *golden.ROWS]))


@every
def test_long_cell_costs_one_row(tmp_path: Path, form: str) -> None:
    rows = [["B-1", "x" * 51, "", "", "", "", "", ""], ["B-2", "x" * 50, "", "", "", "", "", ""]]
    declared = golden.spec(form, limits={"cell_chars": 50})
    drop = golden.read_bytes(declared, tmp_path, golden.WRITERS[form]([golden.HEADER, *rows]))
    assert [p.sku for p in drop.products] == ["B-2"]
    assert [(p.row, p.sku, p.reason) for p in drop.problems] == [(1, "B-1", ProblemReason.ROW_TOO_LONG)]


@every
def test_rows_are_readable_or_refused(tmp_path: Path, form: str) -> None:
    declared = golden.spec(form)
    path = golden.put(tmp_path, declared, golden.WRITERS[form]([golden.HEADER, *golden.ROWS]))
    for row in READERS[form](declared, path):
        assert not isinstance(row, Refusal)
        assert "Code" in row


@every
def test_tables_bring_products_back(tmp_path: Path, form: str) -> None:
    drop = golden.read_bytes(golden.spec(form), tmp_path, golden.WRITERS[form]([golden.HEADER, *golden.ROWS]))
    assert products_from_table(products_table(drop.products, golden.NIGHT, bool)) == drop.products


@pytest.mark.parametrize("name", sorted(vendor_specs()))
def test_each_declared_vendor_has_a_reader_and_says_what_a_product_is(name: str) -> None:
    declared = vendor_specs()[name]
    assert declared.format in READERS
    assert declared.columns.sku in declared.wanted_columns
    assert declared.columns.images == () or declared.pictures is not None


SIZES = [
    ["K-1-S", "", "", "Women", "DEF", "k1.jpg", "Red", ""],
    ["K-2-M", "Belt", "", "", "Belts", "k2.jpg", "", "9"],
    ["K-1-M", "Dress", "", "", "Dresses", "k1.jpg|k1b.jpg", "Blue", "20"],
]


@every
@both
def test_rows_that_are_sizes(tmp_path: Path, form: str, packed: bool) -> None:
    declared = golden.spec(
        form, style={"pattern": "^(?P<style>.+)-[^-]+$"}, columns=golden.COLUMNS | {"sizes": {"column": "Code"}}
    )
    drop = golden.read_bytes(declared, tmp_path, golden.WRITERS[form]([golden.HEADER, *SIZES]), packed)
    belt, dress = drop.products
    assert (belt.sku, belt.rows, belt.name) == ("K-2", (2,), "Belt")
    assert (dress.sku, dress.rows, dress.name, dress.sizes) == ("K-1", (1, 3), "Dress", ("K-1-S", "K-1-M"))
    assert dress.levels == ("Women", None, "Dresses", None, None)
    assert dress.fields == {"colour": "Red", "price": "20"}
    assert dress.images == ("k1.jpg", "k1b.jpg")


@every
def test_path_column_picture_columns_and_withdrawal(tmp_path: Path, form: str) -> None:
    columns = {
        "sku": "Code",
        "path": {"column": "Text", "separator": ">", "levels": ["skip", "division", "class"]},
        "images": ["Picture", {"column": "Class", "separator": ","}],
    }
    rows = [
        ["P-1", "", "Home > Men > Hats", "", "b.jpg, c.jpg", "a.jpg", "live", ""],
        ["P-2", "", "Home", "", "", "a.jpg", "Gone", ""],
    ]
    declared = golden.spec(
        form, columns=columns, attributes={}, withdrawal={"column": "Shade", "values": ["gone"]}, delivery="full"
    )
    drop = golden.read_bytes(declared, tmp_path, golden.WRITERS[form]([golden.HEADER, *rows]))
    assert [(p.sku, p.images) for p in drop.products] == [("P-1", ("a.jpg", "b.jpg", "c.jpg"))]
    assert drop.products[0].levels == ("Men", None, "Hats", None, None)
    assert drop.withdrawn == [("P-2", (2,))]


@pytest.mark.parametrize("form", ["jsonl", "json", "parquet", "xml"])
@pytest.mark.parametrize(("rows", "stops"), [(6, False), (30, True)])
def test_a_nested_path_that_leads_nowhere(tmp_path: Path, form: str, rows: int, stops: bool) -> None:
    columns = {"sku": "id", "name": "text.name", "images": "media[*].uri"}
    declared = golden.spec(form, columns=columns, attributes={})
    records = [{"id": f"S{n}", "text": {"name": "Hat"}, "media": [{"url": f"{n}.jpg"}]} for n in range(rows)]
    golden.put(tmp_path, declared, golden.nested_bytes(form, records))
    if stops:
        with pytest.raises(
            DropError, match=r"missing column: 'media\[\*\].uri' .*closest: 'media\[\*\].url'.*optional"
        ):
            golden.read(declared, tmp_path)
        return
    drop = golden.read(declared, tmp_path)
    assert [(p.row, p.sku, p.reason, p.quarantined) for p in drop.problems] == [
        (WHOLE_DROP, None, ProblemReason.COLUMN_ABSENT, False)
    ]
    assert len(drop.products) == rows

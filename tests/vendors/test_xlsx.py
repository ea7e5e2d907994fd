from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from schemas.errors import DropError
from schemas.vendor_spec import VendorSpec
from tests.vendors import golden

COLUMNS = {"sku": "Code", "name": "Name"}
SHEET = "xl/worksheets/sheet1.xml"


def spec(**more: object) -> VendorSpec:
    declared: dict[str, object] = {"columns": COLUMNS, "attributes": {"price": "MRP"}}
    return golden.spec("xlsx", **(declared | more))


def book(*rows: tuple[object, ...], title: str = "Sheet") -> bytes:
    made = openpyxl.Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def rewritten(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


HEADER = ("Code", "Name", "MRP")


def test_numbers_dates_and_truth_stay_their_text(tmp_path: Path) -> None:
    data = book(HEADER, (10016283, "a", 699), (5.0, "b", 49.9), ("007", "c", datetime(2026, 1, 2)), ("x", "d", True))
    drop = golden.read_bytes(spec(), tmp_path, data)
    assert [(p.sku, p.fields["price"]) for p in drop.products] == [
        ("10016283", "699"),
        ("5", "49.9"),
        ("007", "2026-01-02T00:00:00"),
        ("x", "true"),
    ]


def test_title_blank_rows_and_sheet(tmp_path: Path) -> None:
    data = book(("Nightly",), (), HEADER, ("1", "a", 1), (), (None, "", None), ("2", "b", 2), title="Goods")
    drop = golden.read_bytes(spec(sheet="Goods", header_offset=2), tmp_path, data)
    assert [(p.sku, p.rows) for p in drop.products] == [("1", (1,)), ("2", (2,))]


def test_missing_sheet_is_named(tmp_path: Path) -> None:
    with pytest.raises(DropError, match="no sheet 'Goods'; found: 'Sheet'"):
        golden.read_bytes(spec(sheet="Goods"), tmp_path, book(HEADER))


def test_formula_gives_the_stored_result_and_is_never_evaluated(tmp_path: Path) -> None:
    def stored(name: str, part: bytes) -> bytes:
        return part.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>40</v>") if name == SHEET else part

    data = rewritten(book(HEADER, ("1", "a", "=1+1"), ("2", "b", "=9+9")), stored)
    drop = golden.read_bytes(spec(), tmp_path, data)
    assert [p.fields.get("price") for p in drop.products] == ["40", None]


@pytest.mark.parametrize(
    "prolog",
    [
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        b"<!--" + b" " * 3_000_000 + b'--><!DOCTYPE a [<!ENTITY x "y">]>',
        b'<?xml version="1.0" encoding="cp037"?>',
        b'\xef\xbb\xbf<?xml version="1.0" encoding = "utf-7"?>',
    ],
)
def test_entities_and_odd_encodings_are_refused(tmp_path: Path, prolog: bytes) -> None:
    data = rewritten(book(HEADER, ("1", "a", 1)), lambda name, part: prolog + part if name == SHEET else part)
    with pytest.raises(DropError, match="XML entities"):
        golden.read_bytes(spec(), tmp_path, data)


def test_wide_xml_is_refused(tmp_path: Path) -> None:
    wide = "<!DOCTYPE a []><a/>".encode("utf-16")
    data = rewritten(book(HEADER), lambda name, part: wide if name == SHEET else part)
    with pytest.raises(DropError, match="XML entities"):
        golden.read_bytes(spec(), tmp_path, data)


def test_zip_bomb_is_refused_by_its_unpacked_size(tmp_path: Path) -> None:
    out = io.BytesIO(book(HEADER, ("1", "a", 1)))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/bomb.xml", b" " * 5_000_000)
    with pytest.raises(DropError, match="more than 1000000 bytes"):
        golden.read_bytes(spec(limits={"workbook_bytes": 1_000_000}), tmp_path, out.getvalue())


def test_a_file_that_is_larger_than_all_it_may_hold_is_refused_unread(tmp_path: Path) -> None:
    out = io.BytesIO(book(HEADER, ("1", "a", 1)))
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(2_000):
            archive.writestr(f"empty/{number}", b"")
    with pytest.raises(DropError, match="more than 100000 bytes"):
        golden.read_bytes(spec(limits={"workbook_bytes": 100_000}), tmp_path, out.getvalue())


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "[Content_Types].xml", "xl/styles.xml"])
def test_damaged_parts_stop_the_vendor(tmp_path: Path, part: str) -> None:
    data = rewritten(book(HEADER, ("1", "a", 1)), lambda name, old: old[: len(old) // 2] if name == part else old)
    with pytest.raises(DropError, match="truncated or no workbook"):
        golden.read_bytes(spec(), tmp_path, data)


def test_text_is_no_workbook(tmp_path: Path) -> None:
    with pytest.raises(DropError, match="no workbook"):
        golden.read_bytes(spec(), tmp_path, b"Code,Name,MRP\n1,a,2\n")


def test_far_rows_and_columns_are_not_padded_up_to(tmp_path: Path) -> None:
    def far(name: str, part: bytes) -> bytes:
        if name != SHEET:
            return part
        part = re.sub(rb"<dimension[^>]*>", b'<dimension ref="A1"/>', part)
        cell = b'<row r="9"><c r="XFD9" t="inlineStr"><is><t>far</t></is></c></row>'
        return part.replace(b"</sheetData>", cell + b'<row r="99999999999"><c r="A1"><v>1</v></c></row></sheetData>')

    drop = golden.read_bytes(spec(), tmp_path, rewritten(book(HEADER, ("1", "a", 1), ("2", "b", 2)), far))
    assert [p.sku for p in drop.products] == ["1", "2"]

"""One small catalogue, and a writer of it for every format that a vendor may declare."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import starmap
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from enrichment.vendors.read import DropBatch, read_drop
from schemas.vendor_spec import VendorSpec

NIGHT = date(2026, 11, 17)
HEADER = ["Code", "Title", "Text", "Division", "Class", "Picture", "Shade", "Cost"]
ROWS = [
    ["A-1", "Linen shirt", 'Cut "loose", long\nsleeves', "Women", "DEF", "a1.jpg|a1b.jpg", "Navy Blue", "49.90"],
    ["A-2", "Größe Élan tee", "  spaced  ", "", "T-Shirts", "a2.jpg", "", "12"],
    ["A-3", "=HYPERLINK(1)", "<b>bold</b>, &amp;", "MEN", "N/A", "", "Red", "n/a"],
    ["A-4", "", "", "Kids", "Socks", "a4.jpg", "White", "-5"],
    ["", "Nobody", "", "Men", "Hats", "x.jpg", "", "1"],
    ["A-2", "Another tee", "", "", "", "", "", ""],
]
COLUMNS: dict[str, object] = {
    "sku": "Code",
    "name": "Title",
    "description": "Text",
    "levels": {"division": "Division", "class": "Class"},
    "images": [{"column": "Picture", "separator": "|"}],
}
ATTRIBUTES = {"colour": "Shade", "price": {"column": "Cost", "kind": "number", "min": 0}}


def spec(form: str, **more: object) -> VendorSpec:
    """Return the golden vendor in format ``form``."""
    declared: dict[str, object] = {
        "vendor": "golden",
        "format": form,
        "files": [f"feed.{form}", f"feed.{form}.gz"],
        "columns": COLUMNS,
        "attributes": ATTRIBUTES,
        "pictures": {"kind": "folder"},
        "records": "product" if form == "xml" else "",
    }
    return VendorSpec.model_validate(declared | more)


def table_text(rows: list[list[str]], delimiter: str = ",", line: str = "\r\n") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=line).writerows(rows)
    return out.getvalue()


def records(rows: list[list[str]]) -> list[dict[str, str]]:
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def csv_bytes(rows: list[list[str]], encoding: str = "utf-8") -> bytes:
    return table_text(rows).encode(encoding)


def tsv_bytes(rows: list[list[str]], encoding: str = "utf-8") -> bytes:
    return table_text(rows, "\t").encode(encoding)


def jsonl_bytes(rows: list[list[str]], encoding: str = "utf-8") -> bytes:
    return "\n".join(json.dumps(r, ensure_ascii=False) for r in records(rows)).encode(encoding)


def json_bytes(rows: list[list[str]], encoding: str = "utf-8") -> bytes:
    return json.dumps(records(rows), ensure_ascii=False, indent=1).encode(encoding)


def xlsx_bytes(rows: list[list[str]], sheet: str = "Sheet") -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for at, row in enumerate(rows, 1):
        for across, text in enumerate(row, 1):
            if text:
                cell = page.cell(at, across)
                cell.value = text
                cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parquet_bytes(rows: list[list[str]]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(records(rows)), out)
    return out.getvalue()


def xml_bytes(rows: list[list[str]], encoding: str = "utf-8") -> bytes:
    return xml_text(records(rows)).encode(encoding)


def xml_text(rows: Sequence[Mapping[str, object]]) -> str:
    """Return records as elements; a list is an element for each of its items."""
    products = (f"  <product>{''.join(starmap(_elements, row.items()))}</product>\n" for row in rows)
    return f"<products>\n{''.join(products)}</products>"


def _elements(name: str, value: object) -> str:
    if isinstance(value, list):
        return "".join(_elements(name, item) for item in value)
    inner = "".join(starmap(_elements, value.items())) if isinstance(value, dict) else escape(str(value))
    return f"<{name}>{inner}</{name}>"


def nested_bytes(form: str, rows: list[dict[str, object]]) -> bytes:
    """Return nested records in a format that can hold them."""
    if form == "xml":
        return xml_text(rows).encode()
    if form == "parquet":
        out = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(rows), out)
        return out.getvalue()
    return (json.dumps(rows) if form == "json" else "\n".join(map(json.dumps, rows))).encode()


WRITERS: dict[str, Callable[[list[list[str]]], bytes]] = {
    "csv": csv_bytes,
    "tsv": tsv_bytes,
    "jsonl": jsonl_bytes,
    "json": json_bytes,
    "xlsx": xlsx_bytes,
    "parquet": parquet_bytes,
    "xml": xml_bytes,
}


def put(folder: Path, declared: VendorSpec, data: bytes, packed: bool = False) -> Path:
    """Write ``data`` as the drop's table, gzipped where ``packed``."""
    path = folder / declared.files[1 if packed else 0]
    path.write_bytes(gzip.compress(data, mtime=0) if packed else data)
    return path


def read(declared: VendorSpec, folder: Path, batch: int = 4000) -> DropBatch:
    """Return the whole drop as one batch; every part of it must balance."""
    whole = DropBatch()
    for part in read_drop(declared, folder, NIGHT, batch):
        assert part.rows_in == part.accounted()
        whole.products += part.products
        whole.problems += part.problems
        whole.withdrawn += part.withdrawn
        whole.rows_in += part.rows_in
    assert whole.rows_in == whole.accounted()
    return whole


def read_bytes(declared: VendorSpec, folder: Path, data: bytes, packed: bool = False) -> DropBatch:
    """Write a drop and read it back."""
    put(folder, declared, data, packed)
    return read(declared, folder)

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.errors import DropError
from schemas.vendor_spec import VendorSpec
from tests.vendors import golden

TEXTS: dict[str, Callable[[list[list[str]], str], bytes]] = {
    "csv": golden.csv_bytes,
    "tsv": golden.tsv_bytes,
    "jsonl": golden.jsonl_bytes,
    "json": golden.json_bytes,
    "xml": golden.xml_bytes,
}
TABLE = [golden.HEADER, *golden.ROWS]


@pytest.mark.parametrize("form", sorted(TEXTS))
@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16", "utf-16-le", "utf-32", "cp850", "mac_roman", "gb18030"],
)
def test_stated_encodings(tmp_path: Path, form: str, encoding: str) -> None:
    drop = golden.read_bytes(golden.spec(form, encoding=encoding), tmp_path, TEXTS[form](TABLE, encoding))
    assert drop.products[1].name == "Größe Élan tee"
    assert len(drop.products) == 4


@pytest.mark.parametrize("form", sorted(TEXTS))
def test_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path, form: str) -> None:
    drop = golden.read_bytes(golden.spec(form), tmp_path, codecs.BOM_UTF8 + TEXTS[form](TABLE, "utf-8"))
    assert len(drop.products) == 4


@pytest.mark.parametrize("form", sorted(TEXTS))
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le"])
def test_wide_encodings_with_stated_order_and_mark(tmp_path: Path, form: str, encoding: str) -> None:
    data = "\ufeff".encode(encoding) + TEXTS[form](TABLE, encoding)
    assert len(golden.read_bytes(golden.spec(form, encoding=encoding), tmp_path, data).products) == 4


@pytest.mark.parametrize("form", sorted(TEXTS))
@pytest.mark.parametrize(
    ("declared", "sent", "why"),
    [
        ("utf-8", "cp1252", "the bytes would fit cp1252"),
        ("utf-8", "utf-16", "byte order mark of utf-16"),
        ("utf-8", "utf-16-le", "every second byte is NUL"),
        ("utf-8", "utf-32", "byte order mark of utf-32"),
        ("cp1252", "utf-8", "well-formed utf-8"),
        ("cp1252", "utf-8-sig", "byte order mark of utf-8"),
        ("latin-1", "utf-16", "byte order mark of utf-16"),
        ("utf-16", "utf-8", "no byte is NUL"),
        ("utf-16-le", "cp1252", "no byte is NUL"),
        ("ascii", "utf-8", "well-formed|codec can't decode"),
    ],
)
def test_another_encoding_stops_the_vendor(tmp_path: Path, form: str, declared: str, sent: str, why: str) -> None:
    with pytest.raises(DropError, match=f"another encoding than the declared {declared}: .*({why})"):
        golden.read_bytes(golden.spec(form, encoding=declared), tmp_path, TEXTS[form](TABLE, sent))


def test_cp1252_quotes_declared_as_latin_1(tmp_path: Path) -> None:
    rows = [["A-1", "Men\u2019s \u201cbest\u201d tee", "", "", "", "a.jpg", "", ""]]
    data = golden.csv_bytes([golden.HEADER, *rows], "cp1252")
    with pytest.raises(DropError, match="control character"):
        golden.read_bytes(golden.spec("csv", encoding="latin-1"), tmp_path, data)
    drop = golden.read_bytes(golden.spec("csv", encoding="cp1252"), tmp_path, data)
    assert drop.products[0].name == "Men\u2019s \u201cbest\u201d tee"


def test_a_wrong_byte_far_down_still_stops_before_the_first_row(tmp_path: Path) -> None:
    rows = [[f"A-{n}", "x" * 300, "", "", "", "a.jpg", "", ""] for n in range(5_000)]
    data = golden.csv_bytes([golden.HEADER, *rows]) + b"A-x,caf\xe9,,,,,,\r\n"
    with pytest.raises(DropError, match="utf-8"):
        golden.read_bytes(golden.spec("csv"), tmp_path, data)


@pytest.mark.parametrize("encoding", ["no-such", "base64", "rot13"])
def test_only_text_encodings_can_be_declared(encoding: str) -> None:
    with pytest.raises(ValueError, match="no text encoding"):
        VendorSpec.model_validate(
            {"vendor": "v", "format": "csv", "files": ["f"], "columns": {"sku": "s"}, "encoding": encoding}
        )

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from enrichment.vendors.delimited import read_delimited
from enrichment.vendors.port import Refusal
from schemas.errors import DropError
from schemas.records import ProblemReason
from schemas.vendor_spec import VendorSpec
from tests.vendors import golden

COLUMNS = ("sku", "name", "text", "cost")


def declared(**more: object) -> VendorSpec:
    columns = {"sku": "sku", "name": "name", "description": "text"}
    return golden.spec("csv", columns=columns, attributes={"price": "cost"}, **more)


def read(folder: Path, data: str | bytes, **more: object) -> list[dict[str, object] | Refusal]:
    spec = declared(**more)
    raw = data if isinstance(data, bytes) else data.encode(spec.encoding)
    return [
        row if isinstance(row, Refusal) else dict(row) for row in read_delimited(spec, golden.put(folder, spec, raw))
    ]


def skus(rows: list[dict[str, object] | Refusal]) -> list[object]:
    return [row.reason if isinstance(row, Refusal) else row["sku"] for row in rows]


HEAD = "sku,name,text,cost\n"
UNCLOSED = ProblemReason.QUOTE_UNCLOSED
MALFORMED = ProblemReason.ROW_MALFORMED


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('1,"open,x,2\n2,b,y,3\n3,c,z,4\n', [UNCLOSED, "2", "3"]),
        ('1,"open,x,2\n2,"b, b",y,3\n3,c,z,4\n', [UNCLOSED, "2", "3"]),
        ('1,"open,x,2\n2,b,y,3\n3,12",z,4\n4,d,w,5\n', [UNCLOSED, "2", "3", "4"]),
        ('1,a,x,2\n2,"open,y,3\n', ["1", UNCLOSED]),
        ('1,"a\nb",x,2\n2,c,y,3\n', ["1", "2"]),
        ('1,"a\n\n\nb ""q"" c",x,2\n2,c,y,3\n', ["1", "2"]),
        ('1,"a\nb, 2 c",x,2\n2,c,y,3\n', ["1", "2"]),
        ('1,"a\r\nb","c\nd",2\n2,c,y,3\n', ["1", "2"]),
        ('1,"a" b,x,2\n2,c,y,3\n', ["1", "2"]),
        ('1,"a, b" c,x,2\n2,c,y,3\n', [MALFORMED, "2"]),
        ('1,a,12" wide,2\n2,c,y,3\n', ["1", "2"]),
        ("1,a,x\n2,c,y,3\n", [MALFORMED, "2"]),
        ("1,a,x,2,3\n2,c,y,3\n", [MALFORMED, "2"]),
        ("1,a,x,2,,,\n2,c,y,3\n", ["1", "2"]),
        ("\n1,a,x,2\n\n,,,\n   \n2,c,y,3\n\x1a", ["1", "2"]),
        ("1,a,x,2\r\n2,c,y,3", ["1", "2"]),
        ("1,a\rb,x,2\n2,c,y,3\n", ["1", "2"]),
        ("", []),
    ],
)
def test_quotes_lines_and_ragged_rows(tmp_path: Path, body: str, expected: list[object]) -> None:
    assert skus(read(tmp_path, HEAD + body)) == expected


def test_values_of_a_cell_over_several_lines(tmp_path: Path) -> None:
    rows = read(tmp_path, HEAD + '1,"a, ""b""\r\nc",x,2\r\n')
    assert rows == [{"sku": "1", "name": 'a, "b"\r\nc', "text": "x", "cost": "2"}]


def test_sku_behind_the_quoted_cell_does_not_end_it(tmp_path: Path) -> None:
    spec = golden.spec("csv", columns={"sku": "sku", "name": "name"}, attributes={})
    path = golden.put(tmp_path, spec, b'name,text,sku\n"one\ntwo",x,A1\n"one, two\nthree 3",y,A2\n')
    assert [dict(row)["name"] for row in read_delimited(spec, path)] == ["one\ntwo", "one, two\nthree 3"]


def test_carriage_returns_alone_end_lines(tmp_path: Path) -> None:
    assert skus(read(tmp_path, 'sku,name,text,cost\r1,"a\nb",x,2\r2,c,y,3\r')) == ["1", "2"]


def test_nul_bytes_do_not_stop_the_drop(tmp_path: Path) -> None:
    spec = declared()
    drop = golden.read_bytes(spec, tmp_path, (HEAD + "1,a\x00b,x,2\n2,c,y,3\n").encode())
    assert [p.name for p in drop.products] == ["ab", "c"]
    assert [(p.row, p.column, p.quarantined) for p in drop.problems] == [(1, "name", False)]


@pytest.mark.parametrize("body", ["1,a,x,2\n2,b", '1,a,x,2\n2,"b', "1,a,x,2\n2"])
def test_cut_last_record_stops_the_vendor(tmp_path: Path, body: str) -> None:
    with pytest.raises(DropError, match="truncated: the last record is cut"):
        read(tmp_path, HEAD + body)


def test_long_line_costs_one_row_and_little_memory(tmp_path: Path) -> None:
    body = "1," + "x" * 5_000 + ",,\n2,c,y,3\n3," + "y" * 95 + ",,\n"
    rows = read(tmp_path, HEAD + body, limits={"record_chars": 100})
    assert skus(rows) == [ProblemReason.ROW_TOO_LONG, "2", "3"]
    assert isinstance(rows[0], Refusal)
    assert len(rows[0].excerpt) <= 160


def test_quoted_record_over_its_limits_is_unclosed(tmp_path: Path) -> None:
    body = '1,"' + "a\n" * 30 + '",x,2\n2,c,y,3\n'
    by_lines = read(tmp_path, HEAD + body, limits={"record_lines": 10})
    by_chars = read(tmp_path, HEAD + body, limits={"record_chars": 40})
    assert skus(by_lines)[0] == skus(by_chars)[0] == UNCLOSED
    assert skus(by_lines)[-1] == skus(by_chars)[-1] == "2"


def test_cell_over_the_csv_modules_limit(tmp_path: Path) -> None:
    rows = read(tmp_path, HEAD + '1,"' + "x" * 200_000 + '",y,2\n')
    assert isinstance(rows[0], dict)
    assert len(str(rows[0]["name"])) == 200_000


@pytest.mark.timeout(20)
@pytest.mark.parametrize("line", ['1,"x,y,2\n', '"x","y\n', '1,""x,"",""y\n', '"""\n', '","\n', '1," ""\n'])
def test_hostile_quotes_take_no_hostile_time(tmp_path: Path, line: str) -> None:
    rows = read(tmp_path, HEAD + line * 20_000)
    assert 0 < len(rows) <= 20_000


@pytest.mark.parametrize(
    ("head", "more"),
    [
        ("Nightly list\n\nsku,name,text,cost\n", {"header_offset": 2}),
        ("\n\nsku,name,text,cost\n", {}),
        ("\ufeffsku , name,text,cost\n", {}),
        ('"sku","na\nme",text,cost\n', {"columns": {"sku": "sku", "name": "na me"}}),
    ],
)
def test_headers(tmp_path: Path, head: str, more: dict[str, object]) -> None:
    spec = golden.spec("csv", **({"columns": {"sku": "sku", "name": "name"}, "attributes": {}} | more))
    path = golden.put(tmp_path, spec, (head + "1,a,x,2\n").encode())
    assert [next(iter(dict(row).values())) for row in read_delimited(spec, path)] == ["1"]


def test_repeated_header_names_are_told_apart(tmp_path: Path) -> None:
    columns = {"sku": "sku", "images": ["Image", "Image#2"]}
    spec = golden.spec("csv", columns=columns, attributes={})
    drop = golden.read_bytes(spec, tmp_path, b"sku,Image,Image\n1,a.jpg,b.jpg\n")
    assert drop.products[0].images == ("a.jpg", "b.jpg")


def test_other_delimiter_and_quote(tmp_path: Path) -> None:
    rows = read(tmp_path, "sku;name;text;cost\n1;'a;b';\"x;2,50\n", delimiter=";", quote="'")
    assert rows == [{"sku": "1", "name": "a;b", "text": '"x', "cost": "2,50"}]


def test_no_quote_at_all(tmp_path: Path) -> None:
    rows = read(tmp_path, HEAD + '1,"a,"b,2\n', quote=None)
    assert rows == [{"sku": "1", "name": '"a', "text": '"b', "cost": "2"}]


cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ['"', '""', "\n", "\r\n", ",", '",', ',"', '\n"', "DEF", "a\x00b", "=1+1", "\u2028", "\x1c", "\ufeff"]
)
tables = st.lists(st.lists(cells, min_size=4, max_size=4), max_size=8)
quick = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@quick
@given(table=tables, quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), line=st.sampled_from(["\n", "\r\n"]))
def test_well_formed_tables_come_back(tmp_path: Path, table: list[list[str]], quoting: int, line: str) -> None:
    # A line within a cell that looks like a whole row, key included, is taken for one: that is the stated trade.
    assume(not any("\n" in cell and cell.count(",") > 2 for row in table for cell in row))
    out = io.StringIO()
    csv.writer(out, quoting=quoting, lineterminator=line).writerows([COLUMNS, *table])
    # Python 3.11 leaves a lone carriage return bare where the line end has none.
    assume(quoting == csv.QUOTE_ALL or "\r" not in "".join(map("".join, table)))
    rows = read(tmp_path, out.getvalue())
    sent = [row for row in table if any(row) and any(cell.strip(" \t\r\n\x1a") for cell in row)]
    kept = [row for row in rows if isinstance(row, dict) and any(str(c).strip(" \t\r\n\x1a") for c in row.values())]
    assert [list(row.values()) for row in kept] == sent
    assert not [row for row in rows if isinstance(row, Refusal)]


@quick
@given(data=st.lists(st.sampled_from(['"', ",", "\n", "\r", "a", "7", '""', "\x00", "é"]), max_size=60).map("".join))
def test_any_text_is_accounted_for_or_refused_whole(tmp_path: Path, data: str) -> None:
    try:
        drop = golden.read_bytes(declared(), tmp_path, (HEAD + data).encode())
    except DropError as error:
        assert "truncated" in str(error)  # noqa: PT017
    else:
        assert drop.rows_in <= data.count("\n") + 1
        assert all(p.sku for p in drop.products)


@pytest.mark.parametrize(("mark", "declared_as"), [(";", '";"'), ("\t", r'"\\t"'), ("|", r'"\|"')])
def test_a_header_split_by_another_delimiter_names_it(tmp_path: Path, mark: str, declared_as: str) -> None:
    text = HEAD.replace(",", mark)
    with pytest.raises(DropError, match=f"missing column 'sku'.*declare delimiter: {declared_as} in schemas/vendors"):
        read(tmp_path, text)
    with pytest.raises(DropError, match="Ask the vendor for the column, or fix the map"):
        read(tmp_path, "sku;x,nam,text,cost\n")

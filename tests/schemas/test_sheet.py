"""CSV files that come back from a reviewer's spreadsheet: read to the line, or refused with the way out."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from schemas import sheet
from schemas.errors import UsageError
from schemas.sheet import closest, read_sheet


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s.csv"


def test_rows_know_the_line_they_begin_on_and_lose_guards_and_spaces(path: Path) -> None:
    path.write_bytes(b'\xef\xbb\xbfid,why\r\n1,"two\r\nlines"\r\n\r\n\'=2, x \r\n3\r\n')
    assert list(read_sheet(path, ["id", "why"], "us")) == [
        ("s.csv line 2", {"id": "1", "why": "two\r\nlines"}),
        ("s.csv line 5", {"id": "=2", "why": "x"}),
        ("s.csv line 6", {"id": "3", "why": ""}),
    ]


@pytest.mark.parametrize("mark", [";", "\t"])
def test_what_a_spreadsheet_parted_otherwise_is_read(path: Path, mark: str) -> None:
    path.write_text(f'id{mark}why\n1{mark}"x, y"\n{mark}\n', encoding="utf-8")
    assert list(read_sheet(path, ["id", "why"], "us")) == [("s.csv line 2", {"id": "1", "why": "x, y"})]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("id,why\n1,plain\n2,bleu céleste\n".encode("cp1252"), "line 3: byte 0xe9 is no UTF-8. Save .* CSV UTF-8"),
        ("id,why\n1,x\n".encode("utf-16"), "line 1: byte 0xff is no UTF-8"),
        (b"id;who\n1;x\n", "columns .*'why'.* are missing; got 'id, who'. Name them .*`enrich x` wrote"),
        (b"", "columns .* are missing"),
        (b'id,why\n1,x\n2,"x"y\n', "line 3: no CSV .*save the sheet again"),
        (b"id,why\n1," + b"x" * 200_000, "line 2: no CSV .*field larger"),
    ],
    ids=["cp1252", "utf16", "columns", "empty", "quotes", "cell"],
)
def test_what_is_no_such_csv_is_refused(path: Path, data: bytes, message: str) -> None:
    path.write_bytes(data)
    with pytest.raises(UsageError, match=message):
        list(read_sheet(path, ["id", "why"], "`enrich x`"))


def test_a_missing_file_and_a_folder_are_refused(path: Path) -> None:
    for wrong in (path, path.parent):
        with pytest.raises(UsageError, match="`enrich x` wrote") as refused:
            list(read_sheet(wrong, ["id"], "`enrich x`"))
        assert str(wrong) in str(refused.value)


def test_nothing_is_suggested_where_nothing_is_near() -> None:
    assert closest("zxcvq", ["red", "blue"]) == ""


def test_examples_in_docstrings_run() -> None:
    found = doctest.testmod(sheet)
    assert found.attempted > 0
    assert found.failed == 0

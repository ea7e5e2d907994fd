from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from enrichment.cli.app import app
from enrichment.cli.exit_codes import EXIT_ROWS_REFUSED
from enrichment.review.cells import write_csv
from enrichment.review.exchange import Imported, Refused, read_decisions, write_decisions
from enrichment.review.ledger import Verdict
from enrichment.review.scripted import script_json
from schemas.errors import UsageError
from schemas.sheet import plain_cell, read_rows, safe_cell
from tests.review.entries import BAGS, DRESSES, said

NASTY = ["=1+1", "+1", "-2", "@SUM(A1)", "\t=1", " =1", "＝1", "|calc", "'quoted", '"=1"', "a,b", "line\nbreak", "ünï"]  # noqa: RUF001


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_what_is_exported_is_read_back(kind: str) -> None:
    entries = [said(Verdict.CORRECT, value=BAGS, comment=text, sku=text, vendor=text) for text in NASTY]
    entries.append(said(Verdict.LOCK, audit=True, seq=7, level="class"))
    found = read_decisions(write_decisions(entries, kind), kind)
    assert found.entries == tuple(entries)
    assert found.refused == ()


@pytest.mark.parametrize("text", NASTY[:8])
def test_no_cell_runs_as_a_formula(text: str) -> None:
    data = write_decisions([said(vendor=text, comment=text)], "csv").decode("utf-8-sig")
    assert f"'{text}" in data
    assert f'"{text}' not in data


@settings(deadline=None, derandomize=True)
@given(st.text(max_size=40))
def test_guarding_a_cell_is_undone_exactly(text: str) -> None:
    assert plain_cell(safe_cell(text)) == text
    assert safe_cell(text).lstrip()[:1] not in tuple("=+-@")


@settings(deadline=None, derandomize=True)
@given(st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\n\0"), max_size=10)))
def test_any_row_survives_the_file(cells: list[str]) -> None:
    heads = [f"h{at}" for at in range(len(cells))]
    rows = [(2, dict(zip(heads, cells, strict=True)))] if any(cells) else []
    assert list(read_rows(write_csv(heads, [cells]), heads, "file", "us")) == rows


def test_bad_rows_are_named_and_the_good_ones_taken() -> None:
    records = [
        {"vendor": "a"},
        "no object",
        json.loads(json.dumps({**_record(), "at": "never"})),
        _record(),
        {**_record(), "decision": "correct", "value": "Moon / Cheese"},
    ]
    data = json.dumps({"decisions": records}).encode()
    found = read_decisions(data, "json", nodes={DRESSES, BAGS})
    assert found.entries == (said(),)
    assert [refused.row for refused in found.refused] == [1, 2, 3, 5]
    assert "no node of the hierarchy" in found.refused[-1].why


def test_a_lock_on_a_path_that_is_none_is_refused_like_a_correction() -> None:
    gone = said(Verdict.LOCK, path=DRESSES + " / Day / Bygone")
    entries = [gone, said(Verdict.LOCK, 1), said(Verdict.LOCK, 2, path=""), said(Verdict.REJECT, 3, path=gone.path)]
    found = read_decisions(write_decisions(entries, "json"), "json", nodes={DRESSES, BAGS})
    assert found.entries == tuple(entries[1:])
    assert [refused.row for refused in found.refused] == [1]
    assert f"{gone.path!r} is no node of the hierarchy" in found.refused[0].why


SHOES = ("Men", "Men / Shoes", "Men / Shoes / Casual Shoes", "Men / Shoes / Boots")


@pytest.mark.parametrize("written", ["Men/Shoes/Boots", " Men /Shoes/ Boots", "Men / Shoes  /  Boots"])
def test_blanks_around_slashes_play_no_part(written: str) -> None:
    rows = [
        {**_record(), "decision": "correct", "value": written},
        {**_record(), "decision": "lock", "path": written},
        {**_record(), "decision": "reject", "path": written, "previous": written},
    ]
    found = read_decisions(json.dumps({"decisions": rows}).encode(), "json", nodes=SHOES)
    assert found.refused == ()
    correct, lock, reject = found.entries
    assert [correct.value, lock.path, reject.path, reject.previous] == ["Men / Shoes / Boots"] * 4


def test_a_path_that_may_be_two_nodes_is_refused_and_both_are_named() -> None:
    nodes = ("Men / Jackets/Coats", "Men / Jackets / Coats", "Men / Tops/Tees")

    def read(value: str) -> Imported:
        record = {**_record(), "decision": "correct", "value": value}
        return read_decisions(json.dumps({"decisions": [record]}).encode(), "json", nodes=nodes)

    assert "may be 'Men / Jackets / Coats' or 'Men / Jackets/Coats'" in read("Men/Jackets/Coats").refused[0].why
    assert read("Men / Jackets/Coats").entries[0].value == "Men / Jackets/Coats"
    assert read("Men/Tops/Tees").entries[0].value == "Men / Tops/Tees"


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ("Men/Shoes/Nonsense", "'Men / Shoes' has no 'Nonsense'; allowed there: Boots, Casual Shoes"),
        ("Men / Shoes / Boots / Red", "'Men / Shoes / Boots' has no 'Red'; nothing lies below it"),
        ("men / Shoes", "the hierarchy has no 'men / Shoes'; allowed there: Men"),
    ],
)
def test_of_a_path_that_is_no_node_the_part_that_is_wrong_is_told(written: str, wrong: str) -> None:
    record = {**_record(), "decision": "correct", "value": written}
    found = read_decisions(json.dumps({"decisions": [record]}).encode(), "json", nodes=SHOES)
    assert found.refused[0].why == f"sku 'A-1': {written!r} is no node of the hierarchy: {wrong}"


def test_a_refused_row_is_told_by_the_line_it_begins_on() -> None:
    good, long, bad = said(comment="plain"), said(comment="over\ntwo lines", minute=1), said(minute=2)
    text = write_decisions([good, long, bad, bad], "csv").decode().replace("accept", "accpet").encode()
    found = read_decisions(text, "csv")
    # The head is line 1, and the second decision takes two.
    assert [(refused.row, refused.line) for refused in found.refused] == [(1, 2), (2, 3), (3, 5), (4, 6)]
    assert [refused.where for refused in found.refused] == ["line 2", "line 3", "line 5", "line 6"]
    taken = read_decisions(write_decisions([good, long, bad], "csv"), "csv")
    assert taken.places == ((1, 2), (2, 3), (3, 5))
    as_json = read_decisions(b'{"decisions": [{"vendor": "a"}]}', "json").refused[0]
    assert (as_json.line, as_json.where) == (0, "decision 1")


def test_the_command_names_file_and_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = Refused(5, "alpine 'nobody': no such product", 6)

    def taken(store: object, data: bytes, kind: Literal["csv", "json"]) -> tuple[Imported, int]:
        found = read_decisions(data, kind)
        return replace(found, refused=(*found.refused, stranger)), len(found.entries)

    monkeypatch.setattr("enrichment.desk.import_decisions.import_decisions", taken)
    sheet = tmp_path / "answers.csv"
    lines = write_decisions([said(minute=at) for at in range(4)], "csv").decode().splitlines()
    lines[4] = lines[4].replace("accept", "maybe")
    sheet.write_bytes("\r\n".join(lines).encode())
    asked = ["review", "import", str(sheet), "--store", str(tmp_path / "store")]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == EXIT_ROWS_REFUSED
    told = result.output.splitlines()
    assert told[0] == "3 decisions taken, 3 new, 2 refused"
    assert told[1].startswith("answers.csv line 5: decision decision: got 'maybe'")
    assert told[2] == "answers.csv line 6: alpine 'nobody': no such product"
    refused = json.loads(CliRunner().invoke(app, [*asked, "--json"]).output)["refused"]
    assert [(row["row"], row["line"]) for row in refused] == [(4, 5), (5, 6)]


@pytest.mark.parametrize("words", [["import", "missing.csv"], ["import", "."], ["import", "{}"], ["export", "{}"]])
def test_a_file_that_cannot_be_taken_is_wrong_usage(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "answers.xlsx").touch()
    given = [word.format(tmp_path / "answers.xlsx") for word in words]
    result = CliRunner().invoke(app, ["review", *given, "--store", str(tmp_path / "store")])
    assert result.exit_code == 2 or isinstance(result.exception, UsageError)


def test_the_ledger_is_written_into_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    asked = ["review", "export", str(tmp_path / "new" / "ledger.json"), "--store", str(tmp_path / "store")]
    assert CliRunner().invoke(app, asked).exit_code == 0
    assert json.loads((tmp_path / "new" / "ledger.json").read_bytes())["decisions"] == []


def _record() -> dict[str, object]:
    return json.loads(write_decisions([said()], "json"))["decisions"][0]


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"decisions": 5}', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_decisions_file_is_refused_whole(data: bytes) -> None:
    with pytest.raises(UsageError, match="decisions file"):
        read_decisions(data, "json")


def test_csv_in_another_encoding_is_refused_whole() -> None:
    with pytest.raises(UsageError, match="decisions file line 2: byte 0xc4 is no UTF-8"):
        read_decisions("vendor\r\nÄ".encode("cp1252"), "csv")


@pytest.mark.parametrize(("mark", "end"), [(";", "\r\n"), ("\t", "\n")])
def test_what_a_spreadsheet_saved_again_is_read(mark: str, end: str) -> None:
    first, second = said(comment=f"one{mark} two, three"), said(Verdict.SNOOZE, minute=1, value="2026-11-25")
    rows = list(csv.reader(io.StringIO(write_decisions([first, second], "csv").decode("utf-8-sig"), newline="")))
    out = io.StringIO(newline="")
    # Empty columns and rows stay where somebody once clicked.
    csv.writer(out, delimiter=mark, lineterminator=end).writerows(
        row + [""] * 3 for row in [*rows, [""] * len(rows[0])]
    )
    found = read_decisions(b"\xef\xbb\xbf" + out.getvalue().encode(), "csv")
    assert (found.entries, found.refused) == ((first, second), ())


@pytest.mark.parametrize("data", [b"", b"run_id,vendor,article,decision,reviewer,at\n"])
def test_a_file_without_the_columns_is_refused_whole(data: bytes) -> None:
    with pytest.raises(UsageError, match=r"columns \[.*'sku'.*\] are missing"):
        read_decisions(data, "csv")


def test_a_line_that_is_no_csv_is_named() -> None:
    data = write_decisions([said(), said(minute=1)], "csv") + b'"never closed'
    with pytest.raises(UsageError, match="decisions file line 4: no CSV"):
        read_decisions(data, "csv")


@pytest.mark.parametrize("mark", ["123456789", "1.23457E+16", "ABCDEF0123"])
def test_a_content_mark_that_a_spreadsheet_read_as_a_number_is_refused(mark: str) -> None:
    found = read_decisions(write_decisions([said(Verdict.LOCK, content=mark), said(content="")], "csv"), "csv")
    assert [entry.content for entry in found.entries] == [""]
    assert f"content {mark!r}; allowed: 10 digits" in found.refused[0].why


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("comment", "half \ud83d", "lone surrogate"),
        ("reviewer", "\udc00", "lone surrogate"),
        ("seq", "x", "decision seq"),
    ],
)
def test_a_record_that_could_not_be_kept_is_refused(field: str, value: str, told: str) -> None:
    found = read_decisions(json.dumps({"decisions": [_record() | {field: value}, _record()]}).encode(), "json")
    assert found.entries == (said(),)
    assert told in found.refused[0].why


@settings(deadline=None, derandomize=True)
@given(st.recursive(st.text() | st.integers() | st.none(), lambda inner: st.lists(inner), max_leaves=5))
def test_json_in_a_script_element_cannot_end_it(value: object) -> None:
    text = script_json([value, "</script><!--\u2028"])
    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text)[0] == value

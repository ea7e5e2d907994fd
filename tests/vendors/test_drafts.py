from __future__ import annotations

import json
from pathlib import Path

import pytest

from schemas.records import ProblemReason
from tests.vendors import golden


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", "0"),
        ("49.90", "49.90"),
        ("7,5", "7.5"),
        ("1,299", "1299"),
        ("1.299,00", "1299.00"),
        ("1,299.00", "1299.00"),
        ("1,299.000", "1299.000"),
        ("0,125", "0.125"),
        ("1'299.50", "1299.50"),
        ("1\u2019299.50 CHF", "1299.50"),
        ("1 299 000,5", "1299000.5"),
        ("1\u00a0299", "1299"),
        ("1\u202f299,00", "1299.00"),
        ("1 299.000", "1299.000"),
        ("1.299.000", "1299000"),
        ("1.299,-", "1299"),
        ("1,23,456", "123456"),
        ("12,34,567.50", "1234567.50"),
        ("1234.567", "1234.567"),
        ("$49", "49"),
        ("49 €", "49"),
        ("Rs. 450", "450"),
        ("USD 12.5", "12.5"),
        ("₹1 299", "1299"),
        ("12.-", "12"),
        ("+5", "5"),
    ],
)
def test_amounts_are_carried_in_plain_form(tmp_path: Path, text: str, number: str) -> None:
    rows = [["A-1", "n", "", "", "", "", "", text]]
    drop = golden.read_bytes(golden.spec("tsv"), tmp_path, golden.tsv_bytes([golden.HEADER, *rows]))
    assert drop.products[0].fields == {"price": number}


@pytest.mark.parametrize(
    "text",
    [
        "15.50, 12.50",
        "19.99 24.99",
        "10, 12",
        "10 12",
        "12,90, 14,90",
        "12,90 14,90",
        "2024.01.15",
        "20.01.2024",
        "1.2.3",
        "1 299 00",
        "1234 567",
        "1 299.000,00",
        "1,29,99",
        "1,23,456,78",
        "1, 299",
        "0.299.000",
    ],
)
def test_what_is_not_written_as_one_number_is_none(tmp_path: Path, text: str) -> None:
    rows = [["A-1", "n", "", "", "", "", "", text]]
    drop = golden.read_bytes(golden.spec("tsv"), tmp_path, golden.tsv_bytes([golden.HEADER, *rows]))
    assert drop.products[0].fields == {}
    (problem,) = drop.problems
    assert (problem.reason, problem.column, problem.quarantined) == (ProblemReason.VALUE_INVALID, "Cost", False)
    assert problem.excerpt == f"{text}; allowed: one number from 0"


@pytest.mark.parametrize(
    ("cost", "kept"),
    [
        (["15.50", "12.50"], None),
        (["12.50", "12.5", "12,50 €"], "12.50"),
        (["10", "125"], None),
        ([1.5, 1.5], "1.5"),
        ([49.125], "49.125"),
        ([None, "", "7"], "7"),
        ([["7"], ["8"]], None),
        (["7", "on request"], None),
        (["-5", "-5"], None),
        ({"@currency": "EUR", "#text": ["7", "7.00"]}, "7"),
        ({"#text": 49.125}, "49.125"),
    ],
)
def test_several_numbers_in_a_cell_are_one_only_where_they_are_equal(
    tmp_path: Path, cost: object, kept: str | None
) -> None:
    declared = golden.spec(
        "jsonl", columns={"sku": "Code", "name": "Title"}, attributes={"price": golden.ATTRIBUTES["price"]}
    )
    drop = golden.read_bytes(declared, tmp_path, json.dumps({"Code": "A-1", "Title": "n", "Cost": cost}).encode())
    assert drop.products[0].fields == ({"price": kept} if kept else {})
    assert [problem.reason for problem in drop.problems] == ([] if kept else [ProblemReason.VALUE_INVALID])


@pytest.mark.parametrize(
    ("number", "kept"),
    [("49.90", "49.90"), ("49.125", "49.125"), ("1e3", "1000"), ("true", None), ("1e999999999", None), ("-1", None)],
)
def test_a_point_in_a_json_number_groups_nothing(tmp_path: Path, number: str, kept: str | None) -> None:
    line = f'{{"Code": "A-1", "Title": "n", "Cost": {number}}}'
    declared = golden.spec(
        "jsonl", columns={"sku": "Code", "name": "Title"}, attributes={"price": golden.ATTRIBUTES["price"]}
    )
    drop = golden.read_bytes(declared, tmp_path, line.encode())
    assert drop.products[0].fields == ({"price": kept} if kept else {})
    assert len(drop.problems) == (kept is None)


@pytest.mark.parametrize("text", ["n/a", "-", "DEF"])
def test_a_placeholder_is_neither_an_amount_nor_a_problem(tmp_path: Path, text: str) -> None:
    rows = [["A-1", "n", "", "", "", "", text, text]]
    drop = golden.read_bytes(golden.spec("csv"), tmp_path, golden.csv_bytes([golden.HEADER, *rows]))
    assert drop.products[0].fields == {}
    assert drop.problems == []


@pytest.mark.parametrize(
    "text", ["-5", "5-", "- 5", "n/b", "free", "1-2", "5000000", "1" * 99, "1" + " " * 90_000 + "!", "€", "1e3", "0x10"]
)
def test_other_amounts_are_dropped_and_the_row_stays(tmp_path: Path, text: str) -> None:
    price = {"column": "Cost", "kind": "number", "min": 0, "max": 1_000_000}
    rows = [["A-1", "n", "", "", "", "", "Red", text]]
    data = golden.tsv_bytes([golden.HEADER, *rows])
    drop = golden.read_bytes(golden.spec("tsv", attributes={"price": price, "colour": "Shade"}), tmp_path, data)
    assert drop.products[0].fields == {"colour": "Red"}
    problem = drop.problems[0]
    assert (problem.reason, problem.column, problem.quarantined) == (ProblemReason.VALUE_INVALID, "Cost", False)
    assert problem.excerpt.endswith("; allowed: one number from 0 to 1000000")


@pytest.mark.parametrize(
    ("cell", "levels"),
    [
        ("Home > Women > Shoes > Heels", ("Women", "Shoes", "Heels", None, None)),
        ("Home > Women >  > Heels > More", ("Women", "", "Heels", None, None)),
        ("Home", ("", "", "", None, None)),
        ("", ("", "", "", None, None)),
    ],
)
def test_a_whole_path_in_one_column(tmp_path: Path, cell: str, levels: tuple[str | None, ...]) -> None:
    path = {"column": "Class", "separator": ">", "levels": ["skip", "division", "department", "class"]}
    declared = golden.spec("csv", columns={"sku": "Code", "name": "Title", "path": path}, attributes={})
    rows = [["A-1", "n", "", "", cell, "", "", ""]]
    drop = golden.read_bytes(declared, tmp_path, golden.csv_bytes([golden.HEADER, *rows]))
    assert drop.products[0].levels == levels


@pytest.mark.parametrize(
    ("sku", "reason"),
    [
        ("", ProblemReason.SKU_MISSING),
        ("n/a", ProblemReason.SKU_MISSING),
        ("x" * 201, ProblemReason.ROW_TOO_LONG),
        ("A\n1", ProblemReason.VALUE_INVALID),
        ("A\u202e1", ProblemReason.VALUE_INVALID),
    ],
)
def test_skus_that_name_nothing(tmp_path: Path, sku: str, reason: ProblemReason) -> None:
    data = golden.csv_bytes([golden.HEADER, [sku, "n", "", "", "", "a.jpg", "", ""]])
    drop = golden.read_bytes(golden.spec("csv"), tmp_path, data)
    assert [(p.row, p.reason, p.quarantined) for p in drop.problems] == [(1, reason, True)]
    assert not drop.products


@pytest.mark.parametrize(
    ("name", "text", "picture", "kept"),
    [
        ("", "", "a.jpg", True),
        ("", "words", "", True),
        ("n", "", "", True),
        ("", "", "N/A", False),
        ("DEF", "", "", False),
    ],
)
def test_what_a_product_needs(tmp_path: Path, name: str, text: str, picture: str, kept: bool) -> None:
    data = golden.csv_bytes([golden.HEADER, ["A-1", name, text, "", "", picture, "", ""]])
    drop = golden.read_bytes(golden.spec("csv"), tmp_path, data)
    assert [p.reason for p in drop.problems] == ([] if kept else [ProblemReason.NAME_MISSING])
    assert len(drop.products) == kept


def test_pictures_over_the_limit_are_dropped_and_reported(tmp_path: Path) -> None:
    data = golden.csv_bytes([golden.HEADER, ["A-1", "n", "", "", "", "|".join(f"{n}.jpg" for n in range(5)), "", ""]])
    drop = golden.read_bytes(golden.spec("csv", limits={"images": 2}), tmp_path, data)
    assert drop.products[0].images == ("0.jpg", "1.jpg")
    assert [(p.excerpt, p.column) for p in drop.problems] == [("5 pictures, 2 kept", "Picture")]


def test_problem_excerpts_are_bounded_and_printable(tmp_path: Path) -> None:
    data = golden.csv_bytes([golden.HEADER, ["", "\x1b[31m" + "y" * 500, "", "", "", "", "", ""]])
    problem = golden.read_bytes(golden.spec("csv"), tmp_path, data).problems[0]
    assert len(problem.excerpt) <= 160
    assert problem.excerpt.isprintable()

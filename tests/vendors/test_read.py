from __future__ import annotations

from pathlib import Path

import pytest

from enrichment.vendors.read import read_drop
from enrichment.vendors.withdrawals import absent_products
from schemas.errors import DropError
from schemas.records import ProblemReason
from tests.vendors import golden

HEAD = "Code,Title,State\n"
COLUMNS = {"sku": "Code", "name": "Title"}
WITHDRAWAL = {"column": "State", "values": ["Discontinued"]}


def test_withdrawn_rows_are_no_products(tmp_path: Path) -> None:
    declared = golden.spec("csv", columns=COLUMNS, attributes={}, withdrawal=WITHDRAWAL)
    drop = golden.read_bytes(declared, tmp_path, (HEAD + "1,a,\n2,b,DISCONTINUED\n3,,discontinued\n1,a,x\n").encode())
    assert [p.sku for p in drop.products] == ["1"]
    assert drop.withdrawn == [("2", (2,)), ("3", (3,))]
    assert [p.reason for p in drop.problems] == [ProblemReason.SKU_REPEATED]


def test_several_files_are_one_drop(tmp_path: Path) -> None:
    declared = golden.spec("csv", columns=COLUMNS, attributes={}, files=["part-*.csv", "sub/*.csv.gz"])
    (tmp_path / "part-2.csv").write_text(HEAD + "3,c,\n1,again,\n")
    (tmp_path / "part-1.csv").write_text(HEAD + "1,a,\n2,b,\n")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "part-3.csv").write_text(HEAD + "9,z,\n")
    drop = golden.read(declared, tmp_path)
    assert [(p.sku, p.rows, p.name) for p in drop.products] == [("1", (1,), "a"), ("2", (2,), "b"), ("3", (3,), "c")]
    assert [p.row for p in drop.problems] == [4]


def test_no_table_in_the_drop(tmp_path: Path) -> None:
    (tmp_path / "fedd.csv").write_text("x")
    with pytest.raises(DropError, match=r"no file matches .*found: 'fedd.csv'"):
        golden.read(golden.spec("csv"), tmp_path)


def test_a_linked_table_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text(HEAD + "1,a,\n")
    drop = tmp_path / "drop"
    drop.mkdir()
    (drop / "feed.csv").symlink_to(outside)
    with pytest.raises(DropError, match="no file matches"):
        golden.read(golden.spec("csv"), drop)


def test_header_alone_is_an_empty_delta_but_no_full_delivery(tmp_path: Path) -> None:
    delta = golden.spec("csv", columns=COLUMNS, attributes={})
    assert golden.read_bytes(delta, tmp_path, HEAD.encode()).rows_in == 0
    assert list(read_drop(delta, tmp_path, golden.NIGHT)) == []
    full = golden.spec("csv", columns=COLUMNS, attributes={}, delivery="full")
    with pytest.raises(DropError, match="full delivery without a row"):
        golden.read(full, tmp_path)


def test_a_full_delivery_withdraws_what_it_leaves_out() -> None:
    full = golden.spec("csv", delivery="full", full_share=0.5)
    assert absent_products(full, ["b", "a", "c", "d"], ["a", "c", "new"]) == [("b", ()), ("d", ())]
    assert absent_products(full, [], ["a"]) == []
    with pytest.raises(DropError, match="1 of 4 known products"):
        absent_products(full, ["a", "b", "c", "d"], ["a"])


def test_a_delta_withdraws_nothing_by_absence() -> None:
    assert absent_products(golden.spec("csv"), ["a", "b"], []) == []


def test_no_batch_leaves_before_the_encoding_is_sure(tmp_path: Path) -> None:
    declared = golden.spec("csv", columns=COLUMNS, attributes={})
    golden.put(tmp_path, declared, (HEAD + "1,a,\n" * 50_000).encode() + b"2,\xff,\n")
    batches = read_drop(declared, tmp_path, golden.NIGHT, batch=1)
    with pytest.raises(DropError, match="another encoding"):
        next(batches)

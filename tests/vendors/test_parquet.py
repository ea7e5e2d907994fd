from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.errors import DropError
from tests.vendors import golden


def data(rows: list[dict[str, object]]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out, row_group_size=2)
    return out.getvalue()


def test_nested_and_typed_columns(tmp_path: Path) -> None:
    columns = {"sku": "id", "name": "info.name", "images": "media[*].url", "levels": {"division": "crumbs[0]"}}
    declared = golden.spec("parquet", columns=columns, attributes={"price": "price", "season": "since"})
    rows: list[dict[str, object]] = [
        {
            "id": n,
            "info": {"name": f"n{n}"},
            "media": [{"url": f"{n}.jpg"}],
            "crumbs": ["Men"],
            "price": Decimal("4.50"),
            "since": date(2026, 1, n),
            "unread": b"\xff",
        }
        for n in range(1, 6)
    ]
    drop = golden.read_bytes(declared, tmp_path, data(rows))
    assert [p.sku for p in drop.products] == ["1", "2", "3", "4", "5"]
    last = drop.products[-1]
    assert (last.name, last.images, last.levels[0]) == ("n5", ("5.jpg",), "Men")
    assert last.fields == {"price": "4.50", "season": "2026-01-05"}


def test_nulls_are_blank_and_blank_rows_no_rows(tmp_path: Path) -> None:
    declared = golden.spec("parquet", columns={"sku": "id", "name": "name"}, attributes={})
    rows: list[dict[str, object]] = [{"id": None, "name": None}, {"id": 1.0, "name": "a"}, {"id": None, "name": "b"}]
    drop = golden.read_bytes(declared, tmp_path, data(rows))
    assert (drop.rows_in, [p.sku for p in drop.products], len(drop.problems)) == (2, ["1"], 1)


def test_blank_rows_without_end_stop_the_vendor(tmp_path: Path) -> None:
    out = io.BytesIO()
    pq.write_table(pa.table({"id": pa.nulls(1_001, pa.string())}), out)
    declared = golden.spec("parquet", columns={"sku": "id"}, attributes={}, limits={"rows": 1_000})
    with pytest.raises(DropError, match="more than 1000 rows"):
        golden.read_bytes(declared, tmp_path, out.getvalue())


def test_repeated_text_is_held_once(tmp_path: Path) -> None:
    text = "x" * 90_000
    declared = golden.spec("parquet", columns={"sku": "id", "name": "name"}, attributes={})
    sent = data([{"id": n, "name": text} for n in range(200)])
    assert len(sent) < 1_000_000
    drop = golden.read_bytes(declared, tmp_path, sent)
    assert len(drop.products) == 200


def test_damaged_page_stops_the_vendor(tmp_path: Path) -> None:
    declared = golden.spec("parquet", columns={"sku": "id"}, attributes={})
    sent = bytearray(data([{"id": f"A-{n}"} for n in range(500)]))
    sent[10:200] = b"\xff" * 190
    with pytest.raises(DropError, match="truncated or no Parquet"):
        golden.read_bytes(declared, tmp_path, bytes(sent))

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrichment.vendors.json_list import read_json
from enrichment.vendors.port import Refusal
from enrichment.vendors.product_tables import problems_table
from schemas.errors import DropError
from schemas.records import ProblemReason
from schemas.vendor_spec import VendorSpec
from tests.vendors import golden

COLUMNS = {
    "sku": "id",
    "name": "info.name",
    "path": {"column": "crumbs", "levels": ["skip", "division", "department"]},
    "images": "media.images[*].url",
    "sizes": "sizes[*]",
}
RECORD = {
    "id": 77,
    "info": {"name": "Tee \ud83d\ude00"},
    "crumbs": ["Home", "Women", None, "Tees"],
    "media": {"images": [{"url": "a.jpg"}, {"url": "b.jpg"}, {"url": "a.jpg"}]},
    "sizes": ["S", "M", 38.0],
    "price": 49.90,
}


def spec(form: str, **more: object) -> VendorSpec:
    declared: dict[str, object] = {"columns": COLUMNS, "attributes": {"price": "price"}}
    return golden.spec(form, **(declared | more))


@pytest.mark.parametrize("form", ["jsonl", "json"])
def test_nested_records(tmp_path: Path, form: str) -> None:
    text = json.dumps(RECORD).replace("49.9", "49.90")
    drop = golden.read_bytes(spec(form), tmp_path, (text if form == "jsonl" else f"[{text}]").encode())
    product = drop.products[0]
    assert (product.sku, product.name) == ("77", "Tee \U0001f600")
    assert product.levels == ("Women", "", None, None, None)
    assert product.images == ("a.jpg", "b.jpg")
    assert product.sizes == ("S", "M", "38.0")
    assert product.fields == {"price": "49.90"}


def test_broken_lines_cost_their_rows(tmp_path: Path) -> None:
    good = json.dumps(RECORD)
    lines = [good, "{broken", "[1, 2]", '"text"', "null", "[" * 100_000, '{"id": ' + "9" * 5_000 + "}", "", good]
    drop = golden.read_bytes(spec("jsonl"), tmp_path, "\n".join(lines).encode())
    assert drop.rows_in == 8
    assert [p.excerpt.partition(":")[0] for p in drop.problems[:5]] == ["cut off", *["no object"] * 3, "no JSON"]
    reasons = [(p.row, p.reason) for p in drop.problems]
    malformed = [(row, ProblemReason.ROW_MALFORMED) for row in range(2, 7)]
    assert reasons == [*malformed, (7, ProblemReason.ROW_TOO_LONG), (8, ProblemReason.SKU_REPEATED)]


def test_lone_surrogates_can_be_stored(tmp_path: Path) -> None:
    drop = golden.read_bytes(spec("jsonl"), tmp_path, json.dumps(RECORD | {"info": {"name": "x\ud800y"}}).encode())
    assert drop.products[0].name == "x\ufffdy"


@pytest.mark.parametrize("form", ["jsonl", "json"])
@pytest.mark.parametrize("levels", [48, 49, 500, 700])
def test_a_value_nested_too_deeply_costs_its_row(tmp_path: Path, form: str, levels: int) -> None:
    deep = [json.dumps(RECORD).replace("null", "[" * levels + "]" * levels), json.dumps(RECORD | {"id": 78})]
    text = "\n".join(deep) if form == "jsonl" else f"[{','.join(deep)}]"
    drop = golden.read_bytes(spec(form), tmp_path, text.encode())
    # The record itself and its list are two levels more.
    refused = ["nested deeper than 50 levels"] if levels > 48 else []
    assert [problem.excerpt.partition(":")[0] for problem in drop.problems] == refused
    assert [product.sku for product in drop.products] == (["78"] if refused else ["77", "78"])


def test_a_nul_under_a_key_that_cannot_be_stored_is_told(tmp_path: Path) -> None:
    record = json.dumps(RECORD | {"\ud800" + "k" * 500: "a\x00b"})
    drop = golden.read_bytes(spec("jsonl"), tmp_path, record.encode())
    assert [(p.reason, p.column) for p in drop.problems] == [
        (ProblemReason.VALUE_INVALID, "\ufffd" + "k" * 98 + "…"),
    ]
    assert problems_table(drop.problems).num_rows == 1


def test_cut_last_line_stops_the_vendor(tmp_path: Path) -> None:
    text = json.dumps(RECORD)
    with pytest.raises(DropError, match="truncated: the last record is cut"):
        golden.read_bytes(spec("jsonl"), tmp_path, f"{text}\n{text[:-9]}".encode())


def test_long_line_costs_one_row(tmp_path: Path) -> None:
    text = json.dumps(RECORD)
    long = json.dumps(RECORD | {"id": 1, "info": {"name": "x" * 900}})
    drop = golden.read_bytes(spec("jsonl", limits={"record_chars": 600}), tmp_path, f"{long}\n{text}\n".encode())
    assert [p.reason for p in drop.problems] == [ProblemReason.ROW_TOO_LONG]
    assert [p.sku for p in drop.products] == ["77"]


@pytest.mark.parametrize("records", ["data.products", "products", ""])
def test_records_path(tmp_path: Path, records: str) -> None:
    document: object = [RECORD, 5, RECORD | {"id": 78}]
    for key in reversed(list(filter(None, records.split(".")))):
        document = {"meta": {"products": 1, "n": [1, {"data": 2}]}, key: document, "after": "x" * 100_000}
    drop = golden.read_bytes(spec("json", records=records), tmp_path, json.dumps(document).encode())
    assert [p.sku for p in drop.products] == ["77", "78"]
    assert [(p.row, p.reason) for p in drop.problems] == [(2, ProblemReason.ROW_MALFORMED)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"rows": []}', "no key 'data' of records 'data'; found: 'rows'"),
        ('{"data": {}}', "wanted '\\['"),
        ('{"data": [{"id": 1}', "truncated"),
        ('{"data": [{"id": 1}]', "truncated"),
        ('{"data": [{"id": 1} {"id": 2}]}', "no JSON here"),
        ('{"data": [{"id": 01}]}', "no JSON here"),
        ('{"data": []} {}', "wanted nothing more"),
        ('{"data": [' + "[" * 100_000, "lesser depth|truncated|no JSON"),
    ],
)
def test_broken_documents_stop_the_vendor(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DropError, match=message):
        golden.read_bytes(spec("json", records="data"), tmp_path, text.encode())


def test_record_over_its_limit_stops_the_vendor(tmp_path: Path) -> None:
    text = json.dumps([RECORD | {"info": {"name": "x" * 200_000}}])
    with pytest.raises(DropError, match="at most 1000 characters"):
        golden.read_bytes(spec("json", limits={"record_chars": 1000}), tmp_path, text[:-5].encode())


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    items=st.lists(st.dictionaries(st.sampled_from(["id", "info", "a"]), values), max_size=5), indent=st.integers(0, 3)
)
def test_piecewise_reading_equals_the_whole(tmp_path: Path, items: list[dict[str, object]], indent: int) -> None:
    declared = golden.spec("json", columns={"sku": "id", "optional": ["id"]}, attributes={})
    text = json.dumps(items, indent=indent or None, ensure_ascii=False)
    path = golden.put(tmp_path, declared, text.encode("utf-8", "replace"))
    rows = [row for row in read_json(declared, path) if not isinstance(row, Refusal)]
    assert rows == json.loads(text, parse_int=str)


def test_values_across_the_window(tmp_path: Path) -> None:
    declared = golden.spec("json", columns={"sku": "id"}, attributes={})
    items = [{"id": n, "pad": "x" * (n % 997)} for n in range(1_000)]
    drop = golden.read_bytes(declared, tmp_path, json.dumps(items).encode())
    # Without name, text and picture nothing is left of a product but its sku.
    assert [p.sku for p in drop.problems] == [str(n) for n in range(1_000)]
    assert {p.reason for p in drop.problems} == {ProblemReason.NAME_MISSING}


def test_keys_without_end_are_not_kept(tmp_path: Path) -> None:
    lines = [json.dumps({f"k{n}_{m}": 1 for m in range(50)}) for n in range(300)]
    with pytest.raises(DropError, match="missing column 'id'") as caught:
        golden.read_bytes(golden.spec("jsonl", columns={"sku": "id"}), tmp_path, "\n".join(lines).encode())
    assert str(caught.value).count("'k") <= 31

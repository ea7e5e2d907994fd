from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrichment.publish import keys as key_room
from enrichment.publish.keys import ordered, taken
from enrichment.publish.tables import carry, merged, merged_claims, published_products
from schemas import tables
from tests.publish.catalogue import NAMES, catalogue, inputs, keys, products_of, sha, skus


def _row(table: pa.Table, sku: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = table.filter(pc.equal(table["sku"], sku)).to_pylist()
    return rows[0]


def test_the_schema_is_the_published_one() -> None:
    assert products_of(inputs(skus(3))).schema == tables.published_products(NAMES[1:])


def test_a_row_joins_what_every_stage_said() -> None:
    row = _row(products_of(inputs(skus(3)), "hash-1"), "S00001")
    assert (row["name"], row["fingerprint"], row["versions_hash"]) == ("Dress S00001", sha("fS00001"), "hash-1")
    assert (row["image_group"], row["image_group_confidence"]) == ("dress", 0.75)
    assert [row[level] for level in ("division", "subclass", "category")] == ["Women", "Day Dresses", "Mini"]
    assert (row["placement"], row["placed_by"], row["reasons"]) == ("decided", "votes", ["def_filled"])
    assert (row["attr_material"], row["attr_weight"], row["abstained"], row["not_applicable"]) == (
        "cotton|linen",
        None,
        ["weight"],
        [],
    )


def test_a_row_keeps_its_pictures_in_their_order() -> None:
    assert _row(products_of(inputs(skus(2))), "S00001")["image_sha256"] == [sha("S000010"), sha("S000011")]


def test_a_product_that_awaits_a_picture_names_all_that_were_sent() -> None:
    given_ = inputs(skus(2))
    at = given_.work.schema.get_field_index("images_sent")
    sent = pa.array([["a", "b"], None], pa.list_(pa.string()))
    table = products_of(replace(given_, work=given_.work.set_column(at, given_.work.schema.field(at), sent)))
    assert [_row(table, sku)["images_sent"] for sku in skus(2)] == [["a", "b"], None]


def test_a_product_without_decisions_has_nulls_and_no_neighbours_answers() -> None:
    given_ = inputs(skus(3))
    placed = given_.placed.filter(pc.not_equal(given_.placed["sku"], "S00001"))
    decisions = given_.decisions.filter(pc.not_equal(given_.decisions["sku"], "S00001"))
    row = _row(products_of(replace(given_, placed=placed, decisions=decisions)), "S00001")
    assert (row["placement"], row["division"], row["image_group"], row["attr_colour"]) == (None, None, None, None)
    assert (row["abstained"], row["not_applicable"]) == ([], [])


def test_the_same_sku_of_two_vendors_is_two_products() -> None:
    a, b = inputs(["S1"], "acme"), inputs(["S1"], "brook", path=("Men",))
    both = [pa.concat_tables(pair) for pair in zip(vars(a).values(), vars(b).values(), strict=True)]
    table = products_of(type(a)(*both))
    assert table["vendor"].to_pylist() == ["acme", "brook"]
    assert table["division"].to_pylist() == ["Women", "Men"]


def test_row_order_of_the_inputs_leaves_no_trace() -> None:
    given_ = inputs(skus(40))
    rng = np.random.default_rng(1)
    shuffled = type(given_)(*(t.take(rng.permutation(t.num_rows)) for t in vars(given_).values()))
    assert products_of(shuffled).equals(products_of(given_))
    assert merged_claims(None, shuffled.claims).equals(merged_claims(None, given_.claims))


@given(bytes_=st.integers(1, 2_000))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_table_too_large_for_one_take_is_sorted_all_the_same(bytes_: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = products_of(inputs(skus(40)))
    rows = pa.array(np.random.default_rng(bytes_).permutation(40))
    with monkeypatch.context() as patched:
        patched.setattr(key_room, "_MOST_BYTES", bytes_)
        assert taken(whole, rows).equals(whole.take(rows))
        assert ordered(pa.concat_tables([whole.slice(25), whole.slice(0, 25)])).equals(whole)


def test_no_products_make_an_empty_table() -> None:
    empty = inputs([])
    table = published_products(empty.products, empty.work, empty.decisions, empty.placed, "v", NAMES)
    assert table.num_rows == 0
    assert table.schema == tables.published_products(NAMES[1:])


def test_carried_rows_are_those_neither_replaced_nor_withdrawn() -> None:
    base = catalogue(6)["products"]
    left = carry(base, keys(("acme", "S00001"), ("brook", "S00002")), keys(("acme", "S00004")))
    assert left["sku"].to_pylist() == ["S00000", "S00002", "S00003", "S00005"]
    assert carry(base, keys()).equals(base)


def test_a_night_of_carried_and_fresh_rows_equals_the_whole() -> None:
    whole = products_of(inputs(skus(10)))
    fresh = whole.slice(3, 2)
    assert merged(carry(whole, fresh), fresh).equals(whole)


def test_an_older_vocabulary_is_brought_to_tonights() -> None:
    fresh = products_of(inputs(skus(1, start=5)))
    older = products_of(inputs(skus(2))).drop_columns(["attr_weight"])
    older = older.append_column("attr_gone", pa.array(["x", "y"], pa.string()))
    table = merged(older, fresh)
    assert table.schema == fresh.schema
    assert table.num_rows == 3


def test_claims_are_carried_by_product() -> None:
    claims = merged_claims(None, inputs(skus(4)).claims)
    fresh = inputs(["S00002"], seed=9).claims
    table = merged_claims(carry(claims, keys(("acme", "S00002"))), fresh)
    assert table["sku"].to_pylist() == skus(4)
    assert merged_claims(None, fresh)["sku"].to_pylist() == ["S00002"]


@settings(max_examples=25, deadline=None)
@given(
    base=st.sets(st.sampled_from(skus(12))),
    fresh=st.sets(st.sampled_from(skus(12))),
    gone=st.sets(st.sampled_from(skus(12))),
)
def test_every_product_of_the_new_catalogue_is_there_once(base: set[str], fresh: set[str], gone: set[str]) -> None:
    before, new = products_of(inputs(sorted(base))), products_of(inputs(sorted(fresh)), "v2")
    table = merged(carry(before, new, keys(*(("acme", s) for s in sorted(gone)))), new)
    assert table["sku"].to_pylist() == sorted((base - gone) | fresh)
    assert {r["sku"] for r in table.to_pylist() if r["versions_hash"] == "v2"} == fresh

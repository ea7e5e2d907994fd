from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrichment.publish.changes import compared, hierarchy_changes
from schemas.tables import HIERARCHY_CHANGES
from tests.publish.catalogue import PATH, inputs, keys, products_of, skus

MEN = ("Men", *PATH[1:])
V1 = {"taxonomy": "t1", "vision": "m1", "text": "x1", "fusion": "f1", "attributes": "a1", "code": "c1"}


def _with(table: pa.Table, name: str, value: object) -> pa.Table:
    at = table.schema.get_field_index(name)
    field = table.schema.field(at)
    return table.set_column(at, field, pa.array([value] * table.num_rows, field.type))


def _one(before: pa.Table, after: pa.Table, **versions: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = hierarchy_changes(before, after, None, V1, V1 | versions).to_pylist()
    assert len(rows) == 1
    return rows[0]


def _pair(**drawn: Any) -> tuple[pa.Table, pa.Table]:
    return products_of(inputs(["S1"])), products_of(inputs(["S1"], **({"path": MEN} | drawn)))


def test_a_first_night_is_all_new() -> None:
    changes = hierarchy_changes(None, products_of(inputs(skus(3))))
    assert changes.schema == HIERARCHY_CHANGES
    assert changes["change"].to_pylist() == ["new"] * 3
    row = changes.to_pylist()[0]
    assert (row["vendor_path"], row["previous_path"], row["level"]) == ("DEF / Dresses", None, None)
    assert (row["path"], row["status"], row["cause"]) == (" / ".join(PATH), "decided", "data")
    assert row["confidence"] == pytest.approx(0.9)


def test_equal_catalogues_have_no_changes() -> None:
    table = products_of(inputs(skus(5)))
    assert hierarchy_changes(table, table, None, V1, V1 | {"vision": "m2"}).num_rows == 0


def test_a_withdrawn_product_keeps_its_path_as_the_previous_one() -> None:
    before = products_of(inputs(skus(2)))
    changes = hierarchy_changes(
        before, before.slice(0, 1), keys(("acme", "S00001"), ("acme", "never seen"))
    ).to_pylist()
    assert [(r["sku"], r["change"], r["previous_path"]) for r in changes] == [("S00001", "withdrawn", " / ".join(PATH))]
    assert (changes[0]["path"], changes[0]["status"], changes[0]["confidence"], changes[0]["reasons"]) == (None,) * 4


def test_withdrawn_and_sent_again_is_not_withdrawn() -> None:
    table = products_of(inputs(skus(1)))
    assert hierarchy_changes(table, table, keys(("acme", "S00000"))).num_rows == 0


@pytest.mark.parametrize(
    ("path", "level"),
    [
        (MEN, "division"),
        (("Women", "Shoes", *PATH[2:]), "department"),
        (PATH[:3], "subclass"),
        ((*PATH[:4], "Maxi"), "category"),
        ((), "division"),
    ],
)
def test_the_topmost_level_that_differs_is_named(path: tuple[str, ...], level: str) -> None:
    row = _one(*_pair(path=path))
    assert (row["change"], row["level"]) == ("refiled", level)
    assert row["previous_path"] == " / ".join(PATH)
    assert row["path"] == (" / ".join(path) or None)


def test_content_or_picture_makes_it_data_whatever_the_versions() -> None:
    before, after = _pair()
    assert _one(before, _with(after, "content_hash", "other"), vision="m2", taxonomy="t2")["cause"] == "data"
    assert _one(before, _pair(picture="new")[1], vision="m2")["cause"] == "data"


@pytest.mark.parametrize(
    ("versions", "read_differs", "cause"),
    [
        ({"taxonomy": "t2"}, False, "taxonomy"),
        ({"vision": "m2"}, True, "model"),
        ({"vision": "m2"}, False, "model"),
        ({"text": "x2"}, True, "model"),
        ({"code": "c2"}, False, "rule"),
        ({"attributes": "a2"}, True, "rule"),
        ({"taxonomy": "t2", "vision": "m2"}, False, "taxonomy"),
        ({"taxonomy": "t2", "vision": "m2"}, True, "model"),
        ({"taxonomy": "t2", "code": "c2"}, True, "rule"),
        ({"vendors": "v2"}, True, "rule"),
        # Nothing but how far the vendor's filings are believed, and that comes of what else it sent.
        ({"decisions": "d2"}, True, "data"),
        ({"build": "b2"}, False, "data"),
        ({}, False, "data"),
    ],
)
def test_the_version_that_can_have_moved_it_is_the_cause(
    versions: dict[str, str], read_differs: bool, cause: str
) -> None:
    before, after = _pair()
    if read_differs:
        after = _with(after, "attr_colour", "green")
    assert _one(before, after, **versions)["cause"] == cause


RENAMED = ("Women", "Apparel", *PATH[2:])


def _today(path: str) -> str | None:
    return path.replace("Clothing", "Apparel")


def _moved(after: pa.Table, **versions: str) -> dict[str, Any]:
    before = products_of(inputs(["S1"]))
    rows: list[dict[str, Any]] = hierarchy_changes(before, after, None, V1, V1 | versions, _today).to_pylist()
    return rows[0]


def test_what_the_map_moved_is_the_taxonomys_whatever_else_changed() -> None:
    after = _pair(path=RENAMED)[1]
    for moved in (after, _with(after, "content_hash", "other"), _with(after, "attr_colour", "green")):
        row = _moved(moved, taxonomy="t2", vision="m2", code="c2")
        assert (row["cause"], row["reasons"]) == ("taxonomy", ["taxonomy_migrated", *after["reasons"][0].as_py()])


def test_a_category_that_differs_beside_is_no_other_move() -> None:
    row = _moved(_pair(path=(*RENAMED, "Maxi"))[1], taxonomy="t2")
    assert row["reasons"][0] == "taxonomy_migrated"


@pytest.mark.parametrize("path", [MEN, RENAMED[:3], ("Women", "Shoes", *PATH[2:]), ()])
def test_a_place_that_the_map_does_not_lead_to_is_not_migrated(path: tuple[str, ...]) -> None:
    row = _moved(_pair(path=path)[1], taxonomy="t2")
    assert (row["cause"], "taxonomy_migrated" in row["reasons"]) == ("taxonomy", False)


def test_a_map_that_knows_nothing_moves_nothing() -> None:
    before, after = _pair(path=RENAMED)
    for today in (None, lambda path: None, lambda path: path):
        row = hierarchy_changes(before, after, None, V1, V1 | {"taxonomy": "t2"}, today).to_pylist()[0]
        assert (row["cause"], "taxonomy_migrated" in row["reasons"]) == ("taxonomy", False)


def test_a_node_that_is_gone_is_the_taxonomys_although_a_person_had_set_it() -> None:
    before, after = _pair()
    locked = _with(before, "placed_by", "review:lock:0123456789ab")
    versions = V1 | {"taxonomy": "t2", "decisions": "d2"}

    def cause(today: Any, after: pa.Table = after, versions: dict[str, str] = versions) -> Any:
        return hierarchy_changes(locked, after, None, V1, versions, today)["cause"][0].as_py()

    assert cause(lambda path: None) == "taxonomy"
    assert cause(lambda path: path) == "decision"
    assert cause(None) == "decision"
    assert cause(lambda path: None, _with(after, "content_hash", "other")) == "data"


def test_only_what_a_model_moved_says_so() -> None:
    before, after = _pair()
    assert _one(before, after, vision="m2")["reasons"][0] == "model_changed"
    assert _one(before, _with(after, "reasons", None), text="x2")["reasons"] == ["model_changed"]
    for versions in ({}, {"taxonomy": "t2"}, {"code": "c2"}):
        assert "model_changed" not in _one(before, after, **versions)["reasons"]
    assert "model_changed" not in _one(before, _with(after, "content_hash", "other"), vision="m2")["reasons"]


def test_a_persons_decision_is_a_cause_of_its_own() -> None:
    before, after = _pair()
    decided = _with(after, "placed_by", "review:correct:0123456789ab")
    for moved in (decided, _with(decided, "attr_colour", "green")):
        row = _one(before, moved, vision="m2")
        assert (row["cause"], "model_changed" in row["reasons"]) == ("decision", False)
    # A lock that stood before and stands now has moved nothing.
    assert (
        _one(_with(before, "placed_by", "review:lock:1"), _with(after, "placed_by", "review:lock:1"), vision="m2")[
            "cause"
        ]
        == "model"
    )
    assert _one(_with(before, "placed_by", "review:lock:1"), after)["cause"] == "decision"
    rejected = _with(after, "placed_by", "review:reject:0123456789ab")
    assert _one(before, rejected, taxonomy="t2", code="c2")["cause"] == "decision"
    # What the vendor sent anew moved it, whatever a person has said beside.
    assert _one(before, _with(decided, "content_hash", "other"))["cause"] == "data"


def test_a_declared_rule_is_a_rule_although_the_taxonomy_file_changed() -> None:
    before, after = _pair()
    ruled = _with(_with(after, "placed_by", "red-season"), "reasons", ["rule_override"])
    assert _one(before, ruled, taxonomy="t2")["cause"] == "rule"
    # What a model read otherwise, so that the rule now matches, is the model's.
    assert _one(before, _with(ruled, "attr_colour", "green"), vision="m2")["cause"] == "model"


def test_products_without_pictures_or_confidence_compare_too() -> None:
    before, after = _pair()
    for name in ("image_sha256", "confidences", "content_hash"):
        before, after = _with(before, name, None), _with(after, name, None)
    row = _one(before, after, taxonomy="t2")
    assert (row["cause"], row["confidence"]) == ("taxonomy", None)


def test_products_known_before_are_counted() -> None:
    before, after = products_of(inputs(skus(4))), products_of(inputs(skus(4, start=2)))
    assert compared(before, after) == 2
    assert compared(None, after) == 0


@settings(max_examples=25, deadline=None)
@given(before=st.sets(st.sampled_from(skus(10))), after=st.sets(st.sampled_from(skus(10))))
def test_changes_lead_from_one_catalogue_to_the_other(before: set[str], after: set[str]) -> None:
    old, new = products_of(inputs(sorted(before))), products_of(inputs(sorted(after), path=MEN))
    gone = keys(*(("acme", sku) for sku in sorted(before - after)))
    changes = hierarchy_changes(old, new, gone, V1, V1)
    found = {kind: set() for kind in ("new", "refiled", "withdrawn")}  # type: dict[str, set[str]]
    for row in changes.to_pylist():
        found[row["change"]].add(row["sku"])
    assert found == {"new": after - before, "refiled": after & before, "withdrawn": before - after}
    assert changes["sku"].to_pylist() == sorted(before | after)

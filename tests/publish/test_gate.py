from __future__ import annotations

import logging
import os
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from enrichment.publish import expectations
from enrichment.publish.accounting import VendorAccount, accounts
from enrichment.publish.allowed import Limits, allowed
from enrichment.publish.gate import Candidate, check
from enrichment.publish.verdict import GateFailure, GateResult
from schemas import tables
from schemas.attribute_spec import attributes
from schemas.errors import GateRefused
from schemas.group_spec import groups
from schemas.taxonomy_spec import taxonomy
from tests.publish.catalogue import ALLOWED, PATH, catalogue, inputs, keys, products_of, skus, verdict


def _set(table: pa.Table, name: str, row: int, value: object) -> pa.Table:
    at = table.schema.get_field_index(name)
    values = table[name].to_pylist()
    values[row] = value
    field = pa.field(name, table.schema.field(at).type)
    return table.set_column(at, field, pa.array(values, field.type))


def _failed(result: GateResult) -> list[tuple[str, str]]:
    return [(f.table, f.expectation.split(" ")[0].rstrip(",")) for f in result.failures]


def test_a_sound_night_passes() -> None:
    result = verdict(catalogue(6))
    assert result.failures == ()
    assert result.passed
    result.require()
    assert set(result.checks) == {
        "products",
        "attribute_values",
        "attribute_claims",
        "hierarchy_changes",
        "accounting",
        "run",
    }


BAD_PRODUCTS: tuple[tuple[str, object, str], ...] = (
    ("vendor", None, "vendor"),
    ("fingerprint", None, "fingerprint"),
    ("versions_hash", None, "versions_hash"),
    ("placement", None, "placement ExpectColumnValuesToNotBeNull"),
    ("placement", "guessed", "placement ExpectColumnValuesToBeInSet"),
    ("image_group", "sock", "image_group"),
    ("image_group_confidence", 1.5, "image_group_confidence"),
    ("confidences", [0.9, 1.2], "most_confidence"),
    ("confidences", [-0.1, 0.5], "least_confidence"),
    ("reasons", ["def_filled", "because"], "reasons_known"),
    ("category", "Midi", "path"),
)


def test_each_bad_product_is_named() -> None:
    parts = catalogue(12)
    for row, (column, value, _) in enumerate(BAD_PRODUCTS):
        parts["products"] = _set(parts["products"], column, row, value)
    result = verdict(parts)
    for row, (_, _, about) in enumerate(BAD_PRODUCTS):
        observed = next(
            f.observed for f in result.failures if f.table == "products" and f.expectation.startswith(about)
        )
        assert observed.startswith("1 of 12")
        assert f"S{row:05d}" in observed
    assert len([f for f in result.failures if f.table == "products"]) == len(BAD_PRODUCTS)


def test_a_gap_in_the_levels_is_refused() -> None:
    parts = catalogue(3)
    parts["products"] = _set(parts["products"], "department", 0, None)
    assert ("products", "whole") in _failed(verdict(parts))


def test_paths_that_stop_early_or_are_empty_pass() -> None:
    parts = catalogue(6)
    depths = [products_of(inputs(skus(1, start=n), path=PATH[:n])) for n in range(6)]
    assert verdict(parts | {"products": pa.concat_tables(depths)}).passed


def test_a_repeated_product_is_refused() -> None:
    parts = catalogue(3)
    parts["products"] = pa.concat_tables([parts["products"], parts["products"].slice(1, 1)])
    assert _failed(verdict(parts)) == [("products", "vendor")]


def test_an_empty_catalogue_is_refused() -> None:
    result = verdict(catalogue(0))
    assert [f.table for f in result.failures] == ["products"]
    assert (result.failures[0].observed, result.failures[0].allowed) == ("0", "1 rows or more")


@pytest.mark.parametrize("cell", ["pink", "cotton|wool"])
def test_a_value_nobody_declared_is_refused_in_products(cell: str) -> None:
    parts = catalogue(3)
    column = "attr_colour" if cell == "pink" else "attr_material"
    parts["products"] = _set(parts["products"], column, 2, cell)
    result = verdict(parts)
    assert [f.table for f in result.failures] == ["attribute_values"]
    assert cell.split("|")[-1] in result.failures[0].observed


def test_a_value_nobody_declared_is_refused_in_claims() -> None:
    parts = catalogue(3)
    parts["attribute_claims"] = _set(parts["attribute_claims"], "value", 1, "crimsonn")
    result = verdict(parts)
    assert [f.table for f in result.failures] == ["attribute_values"]
    assert "crimsonn" in result.failures[0].observed


def test_measures_and_undeclared_attributes_are_free() -> None:
    parts = catalogue(3)
    parts["products"] = _set(parts["products"], "attr_weight", 0, "340")
    parts["attribute_claims"] = _set(parts["attribute_claims"], "attribute", 0, "article_type")
    assert verdict(parts).passed


BAD_CLAIMS = (
    ("source", "rumour", "source"),
    ("outcome", "drawn", "outcome ExpectColumnValuesToBeInSet"),
    ("outcome", None, "outcome ExpectColumnValuesToNotBeNull"),
    ("confidence", 2.0, "confidence ExpectColumnValuesToBeBetween"),
    ("confidence", None, "confidence ExpectColumnValuesToNotBeNull"),
    ("producer", None, "producer"),
    ("sku", "nobody's", "has_product"),
)
BAD_CHANGES = (
    ("change", "moved", "change"),
    ("cause", "weather", "cause ExpectColumnValuesToBeInSet"),
    ("cause", None, "cause ExpectColumnValuesToNotBeNull"),
    ("level", "shelf", "level"),
    ("status", "x", "status"),
    ("confidence", 7.0, "confidence"),
    ("reasons", ["whim"], "reasons_known"),
)


def test_every_cause_passes() -> None:
    parts = catalogue(8)
    for row, cause in enumerate(tables.CAUSES):
        parts["hierarchy_changes"] = _set(parts["hierarchy_changes"], "cause", row, cause)
    assert verdict(parts).passed


@pytest.mark.parametrize(("name", "bad"), [("attribute_claims", BAD_CLAIMS), ("hierarchy_changes", BAD_CHANGES)])
def test_each_bad_claim_and_change_is_named(name: str, bad: tuple[tuple[str, object, str], ...]) -> None:
    parts = catalogue(8)
    for row, (column, value, _) in enumerate(bad):
        parts[name] = _set(parts[name], column, row, value)
    found = [f.expectation for f in verdict(parts).failures if f.table == name]
    assert len(found) == len(bad)
    for _, _, about in bad:
        assert any(expectation.startswith(about) for expectation in found)


def _night(refiled: int, count: int = 60) -> tuple[dict[str, pa.Table], pa.Table]:
    base = products_of(inputs(skus(count)))
    moved = products_of(inputs(skus(refiled), path=PATH[:2]))
    products = pa.concat_tables([moved, base.slice(refiled)])
    from enrichment.publish.changes import hierarchy_changes

    changes = hierarchy_changes(base, products)
    claims = catalogue(count)["attribute_claims"]
    return {"products": products, "attribute_claims": claims, "hierarchy_changes": changes}, base


@pytest.mark.parametrize(("refiled", "passes"), [(12, True), (13, False)])
def test_too_many_refiled_products_trip_the_gate(refiled: int, passes: bool) -> None:
    parts, base = _night(refiled)
    result = verdict(parts, base=base)
    assert result.passed is passes
    assert _failed(result) == ([] if passes else [("run", "refiled_share")])


def test_a_person_may_raise_the_limit() -> None:
    parts, base = _night(60)
    assert check(Candidate(**parts, accounts=(), base=base), ALLOWED, Limits(refiled_share=1.0)).passed


def test_a_handful_of_products_has_no_change_rate() -> None:
    parts, base = _night(5, count=5)
    assert verdict(parts, base=base).passed


def test_products_may_leave_only_when_withdrawn() -> None:
    parts, base = _night(0, count=4)
    parts["products"] = parts["products"].slice(0, 3)
    parts["attribute_claims"] = parts["attribute_claims"].slice(0, 3)
    assert _failed(verdict(parts, base=base)) == [("run", "lost")]
    assert verdict(parts, base=base, withdrawn=keys(("acme", "S00003"))).passed


@pytest.mark.parametrize("rows_in", [9, 11])
def test_rows_that_went_nowhere_or_twice_are_refused(rows_in: int) -> None:
    account = VendorAccount("acme", rows_in, 7, 1, 2)
    result = check(Candidate(**catalogue(3), accounts=[VendorAccount("brook", 3, 3, 0, 0), account]), ALLOWED)
    assert _failed(result) == [("accounting", "unaccounted")]
    assert result.failures[0].observed == f"1 of 2, such as acme ({rows_in - 10})"


def test_rows_are_counted_where_they_went() -> None:
    products = inputs(skus(3)).products
    withdrawn = pa.Table.from_pylist([{"vendor": "acme", "sku": "X", "rows": [7]}], schema=tables.WITHDRAWN)
    problem = {"vendor": "acme", "row": 8, "quarantined": True}
    refused = [problem, problem, problem | {"row": 1, "quarantined": False}, problem | {"vendor": "brook", "row": 1}]
    problems = pa.Table.from_pylist(refused, schema=tables.ROW_PROBLEMS)
    counted = accounts({"acme": 8, "brook": 2}, products, withdrawn, problems)
    assert counted == (VendorAccount("acme", 8, 6, 1, 1), VendorAccount("brook", 2, 0, 0, 1))
    assert [account.unaccounted for account in counted] == [0, 1]


def test_a_vendor_nobody_counted_is_not_overlooked() -> None:
    empty = tables.WITHDRAWN.empty_table(), tables.ROW_PROBLEMS.empty_table()
    assert accounts({}, inputs(skus(1)).products, *empty)[0].unaccounted == -2


def test_the_refusal_names_table_expectation_observed_and_allowed() -> None:
    parts = catalogue(3)
    parts["products"] = _set(parts["products"], "placement", 0, "guessed")
    with pytest.raises(GateRefused, match=r"products: placement ExpectColumnValuesToBeInSet: observed 1 of 3.*S00000"):
        verdict(parts).require()


def test_a_gate_that_asked_nothing_has_not_passed() -> None:
    with pytest.raises(GateRefused):
        GateResult({}, ()).require()


def test_vendor_text_in_a_failure_is_bounded() -> None:
    parts = catalogue(2)
    parts["products"] = _set(parts["products"], "placement", 0, "\x1b[31m" + "x" * 9_000)
    result = verdict(parts)
    assert all(len(f.observed) <= 160 for f in result.failures)
    assert "\x1b" not in str(result.to_json())


def test_equal_nights_get_equal_verdicts() -> None:
    parts = catalogue(3)
    parts["products"] = _set(parts["products"], "placement", 0, "guessed")
    assert verdict(parts) == verdict(parts)


def test_telemetry_is_off_and_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    verdict(catalogue(2))
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"
    assert list(tmp_path.iterdir()) == []


def test_the_projects_declarations_give_paths_of_every_depth() -> None:
    declared = allowed(attributes(), groups(), taxonomy())
    assert declared.groups == set(groups().names)
    assert {path.count(" / ") for path in declared.paths} == {0, 1, 2, 3, 4}
    assert "colour" in declared.values
    assert "article_type" not in declared.values


def test_a_hundred_thousand_products_take_seconds() -> None:
    small = catalogue(1_000)

    def grown(name: str) -> pa.Table:
        table = pa.concat_tables([small[name]] * 100).combine_chunks()
        numbers = pa.array([str(n) for n in range(table.num_rows)], pa.string())
        at = table.schema.get_field_index("sku")
        return table.set_column(at, table.schema.field(at), numbers)

    parts: dict[str, Any] = {name: grown(name) for name in small}
    start = time.process_time()
    result = verdict(parts, base=parts["products"])
    assert result.passed
    assert pc.count_distinct(parts["products"]["sku"]).as_py() == 100_000
    assert time.process_time() - start < 20


def test_the_gate_says_nothing_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    expectations._context.cache_clear()
    base = logging.getLogger("great_expectations.data_context.types.base")
    base.setLevel(logging.INFO)
    verdict(catalogue(2))
    assert base.level == logging.WARNING
    assert [record.getMessage() for record in caplog.records if record.name.startswith("great_expectations")] == []


def test_a_refused_night_names_the_vendors_that_were_not_read() -> None:
    failed = GateResult({"products": 1}, (GateFailure("products", "rows", "0", "1 rows or more"),))
    with pytest.raises(
        GateRefused, match="Not read tonight:\n- acme: DropError: x" + "x*\u2026\n- b\n- c\n- 2 more\nMend"
    ):
        failed.require(["acme: DropError: " + "x" * 900, "b", "c", "d", "e"])
    with pytest.raises(GateRefused) as bare:
        failed.require()
    assert "Not read" not in str(bare.value)

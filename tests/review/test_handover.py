from __future__ import annotations

from datetime import date

import pyarrow as pa

from enrichment.review.changes import by_risk, read_changes
from enrichment.review.feedback import vendor_feedback
from enrichment.review.flows import NOWHERE, count_flows
from enrichment.review.ledger import Verdict
from enrichment.review.nodes import known_nodes
from enrichment.review.patterns import find_patterns
from enrichment.review.reasons import main_reason
from enrichment.review.reclass import HEADS, reclass_events
from enrichment.review.regressions import broken_cases, regression_cases
from schemas.sheet import read_rows
from schemas.tables import HIERARCHY_CHANGES
from schemas.taxonomy_spec import Taxonomy
from schemas.vendor_spec import VendorSpec
from tests.review.entries import BAGS, CONTENT, DRESSES, TOPS, said
from tests.review.night import make_night, products_schema


def change(sku: str, previous: str | None, path: str | None, kind: str = "refiled", **more: object) -> dict:
    return {
        "vendor": "alpine",
        "sku": sku,
        "change": kind,
        "cause": "data",
        "level": "class" if kind == "refiled" else None,
        "vendor_path": "Women / DEF / Frocks",
        "previous_path": previous,
        "path": path,
        "status": "decided" if path else "abstained",
        "confidence": 0.8,
        "reasons": ["def_filled"],
    } | more


def changes(*rows: dict) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=HIERARCHY_CHANGES)


def rows_of(data: bytes) -> list[dict[str, str]]:
    return [row for _, row in read_rows(data, (), "file", "us")]


def test_one_event_number_for_all_items_between_the_same_nodes() -> None:
    table = changes(
        change("b", TOPS, DRESSES),
        change("a", TOPS, DRESSES),
        change("c", BAGS, DRESSES),
        change("d", None, DRESSES, "new"),
        change("e", DRESSES, None, "withdrawn"),
        change("f", DRESSES, None),
        change("g", DRESSES, DRESSES + " / Day Dresses / A-line"),
        change("h", DRESSES + " / Day Dresses", DRESSES + " / Day Dresses / A-line"),
        change("=i", TOPS, DRESSES),
    )
    rows = rows_of(reclass_events(table, date(2026, 11, 18)))
    assert list(rows[0]) == list(HEADS)
    events = {row["item"]: row["reclass_no"] for row in rows}
    assert set(events) == {"a", "b", "c", "g", "=i"}
    assert events["a"] == events["b"] == events["=i"] != events["c"]
    assert sorted(set(events.values())) == ["2026111800001", "2026111800002", "2026111800003"]
    moved = next(row for row in rows if row["item"] == "a")
    assert (moved["from_dept"], moved["from_class"], moved["to_class"], moved["to_subclass"]) == (
        "Clothing",
        "Tops",
        "Dresses",
        "",
    )


SPEC = VendorSpec.model_validate(
    {
        "vendor": "alpine",
        "format": "csv",
        "files": ["a.csv"],
        "columns": {"sku": "Style No", "name": "Title", "levels": {"division": "Div", "class": "Klasse"}},
    }
)


def published(*rows: dict) -> pa.Table:
    base = make_night(1, 0).products.to_pylist()[0]
    base |= {"vendor": "alpine", "placement": "decided", "content_hash": CONTENT + "0" * 54}
    return pa.Table.from_pylist([base | row for row in rows], schema=products_schema())


def placed(sku: str, seen: list[str], **more: object) -> dict:
    levels = dict(zip(("division", "department", "class"), ("Women", "Clothing", "Dresses"), strict=True))
    sent = {"vendor_division": "Women", "vendor_class": "DEF", "vendor_department": None, "vendor_subclass": None}
    return {"sku": sku, "levels_seen": seen, "subclass": None, **levels, **sent} | more


def test_feedback_speaks_in_the_vendors_own_columns() -> None:
    table = published(
        placed("1", ["right", "absent", "placeholder"]),
        placed("2", ["right", "absent", "right"]),
        placed("3", ["right", "absent", "placeholder"], placement="abstained"),
        placed("4", ["right", "absent", "placeholder"]),
        placed("5", ["right", "absent", "right"], name="=HYPERLINK(1)"),
    )
    entries = [said(Verdict.REJECT, sku="4"), said(Verdict.ASK_VENDOR, sku="5", comment="=Which class?")]
    data = vendor_feedback(SPEC, table, entries)
    rows = {row["Style No"]: row for row in rows_of(data)}
    assert list(rows) == ["1", "5"]
    assert rows["1"]["Klasse"] == "DEF"
    assert rows["1"]["suggested Klasse"] == "Dresses"
    assert rows["1"]["our path"] == DRESSES
    assert rows["5"]["suggested Klasse"] == ""
    assert rows["5"]["question"] == "=Which class?"
    assert '"=' not in data.decode("utf-8-sig")


def test_a_suggestion_is_made_again_once_the_reviewer_accepts_another_place() -> None:
    table = published(placed("1", ["right", "absent", "placeholder"]))
    rejected, snoozed = said(Verdict.REJECT, sku="1", path=TOPS), said(Verdict.SNOOZE, 1, sku="1", value="2026-12-01")
    assert rows_of(vendor_feedback(SPEC, table, [rejected, snoozed])) == []
    accepted = said(Verdict.ACCEPT, 2, sku="1", path=DRESSES)
    assert len(rows_of(vendor_feedback(SPEC, table, [rejected, snoozed, accepted]))) == 1


def test_what_was_said_of_other_content_neither_disputes_nor_asks() -> None:
    entries = [said(Verdict.REJECT, sku="1"), said(Verdict.ASK_VENDOR, 1, sku="1", comment="Boys' or men's?")]
    asked = published(placed("1", ["right", "absent", "placeholder"]))
    assert [row["question"] for row in rows_of(vendor_feedback(SPEC, asked, entries))] == ["Boys' or men's?"]
    answered = published(placed("1", ["right", "absent", "placeholder"], content_hash="f" * 64))
    (row,) = rows_of(vendor_feedback(SPEC, answered, entries))
    assert (row["question"], row["suggested Klasse"]) == ("", "Dresses")


def test_a_place_that_a_person_set_is_suggested() -> None:
    corrected = placed("1", ["right", "absent", "placeholder"], placed_by="review:correct:0123456789ab")
    (row,) = rows_of(vendor_feedback(SPEC, published(corrected), [said(Verdict.CORRECT, sku="1", value=DRESSES)]))
    assert row["suggested Klasse"] == "Dresses"


def test_rejections_become_cases_that_a_later_night_can_break() -> None:
    rows = make_night(2, 0).products.to_pylist()
    product = rows[0] | {"division": "Women", "department": "Clothing", "class": "Dresses", "subclass": None}
    key = {"vendor": product["vendor"], "sku": product["sku"], "content": product["content_hash"][:10]}
    cases = regression_cases([said(Verdict.REJECT, **key), said(Verdict.REJECT, 2, sku="elsewhere")])
    assert len(cases) == 2
    table = pa.Table.from_pylist([product], schema=products_schema())
    assert [case.sku for case in broken_cases(cases, table)] == [product["sku"]]
    moved = pa.Table.from_pylist([product | {"class": "Tops"}], schema=products_schema())
    assert broken_cases(cases, moved) == []
    rewritten = pa.Table.from_pylist([product | {"content_hash": "f" * 64}], schema=products_schema())
    assert broken_cases(cases, rewritten) == []


def test_that_a_product_had_no_place_is_no_case() -> None:
    row = make_night(1, 0).products.to_pylist()[0]
    unplaced = row | dict.fromkeys(("division", "department", "class", "subclass", "category")) | {"vendor": "alpine"}
    key = {"sku": row["sku"], "content": row["content_hash"][:10], "path": ""}
    entries = [said(Verdict.REJECT, **key), said(Verdict.CORRECT, 1, reviewer="bo", value=BAGS, **key)]
    assert broken_cases(regression_cases(entries), pa.Table.from_pylist([unplaced], schema=products_schema())) == []


def test_flows_count_each_level_once_and_skip_what_stays() -> None:
    flows = count_flows(
        read_changes(changes(change("a", TOPS, DRESSES), change("b", TOPS, DRESSES), change("c", BAGS, None)))
    )
    told = {(f.level, f.origin, f.to): f.count for f in flows if f.basis == "catalogue"}
    assert told == {
        ("division", "Women", NOWHERE): 1,
        ("department", "Women / Accessories", NOWHERE): 1,
        ("class", TOPS, DRESSES): 2,
        ("class", BAGS, NOWHERE): 1,
        ("subclass", TOPS, DRESSES): 2,
        ("subclass", BAGS, NOWHERE): 1,
        ("category", TOPS, DRESSES): 2,
        ("category", BAGS, NOWHERE): 1,
    }


def test_patterns_gather_what_is_alike_and_keep_causes_apart() -> None:
    table = changes(
        change("a", TOPS, DRESSES, confidence=0.5),
        change("b", TOPS, DRESSES, confidence=0.9),
        change("c", TOPS, DRESSES, confidence=0.7, cause="model"),
        change("d", None, DRESSES, "new"),
    )
    patterns = find_patterns(read_changes(table))
    assert [(p.count, p.cause, p.change) for p in patterns] == [
        (2, "data", "refiled"),
        (1, "model", "refiled"),
        (1, "data", "new"),
    ]
    assert (patterns[0].least, patterns[0].middle) == (0.5, 0.7)
    assert patterns[2].origin == "Women / DEF / Frocks"


def test_risk_is_doubt_times_impact() -> None:
    rows = read_changes(
        changes(
            change("sure", TOPS, DRESSES, confidence=0.99),
            change("unsure", TOPS, DRESSES, confidence=0.5),
            change("high", TOPS, DRESSES, confidence=0.5, level="division"),
            change("gone", TOPS, None, "withdrawn", confidence=0.0),
        )
    )
    assert [c.sku for c in by_risk(rows)] == ["high", "unsure", "gone", "sure"]
    assert by_risk(rows, lambda vendor, sku: 1000.0 if sku == "sure" else 1.0)[0].sku == "sure"


def test_the_telling_reason_names_a_change() -> None:
    assert main_reason(["confirmed", "def_filled"]) == "def_filled"
    assert main_reason(["confirmed"]) == "confirmed"
    assert main_reason([]) == "no_evidence"


def test_reviewers_choose_from_every_declared_node() -> None:
    tree = Taxonomy.model_validate(
        {
            "version": 1,
            "placeholders": [],
            "thresholds": {},
            "divisions": [{"id": "w", "name": "Women", "genders": ["women"]}],
            "departments": [
                {
                    "id": "c",
                    "name": "Clothing",
                    "classes": [
                        {
                            "id": "d",
                            "name": "Dresses",
                            "subclasses": [
                                {"id": "x", "name": "Day", "article_types": [{"name": "Frock", "group": "dress"}]}
                            ],
                        }
                    ],
                }
            ],
        }
    )
    assert known_nodes(tree) == ("Women", "Women / Clothing", DRESSES, DRESSES + " / Day")

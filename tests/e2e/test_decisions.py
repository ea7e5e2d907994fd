"""What a merchandiser decides on one night is obeyed on the next."""

import shutil
from pathlib import Path

import pytest

from enrichment.desk.import_decisions import import_decisions
from enrichment.desk.summary import summary
from enrichment.publish.read import latest, read_file, read_table
from enrichment.review.exchange import read_decisions, write_decisions
from enrichment.review.ledger import CONTENT_DIGITS, LedgerEntry, Verdict, append, read
from enrichment.stores.local import LocalStore
from enrichment.taxonomy.tree import Tree
from schemas.paths import join_path
from schemas.records import LEVELS
from schemas.sheet import read_rows
from schemas.taxonomy_spec import taxonomy
from tests.e2e import words
from tests.e2e.conftest import NIGHTS, run_one, settings_for

pytestmark = pytest.mark.slow


def rows_of(store):
    return {(r["vendor"], r["sku"]): r for r in read_table(store, latest(store), "products").to_pylist()}


def path_of(row):
    return join_path(row[level] for level in LEVELS if row[level])


def entry(row, decision, run_id, value="", level=""):
    return LedgerEntry(
        *(row["vendor"], row["sku"], decision, path_of(row), "", row["content_hash"][:CONTENT_DIGITS]),
        *("ines", "2026-11-17T09:00:00+00:00", run_id, level, value),
    )


def agrees_with_its_path(store, row):
    """What the path implies is said of the product, or it is unsure; claims that agree won, the others did not."""
    declared = Tree(taxonomy())
    for name, allowed in (
        ("gender", [g for g, division in declared.division_of.items() if division == row["division"]]),
        ("age_group", next(d.ages for d in taxonomy().divisions if d.name == row["division"])),
        ("article_type", declared.at(path_of(row).split(" / ")[1:4]).types),
    ):
        value = row[f"attr_{name}"]
        assert value in allowed or (value is None and name in row["abstained"]), name
        claims = read_table(store, latest(store), "attribute_claims").to_pylist()
        mine = [c for c in claims if (c["vendor"], c["sku"], c["attribute"]) == (row["vendor"], row["sku"], name)]
        verdicts = {True: "won", False: "ignored" if value is None else "lost"}
        assert all(claim["outcome"] == verdicts[claim["value"] == value] for claim in mine), name


@pytest.fixture
def night_one(drops, declared, tmp_path):
    settings = settings_for(tmp_path / "store", drops, declared)
    run_one(NIGHTS[0], settings)
    return settings, LocalStore(Path(settings.store))


def test_locks_corrections_and_rejections_hold_on_the_next_night(night_one, drops, declared, tmp_path):
    settings, store = night_one
    quiet = tmp_path / "drops"
    (quiet / "sample_sheet").mkdir(parents=True)
    shutil.copytree(drops / "sample_sheet" / NIGHTS[1].isoformat(), quiet / "sample_sheet" / NIGHTS[1].isoformat())
    before, run_id = rows_of(store), latest(store).run_id
    placed = [row for row in before.values() if row["class"] and row["vendor"] != "sample_sheet"]
    locked, corrected, rejected = placed[:3]
    # Another division and another class: whom it is for and what it is are then other than what was said of it.
    elsewhere = [row for row in placed if row["class"] != corrected["class"]]
    other = next(path_of(row) for row in elsewhere if row["division"] != corrected["division"])
    decisions = [
        entry(locked, Verdict.LOCK, run_id),
        entry(corrected, Verdict.CORRECT, run_id, value=other),
        entry(rejected, Verdict.REJECT, run_id, level="class"),
    ]
    exported = write_decisions(decisions, "csv")
    assert append(store, read_decisions(exported, "csv").entries) == 3
    assert append(store, read_decisions(exported, "csv").entries) == 0
    assert len(read(store)) == 3

    uri, _ = run_one(NIGHTS[1], settings_for(settings.store, quiet, declared))
    after = rows_of(store)
    key = lambda row: (row["vendor"], row["sku"])  # noqa: E731
    assert path_of(after[key(locked)]) == path_of(locked)
    assert "lock_kept" in after[key(locked)]["reasons"]
    assert path_of(after[key(corrected)]) == other
    assert after[key(corrected)]["reasons"][0] == "review_decided"
    assert "rule_override" not in after[key(corrected)]["reasons"]
    assert path_of(after[key(rejected)]) != path_of(rejected)
    assert after[key(rejected)]["class"] is None
    agrees_with_its_path(store, after[key(corrected)])
    changes = {key(r): r for r in read_table(store, latest(store), "hierarchy_changes").to_pylist()}
    assert {changes[key(row)]["cause"] for row in (corrected, rejected)} == {"decision"}
    events = read_rows(read_file(store, latest(store), "report/reclass_events.csv"), ("item",), "events", "publish")
    assert {(row["vendor"], row["item"]) for _, row in events} >= {key(corrected), key(rejected)}
    night = summary(uri)
    assert night.changed < night.products / 2


def test_a_new_price_is_published_and_ends_no_decision(tmp_path):
    settings = words.first_night(tmp_path)
    before = words.table(settings, "products")
    said = [
        words.decision(settings, "D1", Verdict.LOCK),
        words.decision(settings, "D2", Verdict.CORRECT, value=words.path_of(before["J1"])),
        words.decision(settings, "D3", Verdict.REJECT, level="class"),
    ]
    append(words.store_of(settings), said)
    words.deliver(settings, words.NIGHTS[1], [[*row, "12.50"] for row in words.PRODUCTS[:4]])
    run_one(words.NIGHTS[1], settings)
    after = words.table(settings, "products")
    prices = {sku: dict(after[sku]["fields"])["price"] for sku in ("D1", "D4", "J1")}
    assert prices == {"D1": "12.50", "D4": "12.50", "J1": "9.90"}
    assert after["D1"]["reasons"][0] == "lock_kept"
    assert words.path_of(after["D2"]) == words.path_of(before["J1"])
    assert words.path_of(after["D3"]) != words.path_of(before["D3"])
    assert after["D4"]["content_hash"] == before["D4"]["content_hash"]
    assert "D4" not in words.table(settings, "hierarchy_changes")


def test_what_orders_nothing_answers_nothing_anew(tmp_path):
    settings = words.first_night(tmp_path)
    before = words.table(settings, "products")
    orders_nothing = (Verdict.ACCEPT, Verdict.ASK_VENDOR, Verdict.SNOOZE)
    said = [
        words.decision(settings, sku, verdict, value="2026-11-30" if verdict is Verdict.SNOOZE else "")
        for sku, verdict in zip(("D1", "D2", "D3"), orders_nothing, strict=True)
    ]
    append(words.store_of(settings), [*said, words.decision(settings, "D4", Verdict.LOCK)])
    words.deliver(settings, words.NIGHTS[1], words.PRODUCTS[4:6])
    run_one(words.NIGHTS[1], settings)
    after = words.table(settings, "products")
    assert [sku for sku in before if after[sku]["fingerprint"] != before[sku]["fingerprint"]] == ["D4"]


def test_decisions_that_come_in_later_do_not_change_a_planned_run(night_one, drops, declared):
    settings, store = night_one
    row = next(row for row in rows_of(store).values() if row["class"])
    first, _ = run_one(NIGHTS[0], settings)
    append(store, [entry(row, Verdict.LOCK, latest(store).run_id)])
    second, _ = run_one(NIGHTS[0], settings)
    assert first != second


def test_a_hand_written_row_is_completed_and_a_strangers_refused(night_one):
    _, store = night_one
    row = next(row for row in rows_of(store).values() if row["class"])
    head = "run_id,vendor,sku,decision,value,reviewer,at\n"
    good = f"{latest(store).run_id},{row['vendor']},{row['sku']},lock,,ines,2026-11-17T09:00:00+00:00\n"
    stranger = f"{latest(store).run_id},{row['vendor']},nobody,lock,,ines,2026-11-17T09:00:00+00:00\n"
    odd = f"{latest(store).run_id},{row['vendor']},{row['sku']},maybe,,ines,2026-11-17T09:00:00+00:00\n"
    imported, added = import_decisions(store, (head + good + stranger + odd + stranger).encode(), "csv")
    assert added == 1
    assert imported.entries[0].content == row["content_hash"][:CONTENT_DIGITS]
    assert imported.entries[0].path == path_of(row)
    assert [refusal.where for refusal in imported.refused] == ["line 3", "line 4", "line 5"]
    reasons = [refusal.why for refusal in imported.refused]
    assert all(f"{row['vendor']} 'nobody': no such product" in reasons[at] for at in (0, 2))
    assert "ask_vendor" in reasons[1]

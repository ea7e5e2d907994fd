"""Decisions are completed from the run they name; on products that it does not know they are refused in their place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pytest

from enrichment.desk import import_decisions as stage
from enrichment.publish.commit import publish
from enrichment.publish.read import latest, read_table
from enrichment.review.exchange import write_decisions
from enrichment.review.ledger import LedgerEntry, Verdict
from enrichment.stores.local import LocalStore
from schemas.records import LEVELS
from tests.publish.catalogue import catalogue, facts
from tests.review.entries import said

RUNS = ("2026-11-17-aaaaaaaaaaaa", "2026-11-18-bbbbbbbbbbbb")


@pytest.mark.parametrize(
    ("kind", "places"),
    [("csv", ["line 2", "line 5", "line 6"]), ("json", ["decision 1", "decision 3", "decision 4"])],
)
def test_a_stranger_is_refused_by_its_place_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Literal["csv", "json"], places: list[str]
) -> None:
    # The second decision takes two lines; the third is no decision.
    good, odd = said(comment="over\ntwo lines"), said(Verdict.SNOOZE, value="never")
    nobody = replace(good, sku="nobody", comment="")
    monkeypatch.setattr(stage, "_facts", lambda store, run_id: {good.key: stage.Seen("0123456789")})
    data = write_decisions([nobody, good, odd, nobody], kind)
    imported, added = stage.import_decisions(LocalStore(tmp_path), data, kind)
    assert (imported.entries, added) == ((good,), 1)
    assert [refusal.where for refusal in imported.refused] == places
    assert ["no such product in run" in refusal.why for refusal in imported.refused] == [True, False, True]
    assert f"{nobody.vendor} 'nobody'" in imported.refused[0].why


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    """Two nights: S00000 comes with other content and moves on the second, S00005 leaves on it."""
    opened = LocalStore(tmp_path / "store")
    for day, run_id in enumerate(RUNS):
        parts = catalogue(6 - day)
        products = parts["products"]
        marks = [f"{day if at == 0 else 0}{at}abcdef01" + "0" * 54 for at in range(products.num_rows)]
        at = products.schema.get_field_index("content_hash")
        parts["products"] = products.set_column(at, products.schema.field(at), pa.array(marks))
        if day:
            moved = {"vendor": "acme", "sku": "S00000", "change": "refiled", "cause": "data", "previous_path": "Women"}
            gone = {"vendor": "acme", "sku": "S00005", "change": "withdrawn", "cause": "data", "previous_path": "Women"}
            rows = [row | {"reasons": []} for row in (moved, gone)]
            parts["hierarchy_changes"] = pa.Table.from_pylist(rows, schema=parts["hierarchy_changes"].schema)
        publish(opened, facts(run_id, date(2026, 11, 17 + day), RUNS[0] if day else None), parts)
    return opened


def by_hand(store: LocalStore, *rows: tuple[str, str, str]) -> tuple[list[LedgerEntry], list[str]]:
    """Import run, sku and decision; return what was taken and why the rest was not."""
    lines = [f"{run},acme,{sku},{decision},ada,2026-11-19T08:00:00+00:00" for run, sku, decision in rows]
    data = "\n".join(["run_id,vendor,sku,decision,reviewer,at", *lines]).encode()
    imported, _ = stage.import_decisions(store, data, "csv")
    return list(imported.entries), [f"{refusal.where}: {refusal.why}" for refusal in imported.refused]


def test_a_decision_is_about_what_its_run_showed(store: LocalStore) -> None:
    taken, refused = by_hand(store, (RUNS[0], "S00000", "reject"), (RUNS[1], "S00000", "lock"))
    assert refused == []
    assert [(entry.content[0], entry.previous) for entry in taken] == [("0", ""), ("1", "Women")]
    (row,) = read_table(store, latest(store), "products").slice(0, 1).to_pylist()
    assert taken[1].path == " / ".join(row[level] for level in LEVELS if row[level])


def test_what_left_the_catalogue_can_be_answered_and_an_unknown_run_cannot(store: LocalStore) -> None:
    taken, refused = by_hand(
        store, (RUNS[1], "S00005", "accept"), ("2026-11-19-cccccccccccc", "S00001", "lock"), (RUNS[0], "S99999", "lock")
    )
    assert [(entry.sku, entry.content, entry.path) for entry in taken] == [("S00005", "", "")]
    assert refused[0].startswith("line 3: run '2026-11-19-cccccccccccc' is not published whole")
    assert refused[1].startswith(f"line 4: acme 'S99999': no such product in run {RUNS[0]}")


@pytest.mark.parametrize("decision", ["reject", "lock", "ask_vendor"])
def test_of_what_left_the_catalogue_all_but_accept_is_refused(store: LocalStore, decision: str) -> None:
    taken, refused = by_hand(store, (RUNS[1], "S00005", decision), (RUNS[1], "S00005", "undo"))
    assert [entry.decision for entry in taken] == [Verdict.UNDO]
    assert refused == [
        f"line 2: acme 'S00005': decision '{decision}'; allowed: 'accept', as it left the catalogue in run {RUNS[1]} "
        "and there is nothing left to place"
    ]
    # The night before it was still there.
    assert by_hand(store, (RUNS[0], "S00005", decision))[1] == []


def test_a_correction_of_what_left_the_catalogue_is_refused(store: LocalStore) -> None:
    data = (
        "run_id,vendor,sku,decision,value,reviewer,at\n"
        f"{RUNS[1]},acme,S00005,correct,Men/Shoes/Casual Shoes/Casual Shoes,ada,2026-11-19T08:00:00+00:00\n"
    )
    imported, added = stage.import_decisions(store, data.encode(), "csv")
    assert (imported.entries, added) == ((), 0)
    assert "decision 'correct'; allowed: 'accept'" in imported.refused[0].why

"""An unusual night waits for a person, and readers keep last night's catalogue until one says yes."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from enrichment.progress.null import NullProgress
from enrichment.publish.read import latest, read_file, read_table
from enrichment.review.ledger import Verdict, append
from enrichment.runs.run import Run
from enrichment.stages.approval import approve, page_of, questions_of
from enrichment.stages.night import run_night
from enrichment.stages.plan import plan_night
from enrichment.stores.local import LocalStore
from schemas.errors import ApprovalNeeded, UsageError
from tests.e2e.conftest import NIGHTS, run_one, settings_for
from tests.e2e.test_decisions import entry, path_of

pytestmark = pytest.mark.slow


def test_an_unusual_night_waits_for_approval(drops, declared, tmp_path):
    settings = settings_for(tmp_path / "store", drops, declared)
    run_one(NIGHTS[0], settings)
    store = LocalStore(Path(settings.store))
    first = latest(store)
    placed = [row for row in read_table(store, first, "products").to_pylist() if row["class"]]
    moved = placed[0]
    other = next(path_of(row) for row in placed if row["class"] != moved["class"])
    append(store, [entry(moved, Verdict.CORRECT, first.run_id, value=other)])

    uri = plan_night(NIGHTS[1], replace(settings, max_refiled_share=0.0))
    with pytest.raises(ApprovalNeeded, match=r"all\.report/index\.html\nTo publish it: enrich approve"):
        run_night(uri, NullProgress)
    assert latest(store).run_id == first.run_id
    run = Run.at(uri)
    assert any("known products were re-filed (" in question and "%" in question for question in questions_of(run))
    page = Path(page_of(run).removeprefix("file://"))
    assert page.is_file()
    assert "waits for a person" in page.read_text(encoding="utf-8")
    assert list(page.parent.glob("details/*"))
    with pytest.raises(UsageError, match="name"):
        approve(run, " ")

    approve(run, "ines")
    run_night(uri, NullProgress)
    published = latest(store)
    assert published.run_id == run.run_id
    assert published.manifest["notes"]["approved_by"] == "ines"
    assert published.manifest["notes"]["unusual"] == questions_of(run)
    # What a person let through is what later nights are compared with.
    assert [told(store, night)["approved"] for night in (first, published)] == [False, True]


def told(store, night):
    return json.loads(read_file(store, night, "report/summary.json"))

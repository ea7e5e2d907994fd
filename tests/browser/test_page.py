from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse

import pyarrow as pa
import pytest
import uvicorn

from enrichment.review import ledger
from enrichment.review.audit import estimate, plan_from
from enrichment.review.exchange import read_decisions, write_decisions
from enrichment.review.ledger import Verdict
from enrichment.review.obey import obey, orders_of
from enrichment.review.report import write_report
from enrichment.review.serve import prepare
from enrichment.review.standing import not_undone
from enrichment.stores.open import open_store
from enrichment.stores.port import Store
from schemas.paths import parse_path
from schemas.records import CONTRADICTIONS, HierarchyDecision, HierarchyPath, PlacementStatus, Reason
from schemas.sheet import read_rows
from tests.browser.conftest import Opened
from tests.review.night import NODES, RUN_ID, VENDORS, make_night

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed").expect


def count_of(page: Page) -> int:
    return int(page.inner_text("#count").split(" product")[0].split(" ")[-1].replace(",", ""))


def name_reviewer(page: Page, name: str = "ada") -> None:
    page.fill("#reviewer", name)


def entries_of(page: Page, kind: str, folder: Path) -> tuple[ledger.LedgerEntry, ...]:
    with page.expect_download() as waiting:
        page.click(f"#export-{kind}")
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    found = read_decisions(path.read_bytes(), kind, NODES)
    assert found.refused == ()
    return found.entries


def test_the_head_says_what_happened(opened: Opened) -> None:
    page = opened()
    changes = make_night(240, 60).changes.column("change").to_pylist()
    assert page.inner_text("#title") == "Wednesday, 18 November 2026"
    for kind in ("new", "refiled", "withdrawn"):
        assert page.inner_text(f"[data-tile={kind}] b") == str(changes.count(kind))
    told = page.inner_text("#provenance")
    assert "look@11aa22bb → look@9f3a12bc" in told
    assert "birchwood ◷ late: not delivered by 03:00" in told
    assert "</script><script>boom()" in told
    assert "gate passed" in page.inner_text("#gate")


def test_filters_and_search_narrow_the_list(opened: Opened) -> None:
    page = opened()
    rows = make_night(240, 60).changes.to_pylist()
    page.click("#tab-products")
    assert count_of(page) == 240
    page.select_option("#filter-vendor", "alpine")
    assert count_of(page) == sum(row["vendor"] == "alpine" for row in rows)
    page.select_option("#filter-cause", "model")
    assert count_of(page) == sum(row["vendor"] == "alpine" and row["cause"] == "model" for row in rows)
    page.click("#clear")
    page.fill("#search", "S000017")
    expect(page.locator("#count")).to_have_text("1 product")
    assert page.locator(".item").count() == 1
    page.fill("#search", "kids handbags linen")
    expect(page.locator("#count")).not_to_have_text("1 product")
    assert all("Handbags" in text for text in page.locator(".item .paths").all_inner_texts())
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert count_of(page) == 240


def test_open_a_pattern_accept_all_and_undo(opened: Opened) -> None:
    page = opened()
    name_reviewer(page)
    first = page.locator(".item.pattern").first
    size = int(first.locator(".size b").inner_text())
    assert first.locator("img.thumb").count() == min(6, size) or size < 7
    first.get_by_role("button", name="Open").click()
    assert count_of(page) == size
    page.click(".chip.filter")
    page.click("#tab-patterns")
    page.locator(".item.pattern").first.get_by_role("button", name="Accept all").click()
    assert page.inner_text("#tally") == f"{size} accepted"
    assert f"{size} of {size} decided" in page.locator(".item.pattern").first.inner_text()
    page.click("#undo")
    assert page.inner_text("#tally") == "No decisions yet"
    page.locator(".item.pattern").first.get_by_role("button", name="Reject all").click()
    assert page.inner_text("#tally") == f"{size} rejected"


def test_keys_alone_are_enough(opened: Opened) -> None:
    page = opened()
    name_reviewer(page)
    page.locator("#reviewer").blur()
    for key in ("2", "j", "a", "r", "l", "u", "j", "k", "l"):
        page.keyboard.press(key)
    assert page.inner_text("#tally") == "1 accepted · 1 rejected · 1 locked"
    page.keyboard.press("Enter")
    assert page.locator("#detail").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("#detail").is_hidden()


def test_nobody_decides_without_a_name(opened: Opened) -> None:
    page = opened()
    page.click("#tab-products")
    page.locator(".item").first.get_by_role("button", name="Accept").click()
    assert page.inner_text("#tally") == "No decisions yet"
    page.fill("#who", "bo")
    page.keyboard.press("Enter")
    assert page.inner_text("#tally") == "1 accepted"
    assert page.input_value("#reviewer") == "bo"


def decide_everything(page: Page) -> None:
    """Accept, reject with a level, lock, correct, snooze and ask: one product each, the first hostile ones."""
    name_reviewer(page)
    page.click("#tab-products")
    page.select_option("#filter-vendor", VENDORS[2])
    page.select_option("#filter-change", "refiled")
    items = page.locator(".item.product")
    items.nth(0).get_by_role("button", name="Accept").click()
    items.nth(1).get_by_role("button", name="More").click()
    page.select_option("#wrong-level", "class")
    page.fill("#comment", "=no, 'that' is \"wrong\"\nat all")
    page.locator("#detail").get_by_role("button", name="Reject").click()
    close(page)
    items.nth(2).get_by_role("button", name="Lock").click()
    items.nth(3).get_by_role("button", name="More").click()
    page.fill("#right-path", NODES[5].replace(" / ", "/"))
    page.locator("#detail").get_by_role("button", name="Correct").click()
    close(page)
    items.nth(4).get_by_role("button", name="More").click()
    page.fill("#snooze-until", "2026-12-01")
    page.locator("#detail").get_by_role("button", name="Snooze").click()
    close(page)
    items.nth(5).get_by_role("button", name="More").click()
    page.fill("#comment", "Which one is it?")
    page.locator("#detail").get_by_role("button", name="Ask vendor").click()
    close(page)


def close(page: Page) -> None:
    page.get_by_role("button", name="Close (Esc)").click()


ALL_SIX = "1 accepted · 1 rejected · 1 corrected · 1 locked · 1 snoozed · 1 vendor asked"


def test_export_and_import_carry_every_decision(opened: Opened, tmp_path: Path) -> None:
    page = opened()
    decide_everything(page)
    assert page.inner_text("#tally") == ALL_SIX
    as_csv, as_json = entries_of(page, "csv", tmp_path), entries_of(page, "json", tmp_path)
    assert as_csv == as_json
    by_verdict = {entry.decision: entry for entry in as_csv}
    assert set(by_verdict) == set(Verdict) - {Verdict.UNDO}
    assert by_verdict[Verdict.CORRECT].value == NODES[5]
    assert by_verdict[Verdict.REJECT].comment == "=no, 'that' is \"wrong\"\nat all"
    assert by_verdict[Verdict.REJECT].level == "class"
    assert by_verdict[Verdict.SNOOZE].value == "2026-12-01"
    for kind in ("csv", "json"):
        other = opened()
        other.set_input_files("#import", tmp_path / f"decisions-{RUN_ID}.{kind}")
        expect(other.locator("#tally")).to_have_text(ALL_SIX)
        other.set_input_files("#import", tmp_path / f"decisions-{RUN_ID}.{kind}")
        expect(other.locator("#toast")).to_contain_text("0 of 6 decisions imported: the rest is here already")
        assert entries_of(other, "json", tmp_path) == as_json


def test_markup_and_formulas_stay_inert(opened: Opened, tmp_path: Path) -> None:
    page = opened()
    name_reviewer(page)
    page.click("#tab-products")
    page.select_option("#filter-vendor", VENDORS[3])
    assert page.locator(".item").first.locator(".sub b").inner_text() == VENDORS[3]
    page.locator(".item").first.get_by_role("button", name="Accept").click()
    page.select_option("#filter-vendor", VENDORS[2])
    page.locator(".item").first.get_by_role("button", name="Accept").click()
    page.locator(".item").first.get_by_role("button", name="More").click()
    page.wait_for_selector("#detail .claims")
    for tab in ("patterns", "audit", "flows", "problems"):
        page.click(f"#tab-{tab}", force=True)
        assert page.locator("img[src='x'], [onerror], b b").count() == 0
    page.click("#clear")
    assert "<b>bold</b>" in page.inner_text("#sheet")
    entries_of(page, "csv", tmp_path)
    text = (tmp_path / f"decisions-{RUN_ID}.csv").read_text(encoding="utf-8-sig")
    assert f'"\'{VENDORS[2]}"' in text
    assert f'"{VENDORS[2]}' not in text
    assert {row["vendor"] for _, row in read_rows(text.encode(), ("vendor",), "file", "the page")} == {
        VENDORS[2],
        VENDORS[3],
    }


def test_evidence_is_marked_where_it_stands(opened: Opened) -> None:
    page = opened()
    page.click("#tab-products")
    page.select_option("#filter-change", "new")
    item = page.locator(".item").nth(3)
    name = item.locator("h3").inner_text()
    item.get_by_role("button", name="More").click()
    page.wait_for_selector("#detail .claims")
    assert page.locator("#detail .quoted mark").first.inner_text() == name.split()[0]
    assert page.locator("#detail .claims tbody tr").count() == 2
    assert "✓ won" in page.inner_text("#detail .claims")


def test_a_page_that_came_alone_says_what_is_missing(browser: Browser, report: Path, tmp_path: Path) -> None:
    alone = tmp_path / "mailed.html"
    alone.write_bytes((report / "index.html").read_bytes())
    page = browser.new_page()
    page.goto(alone.as_uri())
    page.click("#tab-products")
    page.locator(".item").first.get_by_role("button", name="More").click()
    expect(page.locator("#detail")).to_contain_text("not beside this page")
    assert page.locator(".item").first.locator("h3").inner_text()
    page.close()


def test_flows_lead_to_their_products(opened: Opened) -> None:
    page = opened()
    page.click("#tab-flows")
    for level in ("division", "class", "subclass"):
        page.get_by_role("button", name=level, exact=True).click()
        first = page.locator("button.flow").first
        size = int(first.locator(".number").inner_text())
        first.click()
        assert count_of(page) == size
        page.click("#tab-flows")
    cell = page.locator(".matrix .heat button").first
    size = int(cell.inner_text())
    cell.click()
    assert count_of(page) == size


def test_the_audit_block_estimates_as_it_is_answered(opened: Opened, tmp_path: Path) -> None:
    page = opened()
    name_reviewer(page)
    assert page.inner_text("#audit-now") == "60 products wait to be checked"
    page.click("#audit-now")
    assert count_of(page) == 60
    page.locator(".item").first.click(position={"x": 300, "y": 5})
    for at in range(60):
        page.keyboard.press("r" if at % 10 == 0 else "a")
    said = page.inner_text("#audit-now")
    assert "60 of 60 checked" in said
    entries = entries_of(page, "json", tmp_path)
    assert all(entry.audit for entry in entries)
    found = estimate(plan_from(_numbers(page)["audit"]), entries)
    assert found.accuracy is not None
    assert said.startswith(
        f"{100 * found.accuracy:.1f} % right (95 %: {100 * found.low:.1f} % to {100 * found.high:.1f} %)"
    )


def _numbers(page: Page) -> dict:
    return json.loads((Path(unquote(urlparse(page.url).path)).parent / "numbers.json").read_text(encoding="utf-8"))


def test_a_draft_outlives_the_tab(opened: Opened) -> None:
    page = opened()
    name_reviewer(page)
    page.click("#tab-products")
    page.locator(".item").first.get_by_role("button", name="Lock").click()
    page.reload()
    page.wait_for_selector("body.ready")
    assert page.inner_text("#tally") == "1 locked"
    assert page.input_value("#reviewer") == "ada"


def test_paper_gets_the_list_without_the_buttons(opened: Opened) -> None:
    page = opened()
    page.click("#tab-products")
    page.emulate_media(media="print")
    page.evaluate("preparePrint()")
    assert page.locator(".item").count() == 150
    assert "90 more" in page.inner_text("#list")
    assert page.locator(".dock").is_hidden()
    boxes = [page.locator(".item").nth(at).bounding_box() for at in (0, 1)]
    assert boxes[1]["y"] >= boxes[0]["y"] + boxes[0]["height"]


# Named before ``opened`` in a test, so that its pages are closed while the server still answers them.
@pytest.fixture
def served(report: Path, tmp_path: Path) -> Iterator[tuple[str, Store]]:
    store = open_store(str(tmp_path / "store"))
    server = prepare(report, store)
    running = uvicorn.Server(uvicorn.Config(server.app, log_level="error", ws="none"))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [server.listener]})
    thread.start()
    yield server.url, store
    running.should_exit = True
    thread.join(10)


def wait_for(page: Page, store: Store, verdicts: list[Verdict]) -> None:
    for _ in range(100):
        if [entry.decision for entry in ledger.read(store)] == verdicts:
            break
        page.wait_for_timeout(50)
    assert [entry.decision for entry in ledger.read(store)] == verdicts


def test_the_server_saves_as_one_goes(served: tuple[str, Store], opened: Opened) -> None:
    url, store = served
    page = opened(url)
    assert "token" not in page.url
    name_reviewer(page)
    page.click("#tab-products")
    page.locator(".item").nth(0).get_by_role("button", name="Lock").click()
    page.locator(".item").nth(1).get_by_role("button", name="Reject").click()
    wait_for(page, store, [Verdict.LOCK, Verdict.REJECT])
    expect(page.locator("#saved")).to_have_text("Saved")
    page.click("#undo")
    wait_for(page, store, [Verdict.LOCK, Verdict.REJECT, Verdict.UNDO])
    other = opened(url)
    expect(other.locator("#tally")).to_have_text("1 locked")


def test_without_the_token_the_door_stays_shut(served: tuple[str, Store], opened: Opened) -> None:
    url, _ = served
    page = opened(url.split("#")[0], ready="p")
    expect(page.locator("body")).to_contain_text("it carries the token")
    assert page.locator("#data").count() == 0


def test_the_next_night_obeys_what_was_decided_on_the_page(opened: Opened, tmp_path: Path) -> None:
    page = opened()
    decide_everything(page)
    store = open_store(str(tmp_path / "ledger"))
    ledger.append(store, entries_of(page, "csv", tmp_path))
    ledger.append(store, entries_of(page, "json", tmp_path))
    entries = {entry.decision: entry for entry in ledger.read(store)}
    assert len(ledger.read(store)) == 6
    products = make_night(240, 60).products.select(["vendor", "sku", "content_hash"]).to_pylist()
    orders = orders_of(ledger.read(store), {(p["vendor"], p["sku"]): p["content_hash"] for p in products})
    anywhere = parse_path(NODES[9])
    tomorrow = {
        verdict: obey([proposal(entries[verdict], path)], orders)[0].path
        for verdict, path in (
            (Verdict.LOCK, anywhere),
            (Verdict.CORRECT, anywhere),
            (Verdict.REJECT, parse_path(entries[Verdict.REJECT].path)),
            (Verdict.ACCEPT, anywhere),
        )
    }
    assert tomorrow[Verdict.LOCK] == parse_path(entries[Verdict.LOCK].path)
    assert tomorrow[Verdict.CORRECT] == parse_path(NODES[5])
    assert tomorrow[Verdict.REJECT] == parse_path(entries[Verdict.REJECT].previous)
    assert tomorrow[Verdict.ACCEPT] == anywhere


def proposal(entry: ledger.LedgerEntry, path: HierarchyPath) -> HierarchyDecision:
    confidences = (0.9,) * len(path.levels)
    status = PlacementStatus.DECIDED if path.levels else PlacementStatus.ABSTAINED
    return HierarchyDecision(entry.vendor, entry.sku, status, path, confidences, (Reason.CONFIRMED,), ())


def test_what_was_snoozed_waits_until_its_day(opened: Opened, tmp_path: Path) -> None:
    inputs = make_night(20, 0)
    first = inputs.changes.to_pylist()[0]
    said = {"path": first["path"], "previous": first["previous_path"] or "", "content": "0123456789", "reviewer": "ada"}
    entries = [
        ledger.LedgerEntry(
            first["vendor"],
            first["sku"],
            Verdict.SNOOZE,
            at="2026-11-16T08:00:00+00:00",
            run_id="r1",
            value=until,
            **said,
        )
        for until in ("2026-11-18", "2026-11-19")
    ]
    for number, (entry, listed) in enumerate(zip(entries, (20, 19), strict=True)):
        write_report(replace(inputs, entries=(entry,)), tmp_path / str(number))
        page = opened((tmp_path / str(number) / "index.html").as_uri())
        page.click("#tab-products")
        assert count_of(page) == listed
        assert page.locator("#snoozed").is_visible() == (listed == 19)
        page.select_option("#filter-decision", "back from snooze")
        expect(page.locator("#count")).to_have_text("1 product" if listed == 20 else "0 products")
        page.click("#clear")
    expect(page.locator("#snoozed")).to_have_text("1 product is snoozed and hidden: 1 until 19 Nov 2026. Show them")
    page.get_by_role("button", name="Show them").click()
    assert "snoozed until 2026-11-19 by ada" in page.locator(".item").inner_text()
    page.get_by_role("button", name="Hide them").click()
    assert count_of(page) == 19


def test_a_product_that_stands_still_comes_back_on_its_day(opened: Opened, tmp_path: Path) -> None:
    inputs = make_night(20, 5)
    row = inputs.products.to_pylist()[-1]
    said = {"path": "Women", "previous": "", "content": "0123456789", "reviewer": "ada", "run_id": "r1"}
    entry = ledger.LedgerEntry(
        row["vendor"], row["sku"], Verdict.SNOOZE, at="2026-11-16T08:00:00+00:00", value="2026-11-18", **said
    )
    write_report(replace(inputs, entries=(entry,), audited=0), tmp_path)
    page = opened((tmp_path / "index.html").as_uri())
    page.click("#tab-products")
    assert count_of(page) == 21
    page.select_option("#filter-decision", "back from snooze")
    told = page.locator(".item").inner_text()
    assert row["sku"] in told
    assert "back from snooze" in told
    assert page.locator("#snoozed").is_hidden()


def test_what_moved_a_product_is_a_reason_to_filter_by_and_said_once(opened: Opened) -> None:
    page = opened()
    rows = make_night(240, 60).changes.to_pylist()
    by_model = [row for row in rows if "model_changed" in row["reasons"]]
    page.select_option("#filter-reason", "model_changed")
    assert sum(int(text) for text in page.locator(".pattern .size b").all_inner_texts()) <= len(by_model)
    assert page.locator(".pattern").first.get_by_text("model changed", exact=True).count() == 1
    page.click("#tab-products")
    assert count_of(page) == len(by_model)


def test_every_kind_of_contradiction_stands_behind_their_tile(opened: Opened) -> None:
    page = opened()
    rows = make_night(240, 60).changes.to_pylist()
    page.click("[data-tile=contradictions]")
    assert count_of(page) == sum(bool(set(CONTRADICTIONS) & set(r["reasons"])) for r in rows)
    assert {r["reasons"][0] for r in rows} >= {"vendor_contradiction", "filing_text_conflict"}
    expect(page.locator("#filter-reason option:checked")).to_have_text("any contradiction")


def test_a_pattern_its_card_and_the_filter_tell_one_confidence(opened: Opened, tmp_path: Path) -> None:
    inputs = make_night(2, 0)
    change = inputs.changes.to_pylist()[1] | {"confidence": 0.9458}
    rows = [row | {"confidences": [1.0, 0.9458, 0.9458, 0.9458]} for row in inputs.products.to_pylist()]
    write_report(
        replace(
            inputs,
            changes=pa.Table.from_pylist([change], schema=inputs.changes.schema),
            products=pa.Table.from_pylist(rows, schema=inputs.products.schema),
            audited=0,
        ),
        tmp_path,
    )
    page = opened((tmp_path / "index.html").as_uri())
    assert "confidence at least 94 %, median 94 %" in page.inner_text(".pattern")
    page.click("#tab-products")
    assert page.locator(".bars b").all_inner_texts() == ["100", "94", "94", "94"]
    page.select_option("#filter-confidence", "80 to 95 %")
    assert count_of(page) == 1
    page.select_option("#filter-confidence", "95 % and over")
    assert count_of(page) == 0


def test_only_filters_that_do_something_are_offered(opened: Opened) -> None:
    page = opened()
    page.click("#tab-problems")
    assert page.locator("#filter-vendor").is_visible()
    assert page.locator("#filter-reason").is_hidden()
    told = page.inner_text("#sheet")
    assert "Ask the vendor for the product's number" in told
    page.fill("#search", "picture corrupt")
    expect(page.locator("#count")).to_have_text("1 problem")
    page.click("#tab-flows")
    assert page.locator("#search").is_hidden()
    page.click("#tab-products")
    assert page.locator("#filter-reason").is_visible()


def test_what_was_loaded_can_be_undone_too(served: tuple[str, Store], opened: Opened) -> None:
    url, store = served
    page = opened(url)
    name_reviewer(page)
    page.click("#tab-products")
    page.locator(".item").nth(0).get_by_role("button", name="Lock").click()
    wait_for(page, store, [Verdict.LOCK])
    other = opened(url)
    expect(other.locator("#tally")).to_have_text("1 locked")
    name_reviewer(other)
    other.click("#undo")
    wait_for(other, store, [Verdict.LOCK, Verdict.UNDO])
    third = opened(url)
    expect(third.locator("#saved")).to_have_text("Saves as you go")
    expect(third.locator("#tally")).to_have_text("No decisions yet")


def test_a_correction_needs_a_node_that_exists(opened: Opened) -> None:
    page = opened()
    name_reviewer(page)
    page.click("#tab-products")
    page.locator(".item").first.get_by_role("button", name="More").click()
    page.fill("#right-path", "Women / Moon / Cheese")
    page.get_by_role("button", name="Correct").click()
    expect(page.locator("#toast")).to_have_text("No such node: choose one from the list")
    assert page.inner_text("#tally") == "No decisions yet"
    page.fill("#right-path", f"  {NODES[3].replace(' / ', ' /')}")
    page.get_by_role("button", name="Correct").click()
    assert page.inner_text("#tally") == "1 corrected"


def test_what_others_decided_is_theirs_to_take_back(opened: Opened) -> None:
    page = opened()
    name_reviewer(page, "ada")
    page.click("#tab-products")
    page.locator(".item").first.get_by_role("button", name="Lock").click()
    name_reviewer(page, "bo")
    page.click("#undo")
    expect(page.locator("#toast")).to_have_text("Nothing of yours to undo")
    assert page.inner_text("#tally") == "1 locked"


def test_scrolling_leaves_alone_what_stays_in_sight(opened: Opened) -> None:
    page = opened()
    page.click("#tab-products")
    page.locator(".item").nth(3).evaluate(
        "node => { node.dataset.mark = 'me'; node.querySelector('button').focus({ preventScroll: true }); }"
    )
    first = page.locator(".item").first.get_attribute("data-row")
    page.evaluate("window.scrollBy(0, 1600)")
    expect(page.locator(".item").first).not_to_have_attribute("data-row", str(first))
    expect(page.locator("[data-mark=me]")).to_have_count(1)
    assert page.evaluate("document.activeElement.closest('[data-mark=me]') !== null")
    tops = page.locator(".item").evaluate_all("nodes => nodes.map((node) => node.getBoundingClientRect().top)")
    assert tops == sorted(tops)
    page.evaluate("window.scrollBy(0, 9000)")
    expect(page.locator("[data-mark=me]")).to_have_count(0)


def test_a_quiet_night_says_so_and_who_is_late(opened: Opened, tmp_path: Path) -> None:
    write_report(replace(make_night(0, 4), audited=0), tmp_path)
    page = opened((tmp_path / "index.html").as_uri())
    assert page.inner_text("#list") == "Nothing is new, moved or withdrawn tonight."
    page.fill("#search", "nobody")
    expect(page.locator("#list")).to_have_text("Nothing matches these filters.")
    page.click("#clear")
    page.click("#tab-audit")
    assert page.inner_text("#list") == "No placement is there to be checked."
    page.click("#tab-problems")
    assert page.locator("#sheet .failed b").first.inner_text() == "birchwood late"
    assert page.locator("#sheet tr", has_text="birchwood").locator("td").nth(1).inner_text() == "late"


def test_what_left_the_catalogue_can_only_be_accepted(opened: Opened, tmp_path: Path) -> None:
    page = opened()
    name_reviewer(page)
    page.select_option("#filter-change", "withdrawn")
    patterns = page.locator(".pattern").first
    assert patterns.get_by_role("button", name="Reject all").count() == 0
    page.click("#tab-products")
    item = page.locator(".item").first
    assert item.locator(".acts button").all_inner_texts() == ["Accept", "More"]
    item.get_by_role("button", name="More").click()
    assert page.locator("#detail .form button").all_inner_texts() == ["Accept"]
    item.click(position={"x": 300, "y": 5})
    for key in "rlvcs":
        page.keyboard.press(key)
    assert page.inner_text("#tally") == "No decisions yet"
    page.keyboard.press("a")
    assert page.inner_text("#tally") == "1 accepted"
    assert [entry.decision for entry in entries_of(page, "csv", tmp_path)] == [Verdict.ACCEPT]


def test_all_moves_of_a_level_are_counted(opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enrichment.review.report._FLOWS_SHOWN", 3)
    numbers = write_report(make_night(240, 60), tmp_path).numbers
    page = opened((tmp_path / "index.html").as_uri())
    page.click("#tab-flows")
    page.get_by_role("button", name="from the vendor's filing").click()
    for level in ("division", "class"):
        page.get_by_role("button", name=level, exact=True).click()
        flows = [flow for flow in numbers["flows"] if (flow["level"], flow["basis"]) == (level, "vendor")]
        assert page.inner_text("#count") == f"{sum(flow['count'] for flow in flows)} moves"
        assert page.locator("button.flow").count() == min(3, len(flows))


def test_no_two_nodes_of_the_matrix_are_called_alike(opened: Opened) -> None:
    page = opened()
    page.click("#tab-flows")
    page.evaluate(
        """DATA.flows = ["Men / DEF", "Men / DEF / DEF"].map((from) => ["class", "vendor", from, "Men / Shoes", 2]);
        FLOW.basis = "vendor"; FLOW.level = "class"; buildFlows();"""
    )
    assert page.locator(".matrix tbody th").all_inner_texts() == ["Men / DEF", "Men / DEF / DEF"]
    assert page.locator(".matrix thead th").all_text_contents() == ["M · Shoes"]


@pytest.mark.parametrize("width", [390, 600, 1440])
def test_every_line_keeps_its_buttons_and_words_at_any_width(opened: Opened, width: int) -> None:
    page = opened()
    page.set_viewport_size({"width": width, "height": 900})
    for tab in ("patterns", "products"):
        page.click(f"#tab-{tab}")
        item = page.locator(".item").nth(1)
        box = item.bounding_box()
        for part in (*item.locator(".acts :is(button, select)").all(), *item.locator(".path.now .slash").all()):
            inner = part.bounding_box()
            assert box["x"] <= inner["x"]
            assert inner["x"] + inner["width"] <= box["x"] + box["width"]
            assert inner["y"] + inner["height"] <= box["y"] + box["height"]
    page.click("#tab-problems")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    # Names of vendors and heads stand on one line; what is too long to do so scrolls within the sheet.
    heads = page.locator("#sheet th").evaluate_all("nodes => nodes.map((node) => node.offsetHeight)")
    assert max(heads) < 2 * min(heads)


def test_what_a_spreadsheet_saved_again_is_imported(opened: Opened, tmp_path: Path) -> None:
    page = opened()
    name_reviewer(page)
    page.click("#tab-products")
    for at, name in enumerate(("Lock", "Reject")):
        page.locator(".item").nth(at).get_by_role("button", name=name).click()
    entries = entries_of(page, "csv", tmp_path)
    rows = list(csv.reader(io.StringIO((tmp_path / f"decisions-{RUN_ID}.csv").read_text("utf-8-sig"), newline="")))
    with (tmp_path / "saved.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows(row + [""] * 2 for row in rows)
    other = opened()
    other.set_input_files("#import", tmp_path / "saved.csv")
    expect(other.locator("#tally")).to_have_text("1 rejected · 1 locked")
    assert entries_of(other, "csv", tmp_path) == entries


def test_a_conflict_is_told_with_who_and_the_way_out(opened: Opened, tmp_path: Path) -> None:
    inputs = make_night(6, 0)
    row = inputs.products.to_pylist()[0]
    said = {"vendor": row["vendor"], "sku": row["sku"], "path": NODES[0], "previous": "", "run_id": "r1"}
    said |= {"content": row["content_hash"][:10], "at": "2026-11-17T08:00:00+00:00"}
    entries = tuple(
        ledger.LedgerEntry(decision=verdict, reviewer=who, **said)
        for verdict, who in ((Verdict.LOCK, "ada"), (Verdict.REJECT, "bo"))
    )
    write_report(replace(inputs, entries=entries), tmp_path)
    page = opened((tmp_path / "index.html").as_uri())
    page.click("#tab-products")
    page.select_option("#filter-decision", "reviewers disagree")
    page.locator(".item").first.get_by_role("button", name="More").click()
    expect(page.locator("#detail")).to_contain_text(
        "ada and bo disagree: the program's answer stands until one of them"
    )
    marks = page.locator("#detail .marks")
    assert marks.evaluate("node => node.scrollHeight <= node.clientHeight")


def entry_on(page: Page, at: int, decision: Verdict, who: str, minute: int, **more: Any) -> ledger.LedgerEntry:
    """Return ``who``'s entry on the ``at``-th listed product, as the page would have written it."""
    row = int(page.locator(".item.product").nth(at).get_attribute("data-row") or "")
    record = page.evaluate("row => entryOf(row, 'accept', '2026-11-18T09:00:00.000Z', {})", row) | {"reviewer": who}
    given = {"decision": decision, "reviewer": who, "at": f"2026-11-18T09:{minute:02d}:00+00:00", "seq": minute}
    return replace(ledger.from_record(record), **(given | more))


def test_reviewers_who_share_a_ledger_see_what_stands_there(served: tuple[str, Store], opened: Opened) -> None:
    url, store = served
    page = opened(url)
    page.click("#tab-products")
    # What came to the ledger last may have been said first, and an undo is its own reviewer's.
    ledger.append(store, [entry_on(page, 0, Verdict.LOCK, "ada", 5), entry_on(page, 1, Verdict.LOCK, "ada", 1)])
    ledger.append(store, [entry_on(page, 0, Verdict.ACCEPT, "ada", 2), entry_on(page, 1, Verdict.ACCEPT, "bo", 2)])
    ledger.append(store, [entry_on(page, 1, Verdict.UNDO, "ada", 3), entry_on(page, 2, Verdict.LOCK, "ada", 1)])
    ledger.append(store, [entry_on(page, 2, Verdict.REJECT, "bo", 2), entry_on(page, 3, Verdict.REJECT, "bo", 1)])
    ledger.append(store, [entry_on(page, 3, Verdict.ACCEPT, "bo", 2), entry_on(page, 3, Verdict.LOCK, "ada", 3)])
    other = opened(url)
    expect(other.locator("#saved")).to_have_text("Saves as you go")
    other.click("#tab-products")
    items = other.locator(".item.product")
    said = [items.nth(at).locator(".verdict").inner_text() for at in range(4)]
    assert said == ["Locked", "Accepted", "! reviewers disagree", "Locked"]
    assert other.inner_text("#tally") == "1 accepted · 2 locked · 1 disputed"
    assert items.nth(2).locator(".verdict").get_attribute("title") == "ada: locked, bo: rejected"
    items.nth(2).get_by_role("button", name="More").click()
    expect(other.locator("#detail")).to_contain_text("ada: locked, bo: rejected. The program's answer stands")
    close(other)
    sku = items.nth(2).get_attribute("data-sku")
    other.select_option("#filter-decision", "reviewers disagree")
    assert [item.get_attribute("data-sku") for item in items.all()] == [sku]
    # A reviewer's own undo leaves the other's word.
    name_reviewer(other, "bo")
    other.click("#undo")
    other.click("#undo")
    expect(other.locator("#tally")).to_have_text("3 locked")
    expect(other.locator("#saved")).to_have_text("Saved")


def test_one_press_is_undone_at_once_also_after_a_reload(served: tuple[str, Store], opened: Opened) -> None:
    url, store = served
    page = opened(url)
    name_reviewer(page)
    first = page.locator(".item.pattern").first
    size = int(first.locator(".size b").inner_text())
    assert size > 1
    first.get_by_role("button", name="Accept all").click()
    wait_for(page, store, [Verdict.ACCEPT] * size)
    page.click("#tab-products")
    page.locator(".item").nth(size).get_by_role("button", name="Lock").click()
    wait_for(page, store, [Verdict.ACCEPT] * size + [Verdict.LOCK])
    page.reload()
    page.wait_for_selector("body.ready")
    expect(page.locator("#tally")).to_have_text(f"{size} accepted · 1 locked")
    page.keyboard.press("u")
    expect(page.locator("#toast")).to_have_text("Undone: 1 product")
    page.keyboard.press("u")
    expect(page.locator("#toast")).to_have_text(f"Undone: {size} products")
    wait_for(page, store, [Verdict.ACCEPT] * size + [Verdict.LOCK] + [Verdict.UNDO] * (size + 1))
    assert not_undone(ledger.read(store)) == []


def write_cells(path: Path, entries: Sequence[ledger.LedgerEntry], cells: dict[tuple[int, str], str]) -> None:
    """Write entries as the page exports them, with some cells as a spreadsheet or a hand leaves them."""
    rows = list(csv.DictReader(io.StringIO(write_decisions(entries, "csv").decode("utf-8-sig"), newline="")))
    for (at, name), cell in cells.items():
        rows[at][name] = cell
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        sheet = csv.DictWriter(file, rows[0])
        sheet.writeheader()
        sheet.writerows(rows)


def test_a_bad_row_is_refused_by_name_and_the_others_are_taken(
    served: tuple[str, Store], opened: Opened, tmp_path: Path
) -> None:
    url, store = served
    page = opened(url)
    page.click("#tab-products")
    entries = [entry_on(page, at, Verdict.LOCK, "ada", at) for at in range(6)]
    entries[1] = replace(entries[1], decision=Verdict.SNOOZE, value="2026-11-19")
    cells = {(1, "value"): "19.11.2026", (2, "decision"): "<b>look</b>", (3, "at"): "18.11.2026 09:00"}
    write_cells(tmp_path / "bad.csv", entries, cells | {(4, "path"): "Moon / Cheese"})
    page.set_input_files("#import", tmp_path / "bad.csv")
    expect(page.locator("#ask h2")).to_have_text("2 of 6 decisions imported, 4 refused")
    told = page.locator("#ask li").all_inner_texts()
    for entry, line in zip(entries[1:5], told, strict=True):
        assert line.startswith(f"{entry.vendor} {entry.sku} ")
    assert told[0].endswith('value "19.11.2026"; allowed: the day to snooze until, such as 2026-11-25')
    assert '"<b>look</b>"; allowed: accept, reject' in told[1]
    page.keyboard.press("Escape")
    wait_for(page, store, [Verdict.LOCK] * 2)
    name_reviewer(page, "bo")
    page.locator(".item").nth(7).get_by_role("button", name="Reject").click()
    wait_for(page, store, [Verdict.LOCK, Verdict.LOCK, Verdict.REJECT])
    expect(page.locator("#saved")).to_have_text("Saved")


def test_a_decision_that_the_server_refuses_blocks_no_other(served: tuple[str, Store], opened: Opened) -> None:
    url, store = served
    page = opened(url, refusals=True)
    page.click("#tab-products")
    drafts = [ledger.as_record(entry_on(page, at, Verdict.SNOOZE, "ada", at, value="2026-12-01")) for at in range(3)]
    drafts[1]["value"] = "19.11.2026"
    page.evaluate("drafts => localStorage.setItem(draftKey(), JSON.stringify(drafts))", drafts)
    page.reload()
    page.wait_for_selector("body.ready")
    wait_for(page, store, [Verdict.SNOOZE] * 2)
    expect(page.locator("#ask h2")).to_have_text("1 decision refused by the server and taken back")
    assert page.inner_text("#ask li").startswith(f"{drafts[1]['vendor']} {drafts[1]['sku']} ")
    assert "'19.11.2026'; allowed: a day" in page.inner_text("#ask li")
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#saved")).to_have_text("Saved")
    assert page.inner_text("#tally") == "2 snoozed"
    assert len(page.evaluate("JSON.parse(localStorage.getItem(draftKey()))")) == 2


def test_the_audit_mark_is_read_as_spreadsheets_write_it(opened: Opened, tmp_path: Path) -> None:
    page = opened()
    page.click("#tab-audit")
    entries = [entry_on(page, at, Verdict.ACCEPT, "ada", at, audit=True) for at in range(5)]
    cells = {(at, "audit"): word for at, word in enumerate(("TRUE", "True", "FALSE", "", "WAHR"))}
    write_cells(tmp_path / "marks.csv", entries, cells)
    page.set_input_files("#import", tmp_path / "marks.csv")
    expect(page.locator("#ask h2")).to_have_text("4 of 5 decisions imported, 1 refused")
    assert page.inner_text("#ask li").endswith('audit "WAHR"; allowed: true, false or empty')
    page.keyboard.press("Escape")
    assert [entry.audit for entry in entries_of(page, "csv", tmp_path)] == [True, True, False, False]
    assert "2 of 60 checked" in page.inner_text("#audit-now")


def test_a_key_in_the_open_product_does_what_its_button_does(opened: Opened, tmp_path: Path) -> None:
    page = opened()
    name_reviewer(page)
    page.click("#tab-products")
    for at, key in enumerate("rlva"):
        page.locator(".item").nth(at).get_by_role("button", name="More").click()
        page.wait_for_selector("#detail .claims, #detail .warn")
        page.select_option("#wrong-level", "class")
        page.fill("#comment", f"typed before {key}")
        # Neither opening what is open nor going to another field of it takes away what was typed.
        page.keyboard.press("Escape")
        for press in ("Enter", "c", "Escape", "s", "Escape", key):
            page.keyboard.press(press)
        close(page)
    said = [(e.decision, e.level, e.comment) for e in entries_of(page, "json", tmp_path)]
    assert said == [
        (Verdict.REJECT, "class", "typed before r"),
        (Verdict.LOCK, "", "typed before l"),
        (Verdict.ASK_VENDOR, "", "typed before v"),
        (Verdict.ACCEPT, "", "typed before a"),
    ]


def test_what_is_not_placed_is_neither_locked_nor_rejected(opened: Opened, tmp_path: Path) -> None:
    page = opened()
    name_reviewer(page)
    page.select_option("#filter-status", "abstained")
    page.select_option("#filter-change", "new")
    assert page.locator(".pattern").first.get_by_role("button", name="Reject all").count() == 0
    page.locator(".pattern").first.click(position={"x": 300, "y": 5})
    page.keyboard.press("r")
    expect(page.locator("#toast")).to_contain_text("there is no path to reject")
    page.click("#tab-products")
    item = page.locator(".item").first
    assert "not placed" in item.inner_text()
    assert item.locator(".acts button").all_inner_texts() == ["Accept", "More"]
    item.click(position={"x": 300, "y": 5})
    page.keyboard.press("l")
    expect(page.locator("#toast")).to_contain_text("there is no path to lock")
    assert page.inner_text("#tally") == "No decisions yet"
    item.get_by_role("button", name="More").click()
    names = ["Accept", "Ask vendor", "Correct", "Snooze"]
    assert page.locator("#detail .form button").all_inner_texts() == names
    page.keyboard.press("a")
    assert page.inner_text("#tally") == "1 accepted"
    close(page)
    # What stood somewhere goes back there: that rejection does something.
    page.select_option("#filter-change", "refiled")
    assert item.locator(".acts button").all_inner_texts() == ["Accept", "Reject", "More"]
    item.get_by_role("button", name="Reject").click()
    entry = entries_of(page, "json", tmp_path)[-1]
    orders = orders_of([entry], {entry.key: entry.content})
    assert obey([proposal(entry, HierarchyPath())], orders)[0].path == parse_path(entry.previous)


def test_rejecting_a_pattern_says_where_its_products_go(opened: Opened, tmp_path: Path) -> None:
    page = opened()
    name_reviewer(page)
    pattern = page.locator(".item.pattern").first
    page.select_option("#filter-status", "decided")
    page.select_option("#filter-change", "refiled")
    assert pattern.locator("select").count() == 0
    pattern.get_by_role("button", name="Reject all").click()
    origin = pattern.locator(".path.was > :not(.label)").all_inner_texts()
    expect(page.locator("#toast")).to_contain_text(f". They go back to {' '.join(origin)}")
    page.click("#undo")
    page.select_option("#filter-change", "new")
    pattern.get_by_role("button", name="Reject all").click()
    expect(page.locator("#toast")).to_contain_text("They stood nowhere before: they are left unplaced until somebody")
    page.click("#undo")
    pattern.get_by_label("Wrong from").select_option("class")
    pattern.click(position={"x": 300, "y": 5})
    page.keyboard.press("r")
    entries = entries_of(page, "json", tmp_path)
    above = " / ".join(entries[0].path.split(" / ")[:2])
    expect(page.locator("#toast")).to_contain_text("exported")
    assert {entry.level for entry in entries} == {"class"}
    page.keyboard.press("u")
    page.keyboard.press("r")
    expect(page.locator("#toast")).to_have_text(f"Rejected: {plural(len(entries))}. They go back to {above}")
    orders = orders_of(entries, {entry.key: entry.content for entry in entries})
    placed = obey([proposal(entry, parse_path(entry.path)) for entry in entries], orders)
    assert {decision.path for decision in placed} == {parse_path(above)}


def plural(size: int) -> str:
    return f"{size} product" if size == 1 else f"{size} products"


def test_a_pattern_tells_what_was_decided_on_it(opened: Opened) -> None:
    page = opened()
    name_reviewer(page)
    pattern = page.locator(".item.pattern").first
    size = int(pattern.locator(".size b").inner_text())
    assert size > 1
    pattern.get_by_role("button", name="Accept all").click()
    expect(pattern.locator(".verdict")).to_have_text(f"{size} of {size} decided: {size} accepted")
    pattern.get_by_role("button", name="Open").click()
    page.locator(".item.product").first.get_by_role("button", name="Reject").click()
    page.click("#clear")
    page.click("#tab-patterns")
    expect(pattern.locator(".verdict")).to_have_text(f"{size} of {size} decided: {size - 1} accepted, 1 rejected")


@pytest.mark.parametrize("width", [390, 1280])
def test_marks_that_find_no_place_are_counted_named_and_reachable(opened: Opened, tmp_path: Path, width: int) -> None:
    inputs = make_night(6, 0)
    row = inputs.products.to_pylist()[0]
    said = {"vendor": row["vendor"], "sku": row["sku"], "path": NODES[0], "previous": "", "run_id": "r1"}
    said |= {"content": row["content_hash"][:10], "at": "2026-11-17T08:00:00+00:00"}
    people = (
        (Verdict.LOCK, "a reviewer of the morning"),
        (Verdict.REJECT, "cy of the evening"),
        (Verdict.REJECT, "bo"),
    )
    entries = tuple(ledger.LedgerEntry(decision=verdict, reviewer=who, **said) for verdict, who in people)
    write_report(replace(inputs, entries=entries), tmp_path)
    page = opened((tmp_path / "index.html").as_uri())
    page.set_viewport_size({"width": width, "height": 900})
    page.click("#tab-products")
    page.select_option("#filter-decision", "reviewers disagree")
    line = page.locator(".item .marks")
    page.locator(".item").get_by_role("button", name="More", exact=True).click()
    page.wait_for_selector("#detail .claims")
    everything = page.locator("#detail .marks .chip").all_inner_texts()
    close(page)
    assert everything[0] == "reviewers disagree"
    assert sum(" by " in told for told in everything[1:4]) == 3
    shown = line.locator("span:not([hidden])").all_inner_texts()
    more = line.get_by_role("button")
    assert len(shown) < len(everything)
    assert shown == everything[: len(shown)]
    assert more.inner_text() == f"+{len(everything) - len(shown)}"
    assert more.get_attribute("title") == ", ".join(everything[len(shown) :])
    bottom = line.evaluate("node => node.getBoundingClientRect().bottom")
    for part in (*line.locator("span:not([hidden])").all(), more):
        assert part.bounding_box()["y"] + part.bounding_box()["height"] <= bottom + 1
    more.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#detail")).to_be_visible()

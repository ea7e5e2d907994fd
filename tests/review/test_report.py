from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from enrichment.review import page
from enrichment.review.changes import by_risk, read_changes, risk
from enrichment.review.inputs import Neighbour, RunHeader
from enrichment.review.ledger import LedgerEntry, Verdict
from enrichment.review.report import PAGE_LIMIT, ReportFiles, write_report
from schemas import tables
from schemas.records import CONTRADICTIONS, Reason
from tests.review.night import NODES, RUN_ID, VENDORS, content_hash, make_night, manifest, products_schema


def picture(sha256: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (90, 120), tuple(bytes.fromhex(sha256[:6]))).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> ReportFiles:
    return write_report(make_night(pictures=picture), tmp_path_factory.mktemp("report"))


def page_data(files: ReportFiles) -> dict:
    text = files.index.read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_same_inputs_give_the_same_bytes(tmp_path: Path, files: ReportFiles) -> None:
    again = write_report(make_night(pictures=picture), tmp_path)
    assert [p.name for p in again.all] == [p.name for p in files.all]
    assert [p.read_bytes() for p in again.all] == [p.read_bytes() for p in files.all]


def test_the_page_names_nothing_outside_its_folder(files: ReportFiles) -> None:
    text = files.index.read_text(encoding="utf-8")
    assert not re.findall(r"""(?:src|href|url|import)\s*[=(]\s*["']?(?:https?:)?//""", text)
    assert "default-src 'none'" in text
    assert text.count("</script>") == 2


def test_vendor_markup_stands_in_the_data_only_escaped(files: ReportFiles) -> None:
    text = files.index.read_text(encoding="utf-8")
    assert "<img" not in text
    assert "onerror=alert(1)" in text
    assert VENDORS[3] in page_data(files)["texts"]
    for path in files.details:
        assert "<" not in path.read_text(encoding="utf-8")


def test_the_twins_say_what_the_page_says(files: ReportFiles) -> None:
    data, numbers = page_data(files), json.loads(files.numbers_json.read_text(encoding="utf-8"))
    table = pq.read_table(files.numbers_parquet).to_pylist()
    tiles = {row["name"]: row["value"] for row in table if row["section"] == "tile"}
    assert tiles == {tile["name"]: tile["value"] for tile in data["tiles"]} == numbers["tiles_by_name"]
    assert sum(row["value"] for row in table if row["section"] == "pattern") == data["total"] == 60
    assert sum(pattern[6] for pattern in data["patterns"]) == data["total"]
    assert {row["run_id"] for row in table} == {RUN_ID}


def test_tiles_count_what_happened(files: ReportFiles) -> None:
    tiles = files.numbers["tiles_by_name"]
    changes = make_night().changes.column("change").to_pylist()
    for kind in ("new", "refiled", "withdrawn"):
        assert tiles[kind] == changes.count(kind)
    assert tiles["products"] == tiles["new"] + tiles["refiled"] + tiles["unchanged"]
    assert tiles["unchanged"] == 30
    assert (tiles["problems"], tiles["quarantined"]) == (2, 1)


def test_every_changed_product_has_its_line_and_its_details(files: ReportFiles) -> None:
    data = page_data(files)
    inputs = make_night()
    changed = set(inputs.changes.column("sku").to_pylist())
    assert changed <= set(data["rows"]["sku"])
    rows = len(data["rows"]["sku"])
    assert len(data["rows"]["confidence"]) == 12 * rows
    assert sum(p.read_text(encoding="utf-8").count('"claims":') for p in files.details) == rows


def test_one_product_has_one_confidence_everywhere(tmp_path: Path) -> None:
    inputs = make_night(2, 0)
    change = inputs.changes.to_pylist()[1] | {"confidence": 0.9958}
    product = {"confidences": [1.0, 0.29, 0.7528, 0.9958], "vendor": change["vendor"], "sku": change["sku"]}
    products = [row | (product if row["sku"] == change["sku"] else {}) for row in inputs.products.to_pylist()]
    given = {
        "changes": pa.Table.from_pylist([change], schema=inputs.changes.schema),
        "products": pa.Table.from_pylist(products, schema=inputs.products.schema),
    }
    data = page_data(write_report(replace(inputs, audited=0, **given), tmp_path))
    # Overall, then division to category; whole percent, and never more than it is.
    assert data["rows"]["confidence"] == "99A0297599--"
    assert data["patterns"][0][7:9] == [0.9958, 0.9958]


def test_every_reason_has_its_words_on_the_page() -> None:
    text = (files_of_page() / "data.js").read_text(encoding="utf-8")
    words = re.search(r"const REASON_WORDS = \{(.*?)\};", text, re.DOTALL)
    assert words
    assert set(re.findall(r"(\w+): \"", words[1])) == {reason.value for reason in Reason}


def test_every_cause_has_its_words_and_its_colour_on_the_page() -> None:
    text, style = ((files_of_page() / name).read_text(encoding="utf-8") for name in ("data.js", "style.css"))
    words = re.search(r"const CAUSE_WORDS = \{(.*?)\};", text, re.DOTALL)
    assert words
    assert set(re.findall(r"(\w+): \"", words[1])) == set(tables.CAUSES)
    assert all(f".stack .{cause}, .key.{cause}::before" in style for cause in tables.CAUSES)


def test_what_a_person_moved_is_counted_apart_from_rules(tmp_path: Path) -> None:
    inputs = make_night(6, 0)
    rows = inputs.changes.to_pylist()
    for row, cause in zip(rows, ("decision", "decision", "rule", "data", "model", "taxonomy"), strict=True):
        row["cause"] = cause
    changes = pa.Table.from_pylist(rows, schema=inputs.changes.schema)
    files = write_report(replace(inputs, changes=changes, audited=0), tmp_path)
    told = {one["cause"]: one["count"] for one in page_data(files)["causes"]}
    assert told == {"data": 1, "model": 1, "taxonomy": 1, "rule": 1, "decision": 2}
    counts = [row for row in pq.read_table(files.numbers_parquet).to_pylist() if row["section"].startswith("cause/")]
    assert sum(row["value"] for row in counts if row["name"] == "decision") == 2


def files_of_page() -> Path:
    return Path(page.__file__).with_name("page")


def test_a_filing_against_words_counts_as_a_contradiction(tmp_path: Path) -> None:
    inputs = make_night(20, 0)
    rows = [row | {"reasons": ["level_shifted"]} for row in inputs.products.to_pylist()]
    rows[0]["reasons"] = ["filing_text_conflict", "vendor_contradiction"]
    rows[1]["reasons"] = ["filing_text_conflict"]
    products = pa.Table.from_pylist(rows, schema=inputs.products.schema)
    files = write_report(replace(inputs, products=products), tmp_path)
    assert files.numbers["tiles_by_name"]["contradictions"] == 2
    assert page_data(files)["contradictions"] == ["vendor_contradiction", "image_text_conflict", "filing_text_conflict"]


def test_what_contradicts_itself_is_looked_at_before_what_is_only_unsure() -> None:
    plain = read_changes(make_night(1, 0).changes)[0]
    plain = replace(plain, change="new", level="", status="decided", confidence=0.75, path="Women", reasons=())
    for reason in CONTRADICTIONS:
        told = replace(plain, sku="Z", reasons=("level_shifted", reason.value))
        assert by_risk([plain, told]) == [told, plain]
    gone = replace(plain, change="withdrawn")
    assert risk(gone) == risk(replace(gone, reasons=("filing_text_conflict",)))


def test_details_keep_offsets_and_quotes(files: ReportFiles) -> None:
    text = files.details[0].read_text(encoding="utf-8")
    records = json.loads(text.removeprefix("enrichDetails(0,").removesuffix(");\n"))
    record = next(r for r in records if r["claims"])
    span = next(claim for claim in record["claims"] if claim[5] == "span")
    assert record["name"][span[7] : span[8]] == span[9]


def test_six_thumbnails_a_pattern_come_first_when_few_are_allowed(tmp_path: Path) -> None:
    files = write_report(make_night(pictures=picture, thumbnails=5), tmp_path)
    data = page_data(files)
    assert len(files.thumbnails) == 5
    assert sum(len(pattern[9]) for pattern in data["patterns"]) == 5
    with Image.open(files.thumbnails[0]) as shown:
        assert max(shown.size) <= 300


def test_a_lost_picture_costs_its_thumbnail_only(tmp_path: Path) -> None:
    def lost(sha256: str) -> bytes:
        if sha256 < "8":
            raise FileNotFoundError(sha256)
        return b"no picture at all" if sha256 < "c" else picture(sha256)

    files = write_report(make_night(pictures=lost), tmp_path)
    assert 0 < len(files.thumbnails) < 60


def test_long_names_are_cut_until_the_page_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = write_report(make_night(400), tmp_path / "full").index.stat().st_size
    monkeypatch.setattr("enrichment.review.report.PAGE_LIMIT", full - 3_000)
    short = write_report(make_night(400), tmp_path / "short")
    assert short.index.stat().st_size <= full - 3_000
    assert len(page_data(short)["rows"]["sku"]) >= 400
    assert full < PAGE_LIMIT


def test_lines_are_dropped_at_last_but_stay_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = write_report(make_night(400), tmp_path / "full").index.stat().st_size
    monkeypatch.setattr("enrichment.review.report.PAGE_LIMIT", full - 30_000)
    files = write_report(make_night(400), tmp_path / "short")
    data = page_data(files)
    assert files.index.stat().st_size <= full - 30_000
    assert len(data["rows"]["sku"]) < 400 == data["total"]
    assert max(row for pattern in data["patterns"] for row in (*pattern[9], 0)) < len(data["rows"]["sku"])


def test_only_the_riskiest_are_listed_when_there_are_too_many(tmp_path: Path) -> None:
    data = page_data(write_report(make_night(60, listed=10), tmp_path))
    assert data["total"] == 60
    assert len(data["rows"]["sku"]) >= 10
    assert sum(pattern[6] for pattern in data["patterns"]) == 60


def test_an_empty_first_night_is_a_page_too(tmp_path: Path) -> None:
    inputs = make_night(0, 0)
    bare = {"run_id": "first", "night": "2026-11-17"}
    files = write_report(replace(inputs, manifest=bare), tmp_path)
    assert page_data(files)["total"] == 0
    assert files.numbers["tiles_by_name"]["products"] == 0


def test_last_run_and_median_stand_beside_each_tile(tmp_path: Path) -> None:
    nights = [{"tiles_by_name": {"new": n}, "mix": {}} for n in (10, 20, 90, 40)]
    files = write_report(make_night(history=nights), tmp_path)
    tile = next(tile for tile in page_data(files)["tiles"] if tile["name"] == "new")
    assert (tile["last"], tile["median"]) == (40, 30.0)


def test_neighbours_a_person_accepted_come_first(tmp_path: Path) -> None:
    inputs = make_night(4, 6)
    near = [(row["vendor"], row["sku"]) for row in inputs.products.to_pylist()[-3:]]
    accepted = entry_for(near[2], Verdict.ACCEPT)
    found = [Neighbour(*near[0], 0.99), Neighbour(*near[1], 0.95), Neighbour(*near[2], 0.9), Neighbour("x", "gone", 1)]
    files = write_report(replace(inputs, similar=lambda v, s: found, entries=(accepted,)), tmp_path)
    text = files.details[0].read_text(encoding="utf-8")
    records = json.loads(text.removeprefix("enrichDetails(0,").removesuffix(");\n"))
    similar = records[0]["similar"]
    assert [row["sku"] for row in similar] == [near[2][1], near[0][1], near[1][1]]
    assert [row["accepted"] for row in similar] == [True, False, False]


def entry_for(key: tuple[str, str], verdict: Verdict, content: str | None = None) -> LedgerEntry:
    return LedgerEntry(
        vendor=key[0],
        sku=key[1],
        decision=verdict,
        path=NODES[0],
        previous="",
        content=(content_hash(*key) if content is None else content)[:10],
        reviewer="ada",
        at="2026-11-17T08:00:00+00:00",
        run_id="2026-11-17-d4e5f6",
    )


def placed_by(products: pa.Table, who: dict[tuple[str, str], str]) -> pa.Table:
    at = products.schema.get_field_index("placed_by")
    keys = zip(products["vendor"].to_pylist(), products["sku"].to_pylist(), strict=True)
    return products.set_column(at, products.schema.field(at), pa.array([who.get(key) for key in keys], pa.string()))


def test_a_lock_whose_product_changed_is_shown_again(tmp_path: Path) -> None:
    inputs = make_night(10, 10)
    rows = inputs.products.to_pylist()
    old, same = (rows[-1]["vendor"], rows[-1]["sku"]), (rows[-2]["vendor"], rows[-2]["sku"])
    entries = (entry_for(old, Verdict.LOCK, "0123456789"), entry_for(same, Verdict.LOCK))
    products = placed_by(inputs.products, {same: "review:lock:0123456789ab"})
    data = page_data(write_report(replace(inputs, products=products, entries=entries, audited=0), tmp_path))
    assert [data["rows"]["sku"][at] for at in data["expired"]] == [old[1]]


def test_a_decision_that_does_not_hold_its_product_is_shown(tmp_path: Path) -> None:
    inputs = make_night(10, 10)
    rows = inputs.products.to_pylist()
    locked, right, refused = ((row["vendor"], row["sku"]) for row in rows[-3:])
    entries = (
        entry_for(locked, Verdict.LOCK),
        replace(entry_for(right, Verdict.LOCK), decision=Verdict.CORRECT, value=NODES[1]),
        entry_for(refused, Verdict.REJECT),
    )
    products = placed_by(inputs.products, {right: "review:correct:0123456789ab"})
    data = page_data(write_report(replace(inputs, products=products, entries=entries, audited=0), tmp_path))
    # The place it was locked to is gone, or its vendor's drop could not be read; a refusal holds no place.
    assert [data["rows"]["sku"][at] for at in data["expired"]] == [locked[1]]


def test_reviewers_who_disagree_are_both_shown(tmp_path: Path) -> None:
    inputs = make_night(6, 0)
    key = (inputs.changes.column("vendor")[0].as_py(), inputs.changes.column("sku")[0].as_py())
    other = replace(entry_for(key, Verdict.REJECT), reviewer="bo")
    data = page_data(write_report(replace(inputs, entries=(entry_for(key, Verdict.ACCEPT), other)), tmp_path))
    ((row, told),) = data["conflicts"]
    assert data["rows"]["sku"][row] == key[1]
    assert [who for who, _, _ in told] == ["ada", "bo"]


def test_two_names_of_one_node_are_no_quarrel(tmp_path: Path) -> None:
    inputs = make_night(6, 0)
    key = (inputs.changes.column("vendor")[0].as_py(), inputs.changes.column("sku")[0].as_py())
    old = "Women / Clothing / Gowns"
    entries = (
        replace(entry_for(key, Verdict.LOCK), path=old),
        replace(entry_for(key, Verdict.LOCK), reviewer="bo", at="2026-11-17T09:00:00+00:00"),
    )
    assert page_data(write_report(replace(inputs, entries=entries), tmp_path / "a"))["conflicts"]
    known = replace(inputs, entries=entries, today=lambda _, path: NODES[0] if path == old else path)
    assert not page_data(write_report(known, tmp_path / "b"))["conflicts"]


def test_names_of_withdrawn_products_come_from_the_night_before(tmp_path: Path) -> None:
    inputs = make_night(8, 0)
    gone = next(row for row in inputs.changes.to_pylist() if row["change"] == "withdrawn")
    row = inputs.products.to_pylist()[0] | {"vendor": gone["vendor"], "sku": gone["sku"], "name": "Left behind"}
    before = pa.Table.from_pylist([row], schema=products_schema())
    data = page_data(write_report(replace(inputs, previous_products=before), tmp_path))
    assert data["rows"]["name"][data["rows"]["sku"].index(gone["sku"])] == "Left behind"


def test_manifest_names_late_and_failed_vendors() -> None:
    header = RunHeader.from_manifest(manifest())
    states = {vendor.vendor: vendor.state for vendor in header.vendors}
    assert states == {"alpine": "in", "birchwood": "missing", "corvid": "failed"}
    assert [vendor.vendor for vendor in header.vendors] == sorted(states)


def test_a_product_that_waits_is_counted_and_one_whose_day_has_come_is_back(tmp_path: Path) -> None:
    inputs = make_night(6, 6)
    rows = inputs.products.to_pylist()
    waiting, back, settled = ((row["vendor"], row["sku"]) for row in rows[-3:])
    entries = (
        replace(entry_for(waiting, Verdict.SNOOZE), value="2026-11-19"),
        replace(entry_for(back, Verdict.SNOOZE), value="2026-11-18"),
        replace(entry_for(settled, Verdict.SNOOZE), value="2026-11-18"),
        replace(entry_for(settled, Verdict.ACCEPT), at="2026-11-18T07:00:00+00:00", reviewer="bo"),
    )
    data = page_data(write_report(replace(inputs, entries=entries, audited=0), tmp_path))
    skus = data["rows"]["sku"]
    assert [(skus[row], until) for row, until in data["waiting"]] == [(waiting[1], "2026-11-19")]
    assert [skus[row] for row in data["back"]] == [back[1]]


def test_neighbours_come_with_their_picture_where_it_is_kept(tmp_path: Path) -> None:
    inputs = make_night(4, 6, pictures=picture)
    pictured = next(row for row in inputs.products.to_pylist() if row["image_sha256"])
    near = Neighbour(pictured["vendor"], pictured["sku"], 0.9)
    for limit, shown in ((5_000, pictured["image_sha256"][0][:16]), (0, "")):
        files = write_report(replace(inputs, similar=lambda v, s: [near], thumbnails=limit), tmp_path / str(limit))
        text = files.details[0].read_text(encoding="utf-8")
        records = json.loads(text.removeprefix("enrichDetails(0,").removesuffix(");\n"))
        assert records[0]["similar"][0]["picture"] == shown


def test_problems_are_counted_by_vendor_and_reason_with_a_way_out(files: ReportFiles) -> None:
    data = page_data(files)
    assert data["problem_counts"] == [["alpine", "picture_corrupt", 1, 0], ["alpine", "sku_missing", 1, 1]]
    assert all(data["ways_out"][reason] for _, reason, _, _ in data["problem_counts"])


def test_reasons_are_counted_like_causes(files: ReportFiles) -> None:
    table = pq.read_table(files.numbers_parquet).to_pylist()
    counts = {(r["section"], r["name"]): r["value"] for r in table if r["section"].startswith("reason/")}
    assert counts == {(f"reason/{r['change']}", r["reason"]): r["count"] for r in files.numbers["reasons"]}
    assert sum(counts.values()) == 60
    assert ("reason/refiled", "model_changed") in counts


def test_schemas_of_the_made_up_night_are_the_published_ones() -> None:
    inputs = make_night(4, 2)
    assert inputs.changes.schema == tables.HIERARCHY_CHANGES
    assert inputs.claims.schema == tables.JUDGED_CLAIMS


def test_a_dispute_about_a_product_that_did_not_move_is_shown(tmp_path: Path) -> None:
    inputs = make_night(6, 4)
    row = inputs.products.to_pylist()[-1]
    ada = entry_for((row["vendor"], row["sku"]), Verdict.ACCEPT)
    entries = (ada, replace(ada, decision=Verdict.REJECT, reviewer="bo"))
    data = page_data(write_report(replace(inputs, entries=entries, audited=0), tmp_path / "open"))
    assert [data["rows"]["sku"][at] for at, _ in data["conflicts"]] == [row["sku"]]
    old = tuple(replace(entry, content="0123456789") for entry in entries)
    data = page_data(write_report(replace(inputs, entries=old, audited=0), tmp_path / "over"))
    assert data["conflicts"] == []


def test_earlier_decisions_stand_at_their_product(tmp_path: Path) -> None:
    inputs = make_night(6, 0)
    key = (inputs.changes.column("vendor")[1].as_py(), inputs.changes.column("sku")[1].as_py())
    snoozed = replace(entry_for(key, Verdict.SNOOZE), value="2026-12-24")
    tonight = replace(entry_for(key, Verdict.LOCK), run_id=RUN_ID, reviewer="bo")
    data = page_data(write_report(replace(inputs, entries=(snoozed, tonight)), tmp_path))
    row = data["rows"]["sku"].index(key[1])
    assert data["human"] == [[row, "snooze", "ada", "2026-11-17", "2026-12-24"]]


def test_what_was_taken_back_is_told_nowhere(tmp_path: Path) -> None:
    inputs = make_night(4, 6)
    key = (inputs.changes.column("vendor")[1].as_py(), inputs.changes.column("sku")[1].as_py())
    said = entry_for(key, Verdict.ACCEPT)
    undone = replace(said, decision=Verdict.UNDO, seq=1)
    told = []
    for entries in ((said,), (said, undone)):
        near = replace(inputs, similar=lambda v, s: [Neighbour(*key, 0.9)], entries=entries)
        text = write_report(near, tmp_path).details[0].read_text(encoding="utf-8")
        records = json.loads(text.removeprefix("enrichDetails(0,").removesuffix(");\n"))
        accepted = [row["accepted"] for record in records for row in record["similar"]]
        told.append((any(accepted), sum(len(record["past"]) for record in records)))
    assert told == [(True, 1), (False, 0)]


def test_moves_of_flows_that_are_not_listed_count_all_the_same(
    tmp_path: Path, files: ReportFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = page_data(files)
    monkeypatch.setattr("enrichment.review.report._FLOWS_SHOWN", 1)
    short = page_data(write_report(make_night(pictures=picture), tmp_path))
    assert len(short["flows"]) < len(whole["flows"])
    assert short["flow_totals"] == whole["flow_totals"]
    for level, basis, moved in short["flow_totals"]:
        assert moved == sum(flow[4] for flow in whole["flows"] if flow[:2] == [level, basis])

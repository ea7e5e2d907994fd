import json
import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from enrichment.desk.explain import explain
from enrichment.desk.summary import summary
from enrichment.index.load import load_bundle
from enrichment.publish.read import complete_runs, latest, open_run, read_table
from enrichment.stores.local import LocalStore
from schemas.errors import UsageError
from tests.e2e.conftest import NIGHTS, published_bytes, run_one, settings_for

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def store(three_nights):
    return LocalStore(Path(three_nights[0].store))


def published(store, night):
    return next(open_run(store, key) for key in complete_runs(store) if key.night == night)


def test_every_row_of_every_vendor_and_night_is_accounted_for(three_nights):
    for uri, _ in three_nights[1]:
        night = summary(uri)
        assert all(v.state == "in" for v in night.vendors)
        assert sum(v.rows_in for v in night.vendors) > 0
        for vendor in night.vendors:
            assert vendor.rows_in == vendor.published + vendor.withdrawn + vendor.quarantined


def test_units_in_are_units_done_and_quarantined_in_every_stage(three_nights):
    for _, reports in three_nights[1]:
        assert set(reports) == {"read", "fetch", "text", "look", "decide", "place", "index", "gate", "publish"}
        assert all(r.units_in == r.done + r.quarantined for stage in reports.values() for r in stage)


def test_a_second_night_works_only_on_what_changed(three_nights):
    first, second, _ = (summary(uri) for uri, _ in three_nights[1])
    assert first.carried == 0
    assert first.changed == first.products
    assert 0 < second.changed < first.products / 2
    assert second.carried > first.products / 2


def test_readers_follow_the_newest_night_and_find_three_tables(store):
    run = latest(store)
    assert run.night == NIGHTS[-1]
    products = read_table(store, run, "products")
    claims = read_table(store, run, "attribute_claims")
    changes = read_table(store, run, "hierarchy_changes")
    keys = set(zip(products["vendor"].to_pylist(), products["sku"].to_pylist(), strict=True))
    assert len(keys) == products.num_rows
    assert set(zip(claims["vendor"].to_pylist(), claims["sku"].to_pylist(), strict=True)) <= keys
    assert set(changes["change"].to_pylist()) <= {"new", "refiled", "withdrawn"}


def test_a_withdrawn_product_leaves_table_and_forest(store):
    gone = []
    for night in NIGHTS[1:]:
        changes = read_table(store, published(store, night), "hierarchy_changes").to_pylist()
        gone += [(row["vendor"], row["sku"], night) for row in changes if row["change"] == "withdrawn"]
    assert gone
    for vendor, sku, night in gone:
        run = published(store, night)
        products = read_table(store, run, "products")
        assert (vendor, sku) not in set(zip(products["vendor"].to_pylist(), products["sku"].to_pylist(), strict=True))
        bundle = load_bundle(Path(store.uri.removeprefix("file://")) / run.prefix / "indexes" / "all")
        with pytest.raises(UsageError):
            bundle.similar(vendor, sku)


def test_the_readmes_ten_lines_open_what_was_published(store):
    root = Path(store.uri.removeprefix("file://"))
    run = root / json.loads((root / "published/v=1/latest.json").read_text())["prefix"]
    products = pd.read_parquet(run / "products")
    assert {"image_group", "division", "department", "class", "subclass"} <= set(products.columns)
    bundle = load_bundle(run / "indexes" / "all")
    first = products[products.image_sha256.str.len() > 0].iloc[0]
    found = bundle.similar(first.vendor, first.sku, k=5)
    assert len(found) == 5
    assert all(-1.001 <= cosine <= 1.001 for _, _, cosine in found)


def test_the_defects_of_the_last_night_are_named(store):
    run = latest(store)
    problems = pq.read_table(Path(store.uri.removeprefix("file://")) / run.prefix / "report/row_problems.parquet")
    reasons = set(problems["reason"].to_pylist())
    expected = {"picture_missing", "picture_corrupt", "picture_bomb", "path_outside", "sku_repeated", "name_missing"}
    assert expected | {"quote_unclosed"} <= reasons
    assert (Path(store.uri.removeprefix("file://")) / run.prefix / "report/index.html").stat().st_size > 1_000


def test_explain_joins_claims_decisions_and_reasons(store):
    products = read_table(store, latest(store), "products").to_pylist()
    placed = next(row for row in products if row["class"] and row["name"])
    found = explain(store, placed["sku"], placed["vendor"])
    assert found[0]["facts"]["placed"].startswith(placed["division"])
    assert found[0]["facts"]["reasons"]
    assert found[0]["claims"]
    with pytest.raises(UsageError, match="is not in run"):
        explain(store, "no such sku")


def test_the_same_night_again_is_the_same_run_and_the_same_bytes(three_nights):
    settings, runs = three_nights
    before = published_bytes(settings.store)
    uri, _ = run_one(NIGHTS[-1], settings)
    assert uri == runs[-1][0]
    assert published_bytes(settings.store) == before


def test_a_fresh_store_gives_the_same_bytes(three_nights, drops, declared, tmp_path):
    settings = settings_for(tmp_path, drops, declared)
    run_one(NIGHTS[0], settings)
    fresh = published_bytes(tmp_path)
    night = f"v=1/run_date={NIGHTS[0].isoformat()}/"
    before = {k: v for k, v in published_bytes(three_nights[0].store).items() if k.startswith(night)}
    assert {k: v for k, v in fresh.items() if k.startswith(night)} == before


def test_a_backfilled_night_leaves_the_pointer_alone(three_nights, drops, declared, tmp_path):
    store = tmp_path / "store"
    shutil.copytree(three_nights[0].store, store)
    changed = tmp_path / "drops"
    shutil.copytree(drops, changed)
    shutil.rmtree(changed / "sample_sheet" / NIGHTS[1].isoformat())
    uri, _ = run_one(NIGHTS[1], settings_for(store, changed, declared))
    assert uri != three_nights[1][1][0]
    opened = LocalStore(store)
    assert latest(opened).night == NIGHTS[2]
    assert sum(key.night == NIGHTS[1] for key in complete_runs(opened)) == 2


def test_a_broken_drop_stops_its_vendor_and_not_the_night(drops, declared, tmp_path):
    broken = tmp_path / "drops"
    shutil.copytree(drops, broken)
    night = NIGHTS[0].isoformat()
    catalogue = next((broken / "sample_csv" / night).glob("*.csv"))
    head, _, rest = catalogue.read_text(encoding="utf-8-sig").partition("\n")
    catalogue.write_text(head.replace(head.split(",")[1], "Something Else") + "\n" + rest, encoding="utf-8")
    (broken / "stranger" / night).mkdir(parents=True)
    (broken / "stranger" / night / "feed.csv").write_text("a,b\n1,2\n")
    archive = next((broken / "sample_parquet" / night).glob("*.parquet"))
    archive.write_bytes(archive.read_bytes()[:200])
    uri, _ = run_one(NIGHTS[0], settings_for(tmp_path / "store", broken, declared))
    states = {v.vendor: v.state for v in summary(uri).vendors}
    assert states.pop("sample_csv") == "failed"
    assert states.pop("sample_parquet") == "failed"
    assert states.pop("stranger") == "failed"
    assert set(states.values()) == {"in"}
    store = LocalStore(tmp_path / "store")
    page = (tmp_path / "store" / latest(store).prefix / "report/index.html").read_text(encoding="utf-8")
    assert "sample_csv" in page
    assert "stranger" in page


def test_a_night_without_any_drop_carries_the_catalogue_over(three_nights, drops, declared, tmp_path):
    store = tmp_path / "store"
    shutil.copytree(three_nights[0].store, store)
    uri, _ = run_one(date(2026, 11, 20), settings_for(store, drops, declared))
    night = summary(uri)
    assert (night.changed, night.carried) == (0, night.products)
    assert {v.state for v in night.vendors} == {"missing"}


def test_an_old_model_version_cannot_slip_into_a_pinned_run(three_nights):
    from enrichment.runs.run import Run
    from enrichment.stages.model import model_of

    run = Run.at(three_nights[1][0][0])
    assert model_of(run, "vision").hash.startswith(run.plan.manifest.versions["vision"])

"""A vendor whose declaration cannot be read is left out of the night and named; the others are published."""

import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow.compute as pc
import pytest

from enrichment.desk.summary import summary
from enrichment.publish.read import latest, read_table
from enrichment.stores.local import LocalStore
from tests.e2e.conftest import NIGHTS, published_bytes, run_one, settings_for

pytestmark = pytest.mark.slow


def _products(settings, vendor):
    store = LocalStore(Path(settings.store))
    found = read_table(store, latest(store), "products")
    return found.filter(pc.equal(found["vendor"], vendor))


def test_its_products_of_before_stay_and_the_night_is_another_once_it_is_mended(drops, declared, tmp_path):
    mine = tmp_path / "declared"
    shutil.copytree(declared, mine)
    settings = settings_for(tmp_path / "store", drops, mine)
    run_one(NIGHTS[0], settings)
    vendor, *others = sorted(path.stem for path in mine.glob("*.yaml"))
    before = _products(settings, vendor)
    assert before.num_rows

    good = (mine / f"{vendor}.yaml").read_text(encoding="utf-8")
    (mine / f"{vendor}.yaml").write_text(good + "colums: {}\n", encoding="utf-8")
    uri, _ = run_one(NIGHTS[1], settings)
    night = {row.vendor: row for row in summary(uri).vendors}
    assert {name for name, row in night.items() if row.state == "failed"} == {vendor}
    assert "colums: no such key" in night[vendor].reason
    assert sum(night[name].published for name in others) > 0
    assert _products(settings, vendor).equals(before)
    page = Path(settings.store, latest(LocalStore(Path(settings.store))).prefix, "report", "index.html")
    assert "colums: no such key" in page.read_text(encoding="utf-8")

    (mine / f"{vendor}.yaml").write_text(good, encoding="utf-8")
    mended, _ = run_one(NIGHTS[1], settings)
    assert mended != uri
    assert {row.state for row in summary(mended).vendors} == {"in"}
    # As if nothing had been wrong.
    calm = replace(settings, store=str(tmp_path / "calm"))
    for one in NIGHTS[:2]:
        run_one(one, calm)
    kept = published_bytes(settings.store)
    assert {key: value for key, value in published_bytes(calm.store).items() if key != "v=1/latest.json"}.items() <= (
        kept.items()
    )

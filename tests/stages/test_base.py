from datetime import date

import pytest

from enrichment.config import Settings
from enrichment.publish.commit import publish
from enrichment.runs.plan import RunPlan
from enrichment.runs.run import Run
from enrichment.stages import base
from enrichment.stages.base import Kept, base_embeddings, base_of, base_products, base_table
from enrichment.stores.local import LocalStore
from schemas.errors import PublishedMismatch, UsageError
from schemas.records import RunManifest
from tests.publish.catalogue import catalogue, facts

NIGHT = date(2026, 11, 18)
PRODUCTS = "published/v=1/run_date=2026-11-17/run_id=r1/products/part-0.parquet"


class Counting(LocalStore):
    """A folder that counts what is read from it."""

    def __init__(self, root):
        super().__init__(root)
        self.read, self.listed = [], []

    def download(self, key, path):
        self.read.append(key)
        super().download(key, path)

    def list(self, prefix):
        self.listed.append(prefix)
        return super().list(prefix)


def opened(store, base_run_id):
    manifest = RunManifest(f"r2-{base_run_id}", NIGHT, base_run_id, (), (), {})
    return Run.create(store, RunPlan(manifest, Settings()))


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setattr(base, "_KEPT", Kept())
    store = Counting(tmp_path / "store")
    publish(store, facts("r1", date(2026, 11, 17)), catalogue(6))
    return opened(store, "r1")


def test_a_first_night_stands_on_nothing(tmp_path):
    run = opened(LocalStore(tmp_path), None)
    assert base_of(run) is None
    assert base_table(run, "products") is None
    assert base_products(run, "acme") is None
    assert base_embeddings(run) is None


def test_a_vendors_rows_and_the_columns_asked_for(run):
    assert base_products(run, "acme", ["sku", "name"]).schema.names == ["sku", "name"]
    assert base_products(run, "acme", ["sku"])["sku"].to_pylist() == [f"S0000{n}" for n in range(6)]
    assert base_products(run, "brook").num_rows == 0
    assert base_table(run, "products").equals(catalogue(6)["products"])


def test_a_base_without_an_index_has_no_embeddings(run):
    assert base_embeddings(run) is None


def test_what_was_read_once_is_not_read_again(run):
    for _ in range(3):
        base_table(run, "products")
        base_products(opened(run.store, "r1"), "acme")
    assert run.store.read.count(PRODUCTS) == 1


def test_a_file_that_was_changed_is_refused_and_not_kept(run):
    whole = run.store.get(PRODUCTS)
    run.store.put(PRODUCTS, whole + b" ")
    for _ in range(2):
        with pytest.raises(PublishedMismatch, match="products"):
            base_table(run, "products")
    run.store.put(PRODUCTS, whole)
    assert base_table(run, "products").num_rows == 6


def test_copies_of_another_run_take_the_place_of_the_last(run, tmp_path):
    base_table(run, "products")
    copy = base._KEPT.path(run, base_of(run), PRODUCTS.partition("r1/")[2])
    other = Counting(tmp_path / "other")
    publish(other, facts("r1", date(2026, 11, 17)), catalogue(2))
    assert base_table(opened(other, "r1"), "products").num_rows == 2
    assert not copy.exists()
    assert base_table(run, "products").num_rows == 6


def test_a_base_is_found_by_its_id_without_a_listing(tmp_path):
    store = Counting(tmp_path / "store")
    planned = "2026-11-17-0123456789ab"
    publish(store, facts(planned, date(2026, 11, 17)), catalogue(2))
    store.listed.clear()
    assert base_of(opened(store, planned)).run_id == planned
    assert store.listed == []


def test_a_base_that_is_not_there_is_told_what_there_is(run):
    for absent in ("2026-11-17-0123456789ab", "2026-13-17-0123456789ab", "../latest"):
        with pytest.raises(UsageError, match="newest complete runs: r1"):
            base_of(opened(run.store, absent))

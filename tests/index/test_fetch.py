from __future__ import annotations

from pathlib import Path

import pytest

from enrichment.index.build import FILES, build_bundle
from enrichment.index.fetch import fetch_bundle
from enrichment.index.load import load_bundle
from enrichment.stores.local import LocalStore
from schemas.errors import BundleMismatch, ObjectMissing
from tests.index.clouds import cloud, keys, shas


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    store = LocalStore(tmp_path / "store")
    for run, seed in (("r1", 0), ("r2", 1)):
        folder = tmp_path / run
        build_bundle(cloud(30, seed=seed), keys(30), shas(30), "dress", folder, "m1")
        for name in FILES:
            store.upload(folder / name, f"{run}/indexes/dress/{name}")
    return store


def test_a_fetched_bundle_loads(store: LocalStore, tmp_path: Path) -> None:
    folder = fetch_bundle(store, "r1", "dress", tmp_path / "here")
    assert len(load_bundle(folder, "m1")) == 30


def test_a_bundle_that_is_here_is_not_fetched_again(store: LocalStore, tmp_path: Path) -> None:
    folder = fetch_bundle(store, "r1", "dress", tmp_path / "here")
    for name in ("forest.ann", "ids.parquet", "vectors.parquet"):
        store.delete(f"r1/indexes/dress/{name}")
    assert fetch_bundle(store, "r1", "dress", tmp_path / "here") == folder


def test_a_newer_run_replaces_what_is_here(store: LocalStore, tmp_path: Path) -> None:
    folder = fetch_bundle(store, "r1", "dress", tmp_path / "here")
    before = (folder / "forest.ann").read_bytes()
    fetch_bundle(store, "r2", "dress", tmp_path / "here")
    assert (folder / "forest.ann").read_bytes() != before
    assert load_bundle(folder, "m1").similar("acme", "S0", 1)


def test_a_fetch_cut_short_does_not_load(store: LocalStore, tmp_path: Path) -> None:
    folder = fetch_bundle(store, "r1", "dress", tmp_path / "here")
    store.delete("r2/indexes/dress/vectors.parquet")
    with pytest.raises(ObjectMissing):
        fetch_bundle(store, "r2", "dress", tmp_path / "here")
    with pytest.raises(BundleMismatch, match=r"forest\.json"):
        load_bundle(folder)


def test_a_group_without_a_bundle_is_named(store: LocalStore, tmp_path: Path) -> None:
    with pytest.raises(ObjectMissing, match="hat"):
        fetch_bundle(store, "r1", "hat", tmp_path)


def test_a_folder_may_be_named_by_a_text(store: LocalStore, tmp_path: Path) -> None:
    folder = fetch_bundle(store, "r1", "dress", str(tmp_path / "here"))
    assert folder == tmp_path / "here" / "dress"
    assert len(load_bundle(str(folder), "m1")) == 30

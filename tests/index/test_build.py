from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrichment.index.build import FILES, build_bundle
from enrichment.index.catalogue import build_group
from enrichment.index.load import load_bundle, read_vectors
from enrichment.index.settings import ForestSettings
from schemas.errors import GateRefused, UsageError
from tests.index.clouds import cloud, keys, shas, table


def _bytes(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


def test_equal_input_in_any_order_gives_equal_bytes(tmp_path: Path) -> None:
    count = 1200
    vectors, order = cloud(count), np.random.default_rng(3).permutation(count)
    build_bundle(vectors, keys(count), shas(count), "dress", tmp_path / "a", "m1")
    shuffled = [keys(count)[i] for i in order], [shas(count)[i] for i in order]
    build_bundle(vectors[order], *shuffled, "dress", tmp_path / "b", "m1")
    assert _bytes(tmp_path / "a") == _bytes(tmp_path / "b")


def test_the_sidecar_says_what_was_measured(tmp_path: Path) -> None:
    info = build_bundle(cloud(1500), keys(1500), shas(1500), "dress", tmp_path, "m1", ForestSettings(seed=5))
    side = json.loads((tmp_path / "forest.json").read_text())
    assert side["recall_at_10"] == pytest.approx(info.recall, abs=1e-6)
    assert info.recall >= 0.95
    assert (side["items"], side["dimensions"], side["trees"]) == (1500, 32, 20)
    assert (side["metric"], side["seed"], side["group"], side["model"]) == ("angular", 5, "dress", "m1")
    assert (side["search_k"], side["queries"], side["target_recall"]) == (info.search_k, 256, 0.95)
    for name, sha in side["sha256"].items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == sha


def test_ids_follow_the_rows_of_the_forest(tmp_path: Path) -> None:
    vectors = cloud(50)
    build_bundle(vectors, keys(50), shas(50), "dress", tmp_path, "m1")
    ids = pq.read_table(tmp_path / "ids.parquet")
    assert ids.schema.names == ["row", "vendor", "sku", "sha256"]
    assert ids["row"].to_pylist() == list(range(50))
    pairs = list(zip(ids["vendor"].to_pylist(), ids["sku"].to_pylist(), strict=True))
    assert pairs == sorted(keys(50))
    first = keys(50).index(pairs[0])
    assert np.allclose(read_vectors(tmp_path)["vector"][0].as_py(), vectors[first])
    assert ids["sha256"][0].as_py() == shas(50)[first]


def test_a_harder_target_searches_deeper(tmp_path: Path) -> None:
    vectors = cloud(3000, 48)
    easy, hard = (
        build_bundle(vectors, keys(3000), shas(3000), "g", tmp_path / str(target), "m", ForestSettings(4, target))
        for target in (0.5, 0.999)
    )
    assert hard.recall >= 0.999
    assert (hard.trees, hard.search_k) > (easy.trees, easy.search_k)


def test_more_trees_are_grown_where_depth_is_not_enough(tmp_path: Path) -> None:
    limits = ForestSettings(trees=1, target_recall=0.9, max_trees=16, max_search_k=200)
    assert build_bundle(cloud(2000), keys(2000), shas(2000), "g", tmp_path, "m", limits).trees > 1


def test_a_bundle_below_its_target_does_not_leave(tmp_path: Path) -> None:
    limits = ForestSettings(trees=1, target_recall=1.0, max_trees=1, max_search_k=10)
    with pytest.raises(GateRefused, match=r"dress.*recall@10 0\.\d+.*allowed: 1\.0 or more"):
        build_bundle(cloud(2000), keys(2000), shas(2000), "dress", tmp_path, "m", limits)
    assert not (tmp_path / "forest.json").exists()
    assert not (tmp_path / "forest.ann").exists()


def test_a_failed_rebuild_leaves_no_sidecar_of_the_bundle_before(tmp_path: Path) -> None:
    build_bundle(cloud(20), keys(20), shas(20), "dress", tmp_path, "m")
    limits = ForestSettings(trees=1, target_recall=1.0, max_trees=1, max_search_k=10)
    with pytest.raises(GateRefused):
        build_bundle(cloud(2000), keys(2000), shas(2000), "dress", tmp_path, "m", limits)
    assert not (tmp_path / "forest.json").exists()


@pytest.mark.parametrize("bad", [np.nan, np.inf, 0.0, 7.0])
def test_vectors_that_are_no_unit_vectors_are_refused(tmp_path: Path, bad: float) -> None:
    vectors = cloud(10)
    vectors[4] = bad
    with pytest.raises(UsageError, match=r"1 of 10.*'acme', 'S4'"):
        build_bundle(vectors, keys(10), shas(10), "dress", tmp_path, "m")


def test_other_shapes_and_repeated_keys_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="float32"):
        build_bundle(cloud(4).astype(np.float64), keys(4), shas(4), "g", tmp_path, "m")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="float32"):
        build_bundle(cloud(4)[0], keys(4), shas(4), "g", tmp_path, "m")
    with pytest.raises(UsageError, match="must be equal"):
        build_bundle(cloud(4), keys(3), shas(4), "g", tmp_path, "m")
    with pytest.raises(UsageError, match="1 repeated"):
        build_bundle(cloud(2), [("a", "1"), ("a", "1")], shas(2), "g", tmp_path, "m")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [({"metric": "dot"}, "angular"), ({"target_recall": 0.0}, "target_recall"), ({"trees": 0}, "trees")],
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        ForestSettings(**wrong)  # type: ignore[arg-type]


def test_a_catalogue_becomes_one_bundle_a_group_and_one_of_all(tmp_path: Path) -> None:
    items = table(61, ("dress", "top", None))
    built = [build_group(items, group, tmp_path / group, "m1").items for group in ("dress", "top", "hat", "all")]
    assert built == [21, 20, 0, 61]
    whole = load_bundle(tmp_path / "all", "m1")
    assert len(whole.query(cloud(1)[0], 100)) == 61
    assert read_vectors(tmp_path / "all")["group"].null_count == 20
    assert set(read_vectors(tmp_path / "top")["group"].to_pylist()) == {"top"}


@settings(max_examples=12, deadline=None)
@given(count=st.integers(0, 40), seed=st.integers(0, 5), twins=st.booleans())
def test_any_small_group_builds_loads_and_finds_its_own(
    tmp_path_factory: pytest.TempPathFactory, count: int, seed: int, twins: bool
) -> None:
    vectors = cloud(count, 8, seed)
    if twins and count:
        vectors[:] = vectors[0]
    folder = tmp_path_factory.mktemp("bundle")
    info = build_bundle(vectors, keys(count), shas(count), "g", folder, "m")
    bundle = load_bundle(folder, "m")
    assert info.recall >= 0.95
    assert len(bundle) == count
    for key in keys(count)[:3]:
        similar = bundle.similar(*key, k=count)
        assert {(v, s) for v, s, _ in similar} == set(keys(count)) - {key}

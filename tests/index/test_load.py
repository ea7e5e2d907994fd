from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from annoy import AnnoyIndex

from enrichment.index.build import build_bundle
from enrichment.index.load import load_bundle
from enrichment.index.settings import ForestSettings
from schemas.errors import BundleMismatch, Terminal, UsageError
from tests.index.clouds import cloud, keys, shas

COUNT = 1500


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build_bundle(cloud(COUNT), keys(COUNT), shas(COUNT), "dress", tmp_path / "dress", "m1")
    return tmp_path / "dress"


def _edit(folder: Path, **changes: Any) -> None:
    path = folder / "forest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def _rehash(folder: Path) -> None:
    """Forge the sidecar, so that only what the file holds can give it away."""
    side = json.loads((folder / "forest.json").read_text())
    hashes = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in side["sha256"]}
    _edit(folder, sha256=hashes)


def _refused(folder: Path, match: str, expect_model: str | None = None) -> None:
    with pytest.raises(BundleMismatch, match=match) as caught:
        load_bundle(folder, expect_model)
    assert isinstance(caught.value, Terminal)


def test_a_whole_bundle_loads(folder: Path) -> None:
    bundle = load_bundle(folder, "m1")
    assert (len(bundle), bundle.dimensions, bundle.group, bundle.model, bundle.exact) == (
        COUNT,
        32,
        "dress",
        "m1",
        False,
    )
    assert load_bundle(folder).search_k == bundle.search_k


@pytest.mark.parametrize("name", ["forest.ann", "ids.parquet", "vectors.parquet", "forest.json"])
def test_a_missing_part_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink()
    _refused(folder, f"{name}.*no file")


@pytest.mark.parametrize("name", ["forest.ann", "ids.parquet", "vectors.parquet"])
def test_one_flipped_byte_is_refused(folder: Path, name: str) -> None:
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(bytes(data))
    _refused(folder, f"sha256 of {name}")


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"metric": "euclidean"}, "metric: got euclidean"),
        ({"format": 2}, "format"),
        ({"dimensions": 31}, "forest.ann|dimensions|items"),
        ({"dimensions": 64}, "forest.ann|dimensions|items"),
        ({"items": COUNT + 1}, "items"),
        ({"trees": 7}, "trees"),
        ({"trees": None}, "trees"),
        ({"items": "many"}, "items"),
        ({"sha256": {}}, "sha256"),
        ({"recall_at_10": 0.4}, "recall_at_10: got 0.4"),
        ({"recall_at_10": float("nan")}, "recall_at_10: got nan"),
        ({"search_k": -1}, "search_k: got -1"),
    ],
)
def test_a_sidecar_that_says_otherwise_is_refused(folder: Path, changes: dict[str, Any], match: str) -> None:
    _edit(folder, **changes)
    _refused(folder, match)


def test_another_model_is_refused(folder: Path) -> None:
    _refused(folder, "model: got m1; allowed: m2", "m2")


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_a_sidecar_that_is_none_is_refused(folder: Path, text: str) -> None:
    (folder / "forest.json").write_text(text)
    _refused(folder, "forest.json")


def test_a_file_cut_at_a_node_boundary_is_refused_even_under_a_forged_hash(folder: Path) -> None:
    data = (folder / "forest.ann").read_bytes()
    node = 12 + 4 * 32
    assert len(data) % node == 0
    (folder / "forest.ann").write_bytes(data[: (len(data) // node // 2) * node])
    _refused(folder, "sha256 of forest.ann")
    _rehash(folder)
    _refused(folder, "items|trees")


def test_an_empty_file_is_refused(folder: Path) -> None:
    (folder / "forest.ann").write_bytes(b"")
    _rehash(folder)
    _refused(folder, "forest.ann|items")


def _other(metric: Any, dimensions: int = 32) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        forest = AnnoyIndex(dimensions, metric)
        forest.set_seed(17)
        ordered = sorted(range(COUNT), key=lambda i: keys(COUNT)[i])
        for row, vector in enumerate(cloud(COUNT)[ordered, :dimensions]):
            forest.add_item(row, vector)
        forest.build(20, n_jobs=1)
        forest.save(str(path))

    return write


@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "dot"])
def test_a_forest_of_another_metric_is_refused_even_under_a_forged_hash(folder: Path, metric: str) -> None:
    _other(metric)(folder / "forest.ann")
    _rehash(folder)
    _refused(folder, "forest.ann|items|trees|vector of row|cosine of rows")


@pytest.mark.parametrize("metric", ["euclidean", "manhattan"])
def test_a_forest_of_the_same_node_size_loads_in_annoy_and_is_refused_here(folder: Path, metric: str) -> None:
    # One dimension less leaves room for the other metrics' extra field: 16 + 4 * 31 = 12 + 4 * 32 bytes a node.
    _other(metric, 31)(folder / "forest.ann")
    silent = AnnoyIndex(32, "angular")
    assert silent.load(str(folder / "forest.ann"))
    assert silent.get_n_items() == COUNT
    _rehash(folder)
    _edit(folder, trees=silent.get_n_trees())
    _refused(folder, "vector of row")


def test_a_forest_of_other_vectors_is_refused_even_under_a_forged_hash(folder: Path, tmp_path: Path) -> None:
    build_bundle(cloud(COUNT, seed=8), keys(COUNT), shas(COUNT), "dress", tmp_path / "other", "m1")
    (folder / "forest.ann").write_bytes((tmp_path / "other" / "forest.ann").read_bytes())
    _rehash(folder)
    _refused(folder, "trees|vector of row")


def test_ids_of_another_bundle_are_refused_even_under_a_forged_hash(folder: Path, tmp_path: Path) -> None:
    build_bundle(cloud(9), keys(9), shas(9), "dress", tmp_path / "other", "m1")
    (folder / "ids.parquet").write_bytes((tmp_path / "other" / "ids.parquet").read_bytes())
    _rehash(folder)
    _refused(folder, "rows of ids.parquet: got 9")


def test_vectors_of_another_bundle_are_refused_even_under_a_forged_hash(folder: Path, tmp_path: Path) -> None:
    build_bundle(cloud(COUNT, 16), keys(COUNT), shas(COUNT), "dress", tmp_path / "other", "m1")
    (folder / "vectors.parquet").write_bytes((tmp_path / "other" / "vectors.parquet").read_bytes())
    _rehash(folder)
    _refused(folder, "dimensions of vectors.parquet")


def test_small_groups_are_answered_exactly_and_large_ones_by_the_forest(tmp_path: Path, folder: Path) -> None:
    build_bundle(cloud(200), keys(200), shas(200), "hat", tmp_path / "hat", "m1")
    assert load_bundle(tmp_path / "hat").exact
    assert not load_bundle(folder).exact


def test_similar_agrees_with_exact_search(tmp_path: Path) -> None:
    vectors = cloud(COUNT)
    build_bundle(vectors, keys(COUNT), shas(COUNT), "g", tmp_path, "m", ForestSettings(target_recall=0.999))
    bundle = load_bundle(tmp_path)
    for n in (0, 77, 1400):
        cosines = vectors @ vectors[n]
        cosines[n] = -2
        wanted = [keys(COUNT)[i] for i in np.argsort(-cosines)[:5]]
        found = bundle.similar(*keys(COUNT)[n], k=5)
        assert [(vendor, sku) for vendor, sku, _ in found] == wanted
        assert [c for *_, c in found] == pytest.approx(sorted(cosines, reverse=True)[:5], abs=1e-5)


@pytest.mark.parametrize("k", [0, -1])
def test_fewer_than_one_neighbour_cannot_be_asked_for(folder: Path, k: int) -> None:
    with pytest.raises(UsageError, match=f"k: got {k}; allowed: 1 or more"):
        load_bundle(folder).similar(*keys(1)[0], k=k)


def test_a_query_may_have_any_length_but_zero(folder: Path) -> None:
    bundle, vector = load_bundle(folder), cloud(1, seed=2)[0]
    scaled, plain = bundle.query(vector * 12, 4), bundle.query(vector, 4)
    assert [row[:2] for row in scaled] == [row[:2] for row in plain]
    assert [row[2] for row in scaled] == pytest.approx([row[2] for row in plain], abs=1e-5)
    assert len(bundle.query(vector, 40)) == 40
    for bad in (vector[:5], vector * 0, vector * np.nan, vector * np.inf, np.stack([vector, vector])):
        with pytest.raises(UsageError, match="query vector"):
            bundle.query(bad, 3)
    with pytest.raises(UsageError, match="k: got 0"):
        bundle.query(vector, 0)


@pytest.mark.parametrize("key", [("acme", "S1"), ("nobody", "S0"), ("acme", ""), ("zzz", "zzz"), ("acme", "S" * 900)])
def test_an_unknown_sku_is_told_the_way_out(folder: Path, key: tuple[str, str]) -> None:
    with pytest.raises(UsageError, match=r"bundle 'dress' holds no sku .* of acme, brook.*bundle 'all'") as caught:
        load_bundle(folder).similar(*key)
    assert len(str(caught.value)) < 700


def test_an_empty_bundle_answers_nothing_and_says_so(tmp_path: Path) -> None:
    build_bundle(cloud(0), [], [], "hat", tmp_path, "m1")
    bundle = load_bundle(tmp_path, "m1")
    assert len(bundle) == 0
    assert bundle.query(cloud(1)[0]) == []
    with pytest.raises(UsageError, match="no vendor"):
        bundle.similar("acme", "S0")

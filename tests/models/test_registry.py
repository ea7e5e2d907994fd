from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from enrichment.models.registry import CACHE_VARIABLE, Registry, resolve, starter
from enrichment.models.version import MANIFEST, Kind, ModelVersion, folder_hash, gated, open_version, seal
from enrichment.stores.open import open_store
from schemas.errors import GateRefused, ModelMismatch, UsageError


def make(folder: Path, version: str, gates: dict[str, float], content: str = "w") -> ModelVersion:
    folder.mkdir(parents=True)
    (folder / "weights.txt").write_text(content + version)
    (folder / "metrics.json").write_text(json.dumps({"gates": gates}))
    return seal(folder, Kind.VISION, "look", version)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    base = make(tmp_path / "starter", "starter-1", {"group": 0.9})
    return Registry(open_store(str(tmp_path / "store")), tmp_path / "cache", {Kind.VISION: base.folder})


def test_the_packaged_starter_is_current_until_another_is(registry: Registry, tmp_path: Path) -> None:
    assert registry.fetch(Kind.VISION).version == "starter-1"
    registry.publish(make(tmp_path / "a", "v2", {"group": 0.95}))
    assert registry.list(Kind.VISION) == ["v2"]
    assert registry.fetch(Kind.VISION).version == "starter-1"
    registry.promote(Kind.VISION, "v2")
    assert registry.fetch(Kind.VISION).version == "v2"
    assert registry.rollback(Kind.VISION).version == "starter-1"
    with pytest.raises(UsageError, match="nothing to roll back"):
        registry.rollback(Kind.VISION)


def test_the_packaged_starter_in_force_again_is_whatever_the_package_ships(registry: Registry, tmp_path: Path) -> None:
    registry.publish(make(tmp_path / "a", "v2", {"group": 0.9}))
    for name in ("starter", "starter-1"):
        registry.promote(Kind.VISION, "v2")
        assert registry.promote(Kind.VISION, name).version == "starter-1"
        assert registry.current(Kind.VISION).version is None
    earlier = registry.current(Kind.VISION).earlier
    assert earlier == ("starter", "v2", "starter", "v2")
    registry.promote(Kind.VISION, "starter")
    assert registry.current(Kind.VISION).earlier == earlier
    newer = make(tmp_path / "package", "starter-2", {"group": 0.9})
    upgraded = Registry(open_store(str(tmp_path / "store")), tmp_path / "cache", {Kind.VISION: newer.folder})
    assert upgraded.fetch(Kind.VISION).version == "starter-2"
    assert upgraded.rollback(Kind.VISION).version == "v2"
    assert upgraded.rollback(Kind.VISION).version == "starter-2"


def test_a_worse_or_unmeasured_candidate_is_refused(registry: Registry, tmp_path: Path) -> None:
    registry.publish(make(tmp_path / "a", "worse", {"group": 0.89}))
    registry.publish(make(tmp_path / "b", "blind", {"colour": 0.99}))
    with pytest.raises(GateRefused, match=r"group: 0\.8900, now 0\.9000"):
        registry.promote(Kind.VISION, "worse")
    with pytest.raises(GateRefused, match="not measured"):
        registry.promote(Kind.VISION, "blind")
    assert registry.current(Kind.VISION).version is None


@pytest.mark.parametrize("kind", list(Kind))
def test_a_version_worse_than_the_packaged_one_is_refused(kind: Kind, tmp_path: Path) -> None:
    packaged = starter(kind)
    gates = dict(gated(packaged))
    assert gates
    registry = Registry(open_store(str(tmp_path / "store")), tmp_path / "cache")
    for version, change in (("same", 0.0), ("worse", -0.01)):
        figures = {name: value + change for name, value in gates.items()}
        folder = tmp_path / version
        folder.mkdir()
        (folder / "metrics.json").write_text(json.dumps({"gates": figures}))
        registry.publish(seal(folder, kind, "any", version))
    registry.promote(kind, "same")
    with pytest.raises(GateRefused, match="Worse than the current one"):
        registry.promote(kind, "worse")
    assert registry.current(kind).version == "same"


def test_promotions_roll_back_in_order(registry: Registry, tmp_path: Path) -> None:
    for n, figure in enumerate((0.91, 0.92), start=2):
        registry.publish(make(tmp_path / f"v{n}", f"v{n}", {"group": figure}))
        registry.promote(Kind.VISION, f"v{n}")
    registry.promote(Kind.VISION, "v3")
    assert registry.current(Kind.VISION).earlier == ("starter", "v2")
    assert registry.rollback(Kind.VISION).version == "v2"


def test_the_same_name_never_holds_other_content(registry: Registry, tmp_path: Path) -> None:
    registry.publish(make(tmp_path / "a", "v2", {"group": 1.0}))
    registry.publish(open_version(tmp_path / "a", Kind.VISION))
    with pytest.raises(UsageError, match="other content"):
        registry.publish(make(tmp_path / "b", "v2", {"group": 1.0}, content="x"))


def test_a_changed_file_is_refused(registry: Registry, tmp_path: Path) -> None:
    registry.publish(make(tmp_path / "a", "v2", {"group": 1.0}))
    fetched = registry.fetch(Kind.VISION, "v2")
    (fetched.folder / "weights.txt").write_text("tampered")
    with pytest.raises(ModelMismatch, match="never edit"):
        registry.fetch(Kind.VISION, "v2")


def test_a_file_changed_in_the_store_is_refused(registry: Registry, tmp_path: Path) -> None:
    registry.publish(make(tmp_path / "a", "v2", {"group": 1.0}))
    open_store(str(tmp_path / "store")).put("models/vision/v2/weights.txt", b"other")
    with pytest.raises(ModelMismatch):
        registry.fetch(Kind.VISION, "v2")


def test_what_a_killed_download_left_is_swept_a_day_later(registry: Registry, tmp_path: Path) -> None:
    registry.publish(make(tmp_path / "a", "v2", {"group": 1.0}))
    kept = tmp_path / "cache" / "vision"
    old, young = kept / ".part-old", kept / ".part-young"
    for left in (old, young):
        left.mkdir(parents=True)
        (left / "weights.txt").write_text("half")
    os.utime(old, (0, 0))
    registry.fetch(Kind.VISION, "v2")
    assert (old.exists(), young.exists()) == (False, True)


def test_a_user_without_a_home_folder_needs_one_only_for_what_has_to_be_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    monkeypatch.delenv(CACHE_VARIABLE, raising=False)
    store = open_store(str(tmp_path / "store"))
    assert resolve(store, Kind.VISION) == starter(Kind.VISION)
    Registry(store).publish(make(tmp_path / "a", "v2", {"group": 0.9}))
    with pytest.raises(UsageError, match=rf"no folder for fetched models: .* Set {CACHE_VARIABLE} to a local folder"):
        resolve(store, Kind.VISION, "v2")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    assert resolve(store, Kind.VISION, "v2").folder.is_relative_to(tmp_path / "cache")


def test_a_version_without_manifest_in_the_store_does_not_exist(registry: Registry, tmp_path: Path) -> None:
    open_store(str(tmp_path / "store")).put("models/vision/half/weights.txt", b"w")
    assert registry.list(Kind.VISION) == []
    with pytest.raises(UsageError, match="allowed: starter"):
        registry.fetch(Kind.VISION, "half")


@pytest.mark.parametrize("name", ["../up", "", "A", "a/b", "x" * 65, ".hidden"])
def test_names_that_cannot_name_a_folder_are_refused(registry: Registry, tmp_path: Path, name: str) -> None:
    (tmp_path / "n").mkdir()
    (tmp_path / "n" / "f").write_text("1")
    with pytest.raises(UsageError, match="allowed"):
        seal(tmp_path / "n", Kind.VISION, "look", name)


def test_another_kind_is_refused(tmp_path: Path) -> None:
    made = make(tmp_path / "a", "v2", {})
    with pytest.raises(ModelMismatch, match="holds a"):
        open_version(made.folder, Kind.TEXT)
    with pytest.raises(ModelMismatch, match="absent or empty"):
        folder_hash(tmp_path / "none")


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_ships_a_starter(kind: Kind, tmp_path: Path) -> None:
    found = resolve(open_store(str(tmp_path)), kind)
    assert found == starter(kind)
    assert len(found.hash) == 64


def test_the_packaged_vision_starter_is_small_and_has_its_parts() -> None:
    folder = starter(Kind.VISION).folder
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 24 * 2**20
    names = {"model.safetensors", "labels.json", "preprocessing.json", "thresholds.json", "metrics.json", "README.md"}
    assert names <= {path.name for path in folder.iterdir()}


def test_a_folder_that_nobody_sealed_leaves_nothing_in_the_store(registry: Registry, tmp_path: Path) -> None:
    (make(tmp_path / "a", "v2", {"group": 0.9}).folder / MANIFEST).unlink()
    with pytest.raises(UsageError, match=r"has no version\.json: it is not sealed"):
        registry.publish(open_version(tmp_path / "a", Kind.VISION))
    assert list(open_store(str(tmp_path / "store")).list("models/")) == []


@pytest.mark.parametrize("name", ["starter", "starter-1"])
def test_a_version_under_the_packaged_ones_name_could_never_be_asked_for(
    registry: Registry, tmp_path: Path, name: str
) -> None:
    with pytest.raises(UsageError, match="so the packaged one is called; choose another name"):
        registry.publish(make(tmp_path / "a", name, {"group": 0.95}, "other"))

"""A planned run keeps the model versions it was planned with, whatever is promoted, rolled back or replaced since."""

import shutil
from dataclasses import replace
from datetime import date

import pytest

from enrichment.config import Settings
from enrichment.models import registry as models
from enrichment.models.registry import STARTER, Kind, Registry, starter
from enrichment.models.version import MANIFEST, seal
from enrichment.runs.run import Run
from enrichment.stages.model import model_of
from enrichment.stages.plan import plan_night
from enrichment.stores.local import LocalStore
from schemas.errors import ModelMismatch, UsageError

NIGHT = date(2026, 11, 17)


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("ENRICH_MODEL_CACHE", str(tmp_path / "cache"))
    (tmp_path / "drops" / "acme" / NIGHT.isoformat()).mkdir(parents=True)
    (tmp_path / "drops" / "acme" / NIGHT.isoformat() / "feed.csv").write_text("Code\nA\n")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "acme.yaml").write_text("vendor: acme\nformat: csv\nfiles: [feed.csv]\ncolumns: {sku: Code}\n")
    return Settings(store=str(tmp_path / "store"), drops=str(tmp_path / "drops"), vendors=str(tmp_path / "mine"))


@pytest.fixture
def registry(settings, tmp_path):
    """A registry that holds a ``v2`` of every kind."""
    made = Registry(LocalStore(tmp_path / "store"))
    for kind in Kind:
        made.publish(other(kind, tmp_path / kind.value))
    return made


def other(kind, folder):
    """Return a version with other bytes than the packaged one, and the same figures."""
    shutil.copytree(starter(kind).folder, folder)
    (folder / MANIFEST).unlink(missing_ok=True)
    (folder / "note.md").write_text("other")
    return seal(folder, kind, kind.value, "v2")


def used(uri):
    """Return kind -> version name, as a stage of a run that goes on later would open them."""
    return {kind: model_of(Run.at(uri), kind.value).version for kind in Kind}


def test_what_is_promoted_or_rolled_back_after_the_plan_is_for_the_plans_after_it(settings, registry):
    packaged = {kind: starter(kind).version for kind in Kind}
    first = plan_night(NIGHT, settings)
    for kind in Kind:
        registry.promote(kind, "v2")
    second = plan_night(NIGHT, settings)
    assert second != first
    for kind in Kind:
        registry.rollback(kind)
    assert used(first) == packaged
    assert used(second) == dict.fromkeys(Kind, "v2")
    for uri in (first, second):
        plan = Run.at(uri).plan
        assert {k: model_of(Run.at(uri), k).hash[:12] for k in Kind} == {k: plan.manifest.versions[k] for k in Kind}
    assert plan_night(NIGHT, settings) == first


def test_a_version_that_the_settings_name_goes_before_the_current_one(settings, registry):
    named = plan_night(NIGHT, replace(settings, models={"fusion": "v2"}))
    assert used(named) == {kind: starter(kind).version for kind in Kind} | {Kind.FUSION: "v2"}
    registry.promote(Kind.FUSION, "v2")
    # The same versions are the same run, however they were chosen, and its plan the same bytes.
    plan = Run.at(named).store.get(f"{Run.at(named).prefix}/plan.json")
    assert plan_night(NIGHT, settings) == named
    assert Run.at(named).store.get(f"{Run.at(named).prefix}/plan.json") == plan
    back = plan_night(NIGHT, replace(settings, models={"fusion": STARTER}))
    assert used(back)[Kind.FUSION] == starter(Kind.FUSION).version
    with pytest.raises(UsageError, match="fusion version 'v9' is not in"):
        plan_night(NIGHT, replace(settings, models={"fusion": "v9"}))


def test_a_version_that_became_another_under_its_name_is_refused(settings, registry, tmp_path, monkeypatch):
    uri = plan_night(NIGHT, replace(settings, models={"fusion": "v2"}))
    store = LocalStore(tmp_path / "store")
    for key in list(store.list("models/fusion/v2/")):
        store.delete(key)
    (tmp_path / "fusion" / "note.md").write_text("again")
    (tmp_path / "fusion" / MANIFEST).unlink()
    registry.publish(seal(tmp_path / "fusion", Kind.FUSION, "fusion", "v2"))
    with pytest.raises(ModelMismatch, match=r"pinned to fusion \w+, but v2 hashes to \w+ now.*--night 2026-11-17"):
        used(uri)
    # As a package that was upgraded while the night ran.
    monkeypatch.setitem(models._STARTERS, Kind.VISION, tmp_path / "vision")
    with pytest.raises(ModelMismatch, match=r"pinned to vision \w+, but v2 hashes to \w+ now"):
        used(uri)

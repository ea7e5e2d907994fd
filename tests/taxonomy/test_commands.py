"""`enrich taxonomy`: what it compares and examines, and what it says of what it did not."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from enrichment.cli.app import app
from enrichment.desk import simulate as stage
from enrichment.desk.simulate import Scenario
from enrichment.review.obey import Orders
from enrichment.vendors.declarations import Declarations
from schemas.declared import SCHEMA_DIR
from schemas.errors import DeclarationError, UsageError
from schemas.records import LEVELS, HierarchyDecision, HierarchyPath, PlacementStatus

RUNNER = CliRunner()
HIERARCHY = SCHEMA_DIR / "taxonomy.yaml"
PATH = ("Women", "Clothing", "Dresses", "Dresses", None)


class Night:
    """A published catalogue of two vendors; one product of each vendor is placed elsewhere."""

    orders = Orders()

    def __init__(self, *_: object) -> None:
        rows: list[dict[str, Any]] = [
            {"vendor": vendor, "sku": sku, **dict(zip(LEVELS, PATH, strict=True))}
            for vendor, sku in (("brambury", "1"), ("brambury", "2"), ("alpine", "1"))
        ]
        self.products = pa.Table.from_pylist(rows)

    def known(self, path: HierarchyPath) -> bool:
        return True

    def placed(self, vendor: str, placeholders: object) -> list[HierarchyDecision]:
        path = HierarchyPath(("Men",))
        return [HierarchyDecision(vendor, "1", PlacementStatus.STOPPED_AT_PARENT, path, (0.9,), (), ())]


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Declare vendors by adding to this; the published catalogue is that of :class:`Night`."""
    specs: dict[str, Any] = {}
    monkeypatch.setattr(stage, "_Night", Night)
    monkeypatch.setattr(stage, "latest", lambda store: None)
    monkeypatch.setattr(stage, "read_declarations", lambda folder: Declarations(specs, {}))
    return specs


def _simulate(tmp_path: Path, *more: str) -> Any:
    asked = ["taxonomy", "simulate", str(HIERARCHY), "--store", str(tmp_path), "--vendors", str(tmp_path), *more]
    return RUNNER.invoke(app, asked)


def test_a_simulation_that_examined_nothing_is_wrong_usage(declared: dict[str, Any], tmp_path: Path) -> None:
    result = _simulate(tmp_path)
    assert isinstance(result.exception, UsageError)
    told = str(result.exception)
    assert f"0 of 3 products examined; alpine, brambury are not declared in {tmp_path}" in told
    assert "--vendors" in told


def test_vendors_that_were_not_examined_are_named(declared: dict[str, Any], tmp_path: Path) -> None:
    declared["alpine"] = SimpleNamespace(placeholders=())
    result = _simulate(tmp_path)
    assert result.exit_code == 0
    told = " ".join(result.output.split())
    assert "1 of 3 products examined; brambury is not declared in" in told
    assert "moves 1 products" in told
    found = json.loads(_simulate(tmp_path, "--json").output)
    assert (found["products"], found["published"], found["unplaced"]) == (1, 3, ["brambury"])
    assert found["left_out"].startswith("1 of 3 products examined")


def test_nothing_is_said_where_all_were_examined(declared: dict[str, Any], tmp_path: Path) -> None:
    declared.update(dict.fromkeys(("alpine", "brambury"), SimpleNamespace(placeholders=())))
    result = _simulate(tmp_path)
    assert result.exit_code == 0
    assert "not declared" not in result.output


def test_a_hierarchy_with_a_mistake_is_neither_sound_nor_simulated(tmp_path: Path) -> None:
    changed = tmp_path / "new.yaml"
    changed.write_text(
        HIERARCHY.read_text(encoding="utf-8").replace("name: Stoles\n", "name: Stoles / Shawls\n"), "utf-8"
    )
    result = RUNNER.invoke(app, ["taxonomy", "check", str(changed), "--json"])
    assert result.exit_code == 1
    (told,) = json.loads(result.output)["complaints"]
    assert told.startswith("subclass 'accessories.scarves.stoles': its name 'Stoles / Shawls' has a slash")
    result = RUNNER.invoke(app, ["taxonomy", "simulate", str(changed), "--store", str(tmp_path / "store")])
    assert isinstance(result.exception, DeclarationError)
    assert told in str(result.exception)
    assert str(changed) in str(result.exception)


@pytest.mark.parametrize("models", ["fusion:v2", "fusion", "fusion=", "=v2", "fusion=v2,text:v3", "eyes=v2"])
def test_models_that_cannot_be_read_are_refused(declared: dict[str, Any], tmp_path: Path, models: str) -> None:
    result = _simulate(tmp_path, "--models", models)
    assert isinstance(result.exception, UsageError)
    assert "fusion" in str(result.exception)


def test_models_are_read_as_given() -> None:
    assert Scenario.of(HIERARCHY, " fusion=v2, text=v3,").models == {"fusion": "v2", "text": "v3"}
    assert Scenario.of(HIERARCHY).models == {}


def test_two_versions_are_compared_from_their_files(tmp_path: Path) -> None:
    text = HIERARCHY.read_text(encoding="utf-8")
    changed = tmp_path / "new.yaml"
    changed.write_text(text.replace("Frocks, Gowns, Dress]", "Frocks, Gowns, Dress, Robes]"), encoding="utf-8")
    result = RUNNER.invoke(app, ["taxonomy", "diff", str(HIERARCHY), str(changed), "--json"])
    assert result.exit_code == 0
    assert json.loads(result.output)["changes"] == [
        {"what": "respelt", "id": "clothing.dresses", "before": "", "after": "Robes"}
    ]

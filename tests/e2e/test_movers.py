"""What moved a product stands in its row: the hierarchy's own map, a model, a rule or the vendor; and a simulation
says beforehand what the next night then does.
"""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from enrichment.desk.simulate import Scenario, simulate_change
from enrichment.models.registry import Kind, Registry, starter
from enrichment.models.version import MANIFEST, seal
from enrichment.publish.read import latest
from enrichment.review.ledger import Verdict, append
from enrichment.stages.versions import versions
from schemas.errors import UsageError
from tests.e2e.conftest import run_one
from tests.e2e.words import (
    DRESS,
    JEANS,
    NIGHTS,
    PRODUCTS,
    WATCH,
    decision,
    declare,
    declared_hierarchy,
    deliver,
    first_night,
    forget,
    node,
    path_of,
    settings_in,
    store_of,
    table,
    write_hierarchy,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("base")
    first_night(folder)
    return folder


@pytest.fixture
def settings(base, tmp_path, monkeypatch):
    """The first night's store, drops and vendor, free to be changed."""
    shutil.copytree(base, tmp_path / "night")
    monkeypatch.setenv("ENRICH_MODEL_CACHE", str(tmp_path / "models"))
    yield settings_in(tmp_path / "night")
    monkeypatch.undo()
    forget()


def renamed_and_moved():
    """Version 2: dresses are called gowns, jeans have a class of their own."""
    body = declared_hierarchy()
    body["version"] = 2
    dresses = node(body, "clothing.dresses")
    dresses["name"], dresses["synonyms"] = "Gowns", [*dresses.get("synonyms", []), "Dresses"]
    bottoms, jeans = node(body, "clothing.trousers-and-jeans"), node(body, "clothing.trousers-and-jeans.jeans")
    bottoms["subclasses"].remove(jeans)
    jeans["id"] = "clothing.denim.jeans"
    clothing = node(body, "clothing")
    clothing["classes"].append({"id": "clothing.denim", "name": "Denim", "subclasses": [jeans]})
    body["moved"] = {**body.get("moved", {}), "clothing.trousers-and-jeans.jeans": "clothing.denim.jeans"}
    return body


def with_a_rule():
    """Version 3: red products go to gift sets, whatever they are."""
    body = declared_hierarchy()
    body["version"] = 3
    leaf = body["departments"][-1]["classes"][0]["subclasses"][0]["id"]
    body["rules"] = [{"id": "red-season", "when": {"colour": ["red"]}, "node": leaf}]
    return body


def other_model(settings, folder):
    """Fusion v2: the vendor's word on gender counts for nothing."""
    shutil.copytree(starter(Kind.FUSION).folder, folder)
    (folder / MANIFEST).unlink(missing_ok=True)
    weights = json.loads((folder / "weights.json").read_text(encoding="utf-8"))
    sources = weights["attributes"]["gender"]["sources"]
    for name in [name for name in sources if name.startswith("vendor")]:
        sources[name] = [0.01, 1.0, 0.0]
    (folder / "weights.json").write_text(json.dumps(weights), encoding="utf-8")
    Registry(store_of(settings)).publish(seal(folder, Kind.FUSION, "fusion", "v2"))
    return replace(settings, models={"fusion": "v2"})


def test_the_first_night_places_what_the_other_tests_move(settings):
    paths = {sku: path_of(row) for sku, row in table(settings, "products").items()}
    assert paths["D1"].startswith(" / ".join(DRESS))
    assert paths["J1"].startswith(" / ".join(JEANS))
    assert paths["W2"].startswith(" / ".join(WATCH))


def test_what_the_map_moved_says_taxonomy_migrated(settings, tmp_path, monkeypatch):
    store = store_of(settings)
    append(store, [decision(settings, "D2", Verdict.LOCK), decision(settings, "J2", Verdict.REJECT, level="class")])
    path = write_hierarchy(renamed_and_moved(), tmp_path / "v2")
    changed_row = ("D3", "Women Midi Dress", *DRESS, "Red", "Now with pockets")
    other_thing = ("D4", "Men Analog Watch", *WATCH, "Black", "")
    deliver(settings, NIGHTS[1], [changed_row, other_thing])
    declare(path, monkeypatch)
    run_one(NIGHTS[1], settings)
    changes, after = table(settings, "hierarchy_changes"), table(settings, "products")

    for sku in ("D1", "D2", "D3"):
        assert path_of(after[sku]).split(" / ")[2] == "Gowns"
    for sku in ("D1", "D2", "D3", "J1", "J3"):
        row = changes[sku]
        assert (row["change"], row["cause"], row["reasons"][0]) == ("refiled", "taxonomy", "taxonomy_migrated"), sku
        assert row["level"] == "class"
    assert path_of(after["J1"]).split(" / ")[2:4] == ["Denim", "Jeans"]
    # The lock follows its node under the new name, and holds there.
    assert "lock_kept" in after["D2"]["reasons"]
    assert "lock_kept" in changes["D2"]["reasons"]
    # A refused node stays refused, whatever it is called.
    assert path_of(after["J2"]) == "Men / Clothing"
    assert (changes["J2"]["cause"], "taxonomy_migrated" in changes["J2"]["reasons"]) == ("decision", False)
    # A vendor's own change is the vendor's, also on such a night.
    assert (changes["D4"]["cause"], "taxonomy_migrated" in changes["D4"]["reasons"]) == ("data", False)
    # Nothing of it sticks to the product: the next night has another tale to tell.
    assert not any("taxonomy_migrated" in row["reasons"] for row in after.values())
    assert not {"W1", "W2", "W3"} & set(changes)
    page = (Path(settings.store) / latest(store).prefix / "report/index.html").read_text(encoding="utf-8")
    assert "taxonomy_migrated" in page
    assert '"taxonomy": "v2 ' in page or '"taxonomy":"v2 ' in page
    numbers = json.loads((Path(settings.store) / latest(store).prefix / "report/numbers.json").read_text("utf-8"))
    told = {(p["reason"], p["cause"]) for p in numbers["patterns"]}
    assert ("taxonomy_migrated", "taxonomy") in told
    assert {(r["reason"], r["count"]) for r in numbers["reasons"]} >= {("taxonomy_migrated", 5)}


def test_what_a_model_moved_says_model_changed_and_no_more(settings, tmp_path):
    resent = ("D4", "Men Analog Watch", *WATCH, "Black", "")
    deliver(settings, NIGHTS[1], [resent])
    newer = other_model(settings, tmp_path / "fusion")
    assert {name for name, mark in versions(newer).items() if mark != versions(settings)[name]} == {"fusion"}
    run_one(NIGHTS[1], newer)
    changes = table(settings, "hierarchy_changes")
    assert {"W2", "W3"} <= set(changes)
    for sku in set(changes) - {"D4"}:
        assert (changes[sku]["cause"], changes[sku]["reasons"][0]) == ("model", "model_changed"), sku
    assert (changes["D4"]["cause"], "model_changed" in changes["D4"]["reasons"]) == ("data", False)
    assert not any("model_changed" in row["reasons"] for row in table(settings, "products").values())


def refiled(settings):
    found = table(settings, "hierarchy_changes").values()
    return {row["sku"]: (row["previous_path"] or "", row["path"] or "") for row in found if row["change"] == "refiled"}


def told(simulation):
    """Moves of a simulation from path to path, locked products left out."""
    flows = ((" / ".join(f.before), " / ".join(f.after), f.count - f.locked) for f in simulation.flows)
    return sorted(flow for flow in flows if flow[2])


def happened(moves):
    ends = list(moves.values())
    return sorted((*pair, ends.count(pair)) for pair in set(ends))


def test_a_simulated_rule_moves_what_the_next_night_moves(settings, tmp_path, monkeypatch):
    append(store_of(settings), [decision(settings, "D3", Verdict.LOCK)])
    path = write_hierarchy(with_a_rule(), tmp_path / "v3")
    found = simulate_change(store_of(settings), Scenario(path), settings)
    assert str(found) == "v3 moves 3 products, 1 locked"
    declare(path, monkeypatch)
    run_one(NIGHTS[1], settings)
    moved = refiled(settings)
    assert set(moved) == {"D1", "W3"}
    assert len(moved) == found.moved - found.locked
    assert told(found) == happened(moved)
    rows = table(settings, "hierarchy_changes")
    assert {(rows[sku]["cause"], rows[sku]["reasons"][0]) for sku in moved} == {("rule", "rule_override")}


def test_a_simulated_map_moves_what_the_next_night_moves(settings, tmp_path, monkeypatch):
    append(store_of(settings), [decision(settings, "J2", Verdict.LOCK)])
    path = write_hierarchy(renamed_and_moved(), tmp_path / "v2")
    found = simulate_change(store_of(settings), Scenario(path), settings)
    declare(path, monkeypatch)
    run_one(NIGHTS[1], settings)
    # A lock holds a product at its node, and the node has moved: nothing is held back.
    assert (found.moved, found.locked) == (len(refiled(settings)), 0) == (7, 0)
    assert told(found) == happened(refiled(settings))


def test_a_simulation_takes_corrected_products_where_the_night_takes_them(settings, tmp_path, monkeypatch):
    gone = " / ".join(JEANS)
    append(
        store_of(settings),
        [
            decision(settings, "D1", Verdict.CORRECT, value=path_of(table(settings, "products")["W1"])),
            decision(settings, "J1", Verdict.LOCK),
            decision(settings, "W2", Verdict.CORRECT, value=gone),
        ],
    )
    body = declared_hierarchy()
    body["version"] = 2
    bottoms = node(body, "clothing.trousers-and-jeans")
    jeans = node(body, "clothing.trousers-and-jeans.jeans")
    other = next(leaf for leaf in bottoms["subclasses"] if leaf is not jeans)
    bottoms["subclasses"].remove(jeans)
    other["article_types"] += jeans["article_types"]
    path = write_hierarchy(body, tmp_path / "v2")
    found = simulate_change(store_of(settings), Scenario(path), settings)
    assert found.lost == 2
    assert "that v2 does not have: 2." in found.ended
    declare(path, monkeypatch)
    run_one(NIGHTS[1], settings)
    assert {"D1", "J1"} <= set(refiled(settings))
    assert told(found) == happened(refiled(settings))
    assert table(settings, "hierarchy_changes")["J1"]["cause"] == "taxonomy"
    assert table(settings, "hierarchy_changes")["D1"]["cause"] == "decision"


def test_a_simulated_model_moves_what_the_next_night_moves(settings, tmp_path):
    append(store_of(settings), [decision(settings, "W3", Verdict.LOCK)])
    newer = other_model(settings, tmp_path / "fusion")
    found = simulate_change(store_of(settings), Scenario(models={"fusion": "v2"}), settings)
    run_one(NIGHTS[1], newer)
    assert found.name.endswith("with fusion=v2")
    assert found.locked == 1
    assert found.moved - found.locked == len(refiled(settings)) > 0
    assert told(found) == happened(refiled(settings))
    with pytest.raises(UsageError, match="no such kind"):
        Scenario(models={"dance": "v2"})


def test_the_models_in_force_and_the_hierarchy_in_force_move_nothing(settings):
    found = simulate_change(store_of(settings), Scenario(models={"text": "starter"}), settings)
    assert (found.products, found.moved) == (len(PRODUCTS), 0)

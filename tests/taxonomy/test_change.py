from __future__ import annotations

from enrichment.taxonomy.change import ambiguous, simulate
from enrichment.taxonomy.migrate import migrated, node_id
from enrichment.taxonomy.tree import Tree
from schemas.records import HierarchyDecision, HierarchyPath, LevelState, PlacementStatus, Reason
from schemas.taxonomy_spec import taxonomy
from tests.taxonomy.trees import _department, declared_tree, small


def _decision(sku: str, *levels: str) -> HierarchyDecision:
    states = (LevelState.ABSENT,) * 5
    sure = (0.9,) * len(levels)
    status = PlacementStatus.DECIDED
    return HierarchyDecision("v", sku, status, HierarchyPath(levels), sure, (Reason.CONFIRMED,), states)


def test_the_declared_hierarchy_is_hardly_ambiguous() -> None:
    assert len(ambiguous(taxonomy())) < 5


def test_simulation_counts_what_would_move_and_what_is_locked() -> None:
    before = [("v", str(i), HierarchyPath(("Women", "Clothing", "Dresses"))) for i in range(5)]
    after = [_decision(str(i), "Women", "Clothing", "Tops") for i in range(4)] + [_decision("9", "Women")]
    found = simulate("v7", before, after, locked=[("v", "1"), ("v", "4")])
    assert (found.products, found.moved, found.locked) == (4, 4, 1)
    assert str(found) == "v7 moves 4 products, 1 locked"
    assert found.flows[0].examples == ("v/0", "v/1", "v/2", "v/3")
    assert (found.published, found.unplaced) == (5, ())
    nothing = simulate("v7", before, [])
    assert (nothing.products, nothing.published, nothing.unplaced) == (0, 5, ("v",))
    assert simulate("v8", before, [_decision("0", "Women", "Clothing", "Dresses")]).flows == ()


def test_paths_migrate_by_id() -> None:
    old = Tree(small())
    shoes = _department("shoes", "Footwear", [("boots", "Boots", "shoes")])
    clothing = _department("clothing", "Clothing", [("tops", "Tops", "top")])
    moved = {"clothing.dresses": "clothing.tops", "clothing.dresses.all": "clothing.tops.all"}
    new = Tree(small(departments=[clothing, shoes], moved=moved))
    path = HierarchyPath(("Women", "Clothing", "Dresses", "All Dresses", "A-line"))
    assert migrated(path, old, new) == HierarchyPath(("Women", "Clothing", "Tops", "All Tops"))
    boots = migrated(HierarchyPath(("Kids", "Shoes", "Boots", "All Boots", "Ankle")), old, new)
    assert boots == HierarchyPath(("Kids", "Footwear", "Boots", "All Boots"))
    assert migrated(HierarchyPath(("Kids",)), old, new) == HierarchyPath(("Kids",))
    assert migrated(HierarchyPath(), old, new) == HierarchyPath()
    assert migrated(HierarchyPath(("Pets",)), old, new) is None
    assert migrated(path, old, Tree(small(departments=[shoes]))) is None


def test_a_path_that_did_not_change_keeps_its_category() -> None:
    tree = declared_tree()
    path = HierarchyPath(("Women", "Clothing", "Dresses", "Dresses", "A-line"))
    assert migrated(path, tree, tree) == path
    assert node_id(path, tree) == "clothing.dresses.dresses"
    assert node_id(HierarchyPath(("Women", "Nowhere")), tree) is None


def _dresses_by(attribute: str, **titles: str) -> Tree:
    department = _department("clothing", "Clothing", [("dresses", "Dresses", "dress")])
    department["classes"][0]["subclasses"][0]["category"] = {"attribute": attribute, "titles": titles}  # type: ignore[index]
    return Tree(small(departments=[department]))


def test_a_category_follows_its_value_to_its_new_title() -> None:
    old = _dresses_by("length", mini="Mini", maxi="Maxi")
    stood = HierarchyPath(("Women", "Clothing", "Dresses", "All Dresses", "Mini"))
    leaf = stood.levels[:4]
    assert migrated(stood, old, _dresses_by("length", mini="Short", maxi="Mini")) == HierarchyPath((*leaf, "Short"))
    # No value is left to follow, or it is told by something else now.
    assert migrated(stood, old, _dresses_by("length", maxi="Mini")) == HierarchyPath(leaf)
    assert migrated(stood, old, _dresses_by("fit", mini="Mini")) == HierarchyPath(leaf)

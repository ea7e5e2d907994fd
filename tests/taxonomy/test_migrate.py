from __future__ import annotations

from enrichment.taxonomy.migrate import migrated, node_id
from enrichment.taxonomy.tree import Tree
from schemas.records import HierarchyPath
from tests.taxonomy.trees import _department, declared_tree, small


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

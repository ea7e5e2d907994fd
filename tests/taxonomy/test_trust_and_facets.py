from __future__ import annotations

import pytest

from enrichment.taxonomy.facets import facets
from enrichment.taxonomy.filing import Reader
from enrichment.taxonomy.tree import Tree
from enrichment.taxonomy.trust import Agreement, VendorTrust, measured, observe
from schemas.attribute_spec import attributes
from tests.taxonomy.trees import declared_tree, small


def test_trust_follows_the_counts_and_starts_at_nine_in_ten() -> None:
    assert measured("v", []).levels == (0.9,) * 5
    bad = measured("v", [Agreement("subclass", False)] * 90 + [Agreement("subclass", True)] * 10)
    assert bad.levels[3] == pytest.approx(19 / 110)
    assert bad.levels[1] == 0.9
    good = measured("v", [Agreement("class", True, 0.5)] * 200)
    assert good.levels[2] == pytest.approx(109 / 110)


def test_a_gender_that_no_division_has_is_not_compared() -> None:
    tree = Tree(small())
    filing = Reader(tree).read(("Women", None, None, None, None))
    assert observe(filing, tree, {}, {"men": 0.99}) == []
    assert observe(filing, tree, {}, {"girls": 0.99}) == [Agreement("division", False, 0.99)]


def test_trust_refuses_impossible_reliability() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        VendorTrust("v", (1.2, 0, 0, 0, 0))
    with pytest.raises(ValueError, match="five"):
        VendorTrust("v", (0.5,))


def test_facets_count_at_every_node_on_the_path() -> None:
    products = [
        (
            ("Women", "Clothing", "Dresses", "Dresses", "A-line"),
            {"colour": "red|white", "length": "midi", "pockets": "2"},
        ),
        (("Women", "Clothing", "Tops"), {"colour": "red"}),
        ((), {"colour": "red"}),
    ]
    found = {(f.path, f.attribute, f.value): (f.count, f.of) for f in facets(products, attributes())}
    assert found[("Women",), "colour", "red"] == (2, 2)
    assert found[("Women", "Clothing", "Dresses"), "colour", "white"] == (1, 1)
    assert found[("Women", "Clothing", "Dresses", "Dresses"), "length", "midi"] == (1, 1)
    assert not any(attribute == "pockets" for _, attribute, _ in found)
    assert len(facets(products, attributes(), least=2)) == 2


def test_what_a_vendor_files_is_compared_where_others_are_sure() -> None:
    tree = declared_tree()
    filing = Reader(tree).read(("Kids", "Shoes", "Heels", "Heels", None))
    found = observe(filing, tree, {"Sunglasses": 0.97}, {"girls": 0.95})
    assert found == [Agreement("subclass", False, 0.97), Agreement("division", True, 0.95)]
    assert observe(filing, tree, {"Sunglasses": 0.6, "Heels": 0.4}, {"men": 0.5}) == []
    empty = Reader(tree).read(("DEF", "DEF", "DEF", "", None))
    assert observe(empty, tree, {"Heels": 0.99}, {"women": 0.99}) == []

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from enrichment.publish.allowed import allowed
from enrichment.taxonomy.spelling import key, parts
from enrichment.taxonomy.tree import Tree
from schemas.attribute_spec import attributes
from schemas.errors import DeclarationError
from schemas.group_spec import groups
from schemas.paths import split_path
from schemas.taxonomy_spec import taxonomy
from tests.taxonomy.trees import declared_tree, small

SHARED = Path(__file__).parents[3] / "shared"


def test_the_declared_hierarchy_is_the_delivered_one() -> None:
    table = SHARED / "taxonomy" / "article_types.csv"
    if not table.exists():
        pytest.skip("the delivered hierarchy is not beside this checkout")
    with table.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    tree = declared_tree()
    assert {r["article_type"] for r in rows} == set(tree.type_path)
    for row in rows:
        name = row["article_type"]
        assert tree.type_path[name] == (row["department"], row["class"], row["subclass"])
        assert tree.group_of(name) == row["image_group"]


@pytest.mark.parametrize(
    ("text", "level", "name"),
    [
        ("Apparel", "department", "Clothing"),
        ("FOOTWEAR", "department", "Shoes"),
        ("Accs.", "department", "Accessories"),
        ("jewellery", "department", "Jewelry"),
        ("Ladies", "division", "Women"),
        ("WOMEN'S", "division", "Women"),
        ("Gents", "division", "Men"),
        ("boys", "division", "Kids"),
        ("t shirts", "subclass", "T-Shirts"),
        ("Flip-Flops & Slippers", "class", "Flip Flops"),
        ("Sports  shoe", "article_type", "Sports Shoes"),
        ("Basket balls", "article_type", "Basketballs"),
        ("Printed Summer Dresses", "class", "Dresses"),
    ],
)
def test_a_level_is_known_by_any_spelling(text: str, level: str, name: str) -> None:
    assert (level, name) in {(node.level, node.name) for node in declared_tree().read(text).nodes}


def test_one_text_may_name_several_nodes() -> None:
    nodes = declared_tree().read("Dresses & Skirts").nodes
    assert {node.name for node in nodes} == {"Dresses", "Skirts"}
    compound = declared_tree().read("Scarves / Gloves")
    assert {node.path[1] for node in compound.nodes} == {"Scarves", "Gloves"}
    assert not compound.loose


@pytest.mark.parametrize(
    ("text", "names", "genders"),
    [
        ("Men's T-Shirts & Vests", {"T-Shirts", "Vests"}, ("men",)),
        ("Summer Dresses (Maxi), Skirts - Zyx", {"Dresses", "Skirts"}, ()),
        ("Shoes & Accessories", {"Shoes", "Accessories"}, ()),
        ("Dresses / Shoes", {"Dresses", "Shoes"}, ()),
    ],
)
def test_each_part_of_a_compound_is_heard(text: str, names: set[str], genders: tuple[str, ...]) -> None:
    read = declared_tree().read(text)
    assert {node.name for node in read.nodes if node.level != "article_type"} == names
    assert read.genders == genders


def test_what_a_dash_or_a_colon_adds_hides_no_level() -> None:
    for text in ("Dresses - Zyx", "Womens Dresses: Zyx"):
        read = declared_tree().read(text)
        assert {node.name for node in read.nodes} == {"Dresses"}
        assert not read.loose
    assert {node.name for node in declared_tree().read("Zyx - Heels").nodes} == {"Heels"}


def test_whom_a_level_is_for_may_stand_behind_it() -> None:
    read = declared_tree().read("Shoes for Women")
    assert [node.name for node in read.nodes] == ["Shoes"]
    assert read.genders == ("women",)


def test_genders_are_heard_inside_a_level() -> None:
    read = declared_tree().read("Womens Footwear")
    assert read.genders == ("women",)
    assert {node.name for node in read.nodes} == {"Shoes"}
    assert declared_tree().read("Girls").genders == ("girls",)
    assert declared_tree().read("Children").genders == ("kids",)
    assert [node.name for node in declared_tree().read("Girls 2-8").nodes] == ["Kids"]
    assert {node.name for node in declared_tree().read("Shirts (Casual)").nodes} == {"Shirts"}


def test_nonsense_means_nothing() -> None:
    read = declared_tree().read("Zyxgrol 77")
    assert read.nodes == ()
    assert read.genders == ()


def test_every_path_that_the_gate_allows_is_a_path_and_no_other() -> None:
    tree = declared_tree()
    assert all(tree.is_path(split_path(path)) for path in allowed(attributes(), groups(), taxonomy()).paths)
    assert tree.is_path(("Kids",))
    assert not tree.is_path(("Women", "Shoes", "Dresses"))
    assert not tree.is_path(("Shoes",))
    assert not tree.is_path(())
    dresses, heels = ("Women", "Clothing", "Dresses", "Dresses"), ("Women", "Shoes", "Heels", "Heels")
    assert tree.is_path((*dresses, "A-line"))
    assert not tree.is_path((*dresses, "Bygone"))
    assert not tree.is_path((*dresses, "A-line", "A-line"))
    assert tree.is_path(heels)
    assert not tree.is_path((*heels, "A-line"))


def test_a_moved_id_leads_to_today() -> None:
    tree = Tree(small(moved={"old": "older", "older": "shoes.boots"}))
    assert tree.current("old") == "shoes.boots"
    assert tree.read("old").nodes[0].name == "Boots"
    assert tree.current("never") is None


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"moved": {"a": "b", "b": "a"}}, "runs in a circle"),
        ({"moved": {"a": "b"}}, "leads to no node"),
        ({"divisions": [{"id": "women", "name": "Women", "genders": []}]}, "has no gender"),
        ({"rules": [{"id": "r", "when": {"vendor": ["x"]}, "node": "nowhere"}]}, "no node's id"),
        ({"outside": [{"name": "Dresses", "group": "other"}]}, "declared twice"),
    ],
)
def test_a_broken_hierarchy_is_refused(changes: dict[str, object], complaint: str) -> None:
    with pytest.raises(DeclarationError, match=complaint):
        Tree(small(**changes))


def test_keys_are_bounded_and_blind_to_case_accents_and_plural() -> None:
    assert key("Éspadrilles") == key("ESPADRILLE")
    assert key("--- ") == ""
    assert len(key("x" * 10_000)) <= 200
    assert parts("Tops & Tees/Polos and Shirts") == ("Tops", "Tees", "Polos", "Shirts")


def test_an_article_type_has_a_node_and_an_image_group() -> None:
    tree = declared_tree()
    node = tree.node_of("Dresses")
    assert node is not None
    assert node.id == "clothing.dresses.dresses"
    assert tree.node_of("Basketballs") is None
    assert tree.group_of("Never Heard") == "other"
    assert tree.version == taxonomy().version

from __future__ import annotations

from typing import Any

from enrichment.taxonomy.difference import Change, diff
from schemas.taxonomy_spec import Taxonomy
from tests.taxonomy.trees import _department, small

CLOTHING = [("dresses", "Dresses", "dress"), ("tops", "Tops", "top")]
BOOTS = [("boots", "Boots", "shoes")]


def _small(clothing: dict[str, Any] | None = None, shoes: dict[str, Any] | None = None, **more: object) -> Taxonomy:
    departments = [
        clothing or _department("clothing", "Clothing", CLOTHING),
        shoes or _department("shoes", "Shoes", BOOTS),
    ]
    return small(departments=departments, **more)


def _leaf(department: dict[str, Any], at: int = 0) -> dict[str, Any]:
    leaf: dict[str, Any] = department["classes"][at]["subclasses"][0]
    return leaf


def _rule(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "when": {"vendor": ["v"]}, "node": "shoes.boots", **more}


def test_added_removed_moved_and_renamed_nodes_and_types() -> None:
    shoes = _department("shoes", "Footwear", [*BOOTS, ("heels", "Heels", "shoes")])
    clothing = _department("clothing", "Clothing", [("tops", "Tops", "top")])
    after = _small(clothing, shoes, moved={"clothing.dresses": "clothing.tops"}, outside=[])
    found = {(change.what, change.id) for change in diff(small(), after)}
    assert ("added", "shoes.heels") in found
    assert ("added", "Heels") in found
    assert ("moved", "clothing.dresses") in found
    assert ("removed", "clothing.dresses.all") in found
    assert ("removed", "Dresses") in found
    assert ("removed", "Basketballs") in found
    assert diff(small(), small()) == []


def test_a_plain_rename_is_one_line() -> None:
    found = diff(small(), _small(shoes=_department("shoes", "Footwear", BOOTS)))
    assert found == [Change("renamed", "shoes", "Shoes", "Footwear")]


def test_retyped_is_another_image_group_or_another_node() -> None:
    regrouped = _small(shoes=_department("shoes", "Shoes", [("boots", "Boots", "top")]))
    assert diff(small(), regrouped) == [
        Change("retyped", "Boots", "Shoes / Boots / All Boots (shoes)", "Shoes / Boots / All Boots (top)")
    ]
    clothing = _department("clothing", "Clothing", [*CLOTHING, ("boots", "Boots", "shoes")])
    shoes = _department("shoes", "Shoes", [("heels", "Heels", "shoes")])
    assert ("retyped", "Boots") in {(change.what, change.id) for change in diff(small(), _small(clothing, shoes))}


def test_a_type_that_follows_its_node_by_the_map_is_not_retyped() -> None:
    clothing = _department("clothing", "Clothing", [("tops", "Tops", "top")])
    _leaf(clothing)["article_types"].append({"name": "Dresses", "group": "dress"})
    moved = {"clothing.dresses": "clothing.tops", "clothing.dresses.all": "clothing.tops.all"}
    found = diff(small(), _small(clothing, moved=moved))
    assert "retyped" not in {change.what for change in found}
    assert ("moved", "clothing.dresses.all") in {(change.what, change.id) for change in found}


def test_another_parent_under_the_same_id_is_a_move() -> None:
    shoes = _department("shoes", "Shoes", BOOTS)
    clothing = _department("clothing", "Clothing", CLOTHING)
    clothing["classes"].append(shoes["classes"].pop())
    found = {(change.what, change.id) for change in diff(small(), _small(clothing, shoes))}
    assert ("moved", "shoes.boots") in found
    assert ("retyped", "Boots") not in found


def test_synonyms_that_come_and_go_are_respelt() -> None:
    divisions = [
        {"id": "women", "name": "Women", "genders": ["women"], "synonyms": ["Dames"]},
        {"id": "kids", "name": "Kids", "genders": ["boys", "girls", "kids"]},
    ]
    clothing = _department("clothing", "Clothing", CLOTHING)
    clothing["synonyms"] = ["Apparel"]
    _leaf(clothing)["article_types"][0]["synonyms"] = ["Frock"]
    found = diff(small(), _small(clothing, divisions=divisions, placeholders=["DEF", "TBD"]))
    assert found == [
        Change("respelt", "Dresses", "", "Frock"),
        Change("respelt", "clothing", "", "Apparel"),
        Change("respelt", "placeholders", "", "TBD"),
        Change("respelt", "women", "Ladies", "Dames"),
    ]


def test_categories_are_compared_by_the_value_that_selects_them() -> None:
    def with_titles(**titles: str) -> Taxonomy:
        clothing = _department("clothing", "Clothing", CLOTHING)
        _leaf(clothing)["category"] = {"attribute": "dress_type", "titles": titles}
        return _small(clothing)

    place = "clothing.dresses.all dress_type="
    assert diff(with_titles(maxi="Maxi", slip="Slip"), with_titles(maxi="Maxi Dresses", wrap="Wrap")) == [
        Change("renamed", f"{place}maxi", "Maxi", "Maxi Dresses"),
        Change("removed", f"{place}slip", "Slip", ""),
        Change("added", f"{place}wrap", "", "Wrap"),
    ]
    assert [change.what for change in diff(small(), with_titles(maxi="Maxi"))] == ["added"]


def test_rules_and_thresholds_are_compared_and_so_is_the_rules_order() -> None:
    before = small(rules=[_rule("a"), _rule("b"), _rule("old")])
    after = small(rules=[_rule("b"), _rule("a", when={"vendor": ["w", "v"]}), _rule("new")], thresholds={"class": 0.7})
    assert diff(before, after) == [
        Change("changed", "rule a", "vendor=v -> shoes.boots", "vendor=v|w -> shoes.boots"),
        Change("added", "rule new", "", "vendor=v -> shoes.boots"),
        Change("removed", "rule old", "vendor=v -> shoes.boots", ""),
        Change("changed", "threshold class", "0.5", "0.7"),
        Change("reordered", "rules", "a, b", "b, a"),
    ]
    assert diff(before, before) == []

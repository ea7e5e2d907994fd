"""What is wrong with a declared hierarchy: one mistake is told once, with the way out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from enrichment.taxonomy.ambiguous import ambiguous
from enrichment.taxonomy.sound import check, require_sound
from enrichment.taxonomy.tree import Tree
from schemas.attribute_spec import attributes
from schemas.errors import DeclarationError
from schemas.taxonomy_spec import Taxonomy, taxonomy
from tests.taxonomy.trees import _department, small

LEAF = "clothing.tops.all"


def _told(hierarchy: Taxonomy) -> str:
    """Return the one complaint about ``hierarchy``."""
    found = check(hierarchy, attributes())
    assert len(found) == 1, found
    return found[0]


def _clothing(**tops: object) -> dict[str, list[dict[str, Any]]]:
    """Departments of which the class of tops is changed."""
    clothing: dict[str, Any] = _department("clothing", "Clothing", [("dresses", "Dresses", "dress")])
    changed: dict[str, Any] = _department("clothing", "Clothing", [("tops", "Tops", "top")])["classes"][0]  # type: ignore[index]
    clothing["classes"].append({**changed, **tops})
    return {"departments": [clothing, _department("shoes", "Shoes", [("boots", "Boots", "shoes")])]}


def _leaf(**changes: object) -> dict[str, list[dict[str, Any]]]:
    leaf = {"id": LEAF, "name": "All Tops", "article_types": [{"name": "Tops", "group": "top"}]}
    return _clothing(subclasses=[{**leaf, **changes}])


def _categories(attribute: str = "sleeve_length", **titles: str) -> dict[str, list[dict[str, Any]]]:
    return _leaf(category={"attribute": attribute, "titles": titles})


def _divisions(name: str = "Kids", genders: tuple[str, ...] = ("boys", "girls"), **more: object) -> dict[str, object]:
    women = {"id": "women", "name": "Women", "genders": ["women"]}
    return {"divisions": [women, {"id": "kids", "name": name, "genders": genders, **more}]}


def _rule(node: str = "shoes.boots", **when: list[str]) -> dict[str, object]:
    return {"rules": [{"id": "r", "when": when or {"vendor": ["acme"]}, "node": node}]}


def test_the_declared_hierarchy_is_sound() -> None:
    assert check(taxonomy(), attributes()) == []


@pytest.mark.parametrize(
    "changes",
    [
        {},
        _leaf(name="Tops/Tees"),
        _leaf(article_types=[{"name": "Tops / Tees", "group": "top"}]),
        _clothing(name="Boots"),
        _divisions(genders=("boys", "boys")),
        _categories(short="Short"),
        _rule(vendor=["a vendor that is declared elsewhere"], article_type=["Basketballs"], image_group=["other"]),
        _rule(gender=["men"], colour=["red", "blue"], case_diameter=["40"], node="shoes"),
        {"moved": {"old": "older", "older": "shoes", "women.old": "women"}},
    ],
)
def test_what_can_be_used_has_no_complaint(changes: dict[str, Any]) -> None:
    assert check(small(**changes), attributes()) == []


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("", "its name '' is empty"),
        (" ", "its name ' ' is empty"),
        (" Tops", "its name ' Tops' begins or ends with a blank. Write 'Tops'"),
        ("Tops / Tees", "its name 'Tops / Tees' has a slash between blanks, which parts the levels"),
        ("Tops /", "its name 'Tops /' has a slash between blanks"),
        ("/", "its name '/' has a slash between blanks"),
    ],
)
@pytest.mark.parametrize(
    ("changed", "where"),
    [
        (_divisions, "division 'kids'"),
        (_clothing, "class 'clothing.tops'"),
        (_leaf, f"subclass '{LEAF}'"),
    ],
)
def test_names_that_no_path_can_hold_are_refused(changed: Any, where: str, name: str, complaint: str) -> None:
    assert _told(small(**changed(name=name))).startswith(f"{where}: {complaint}")


def test_an_article_type_has_a_name_without_outer_blanks() -> None:
    told = _told(small(outside=[{"name": "Masks ", "group": "other"}]))
    assert told == "article type in 'outside': its name 'Masks ' begins or ends with a blank. Write 'Masks'."


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        (
            _divisions(genders=("boys", "girl")),
            "division 'kids': 'girl' is no value of gender (closest: 'girls'); allowed: men, women, boys",
        ),
        (_divisions(genders=("boys", "women")), "division 'kids': gender 'women' is in division 'women' already"),
        (_divisions(genders=()), "division 'kids' has no gender"),
        (_divisions(ages=["kid"]), "division 'kids': 'kid' is no value of age_group (closest: 'kids'); allowed: adult"),
        (_divisions(name="Women"), "division 'kids': its name 'Women' is that of division 'women' too"),
        (_divisions(id="women"), "node id 'women' is declared twice, for 'Women' and 'Kids'; ids are unique"),
    ],
)
def test_divisions_part_the_known_genders_among_them(changes: dict[str, Any], complaint: str) -> None:
    assert _told(small(**changes)).startswith(complaint)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        (
            _clothing(name="Dresses"),
            "class 'clothing.tops': its name 'Dresses' is that of class 'clothing.dresses' too, so "
            "'Clothing / Dresses' leads to both. Rename one, or",
        ),
        (
            {"departments": [_department(one, "Shoes", [(one, one.title(), "shoes")]) for one in ("boots", "heels")]},
            "department 'heels': its name 'Shoes' is that of department 'boots' too, so 'Shoes' leads to both",
        ),
        (
            _leaf(article_types=[{"name": "Boots", "group": "shoes"}]),
            f"article type 'Boots' is declared twice, in '{LEAF}' and 'shoes.boots.all'",
        ),
        (
            _leaf(article_types=[{"name": "Tops", "group": "tops"}]),
            "article type 'Tops': image group 'tops' is not declared (closest: 'top'); allowed: dress, top,",
        ),
    ],
)
def test_a_path_leads_to_one_node_and_an_article_type_has_one(changes: dict[str, Any], complaint: str) -> None:
    assert _told(small(**changes)).startswith(complaint)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        (_categories(short=""), "category 'short': its title '' is empty"),
        (_categories(short="Short "), "category 'short': its title 'Short ' begins or ends with a blank"),
        (_categories(short="Short / Cap"), "category 'short': its title 'Short / Cap' has a slash between blanks"),
        (_categories(short="Short", cap="Short"), "categories 'short' and 'cap' have one title, 'Short'"),
        (_categories(shrot="Short"), "category: 'shrot' is no value of sleeve_length (closest: 'short'); allowed: "),
        (_categories("sleeve_lenght", short="Short"), "category by 'sleeve_lenght', which is no attribute (closest: "),
        (_categories("case_diameter", short="Short"), "category by 'case_diameter', an attribute without declared"),
        (_categories("article_type", short="Short"), "category by 'article_type', an attribute without declared"),
    ],
)
def test_categories_title_the_values_of_an_attribute_each_its_own(changes: dict[str, Any], complaint: str) -> None:
    assert _told(small(**changes)).startswith(f"subclass '{LEAF}': {complaint}")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        (_rule(colour=["red", "bleu"]), "rule 'r': 'bleu' is no value of colour (closest: 'blue'); allowed: black"),
        (_rule(article_type=["Boot"]), "rule 'r': 'Boot' is no value of article_type (closest: 'Boots'); allowed: Dr"),
        (_rule(image_group=["shoe"]), "rule 'r': 'shoe' is no value of image_group (closest: 'shoes'); allowed: dress"),
        (_rule(gender=["woman"]), "rule 'r': 'woman' is no value of gender (closest: 'women'); allowed: men"),
        (_rule(colr=["red"]), "rule 'r': 'colr' is no attribute and no vendor (closest: 'colour'); the rule can never"),
        (_rule(vendor=[]), "rule 'r': 'vendor' allows no value; the rule can never match"),
        (_rule(colour=["red"], gender=[]), "rule 'r': 'gender' allows no value; the rule can never match"),
        (
            _rule("women"),
            "rule 'r' sends products to 'women', a division, which the gender alone decides; allowed: the",
        ),
        (_rule("Shoes / Boots"), "rule 'r' sends products to 'Shoes / Boots', no node's id (closest: 'shoes.boots');"),
        ({"rules": 2 * _rule()["rules"]}, "rule 'r' is declared twice"),  # type: ignore[operator]
    ],
)
def test_rules_name_what_exists_and_lead_below_a_division(changes: dict[str, Any], complaint: str) -> None:
    assert _told(small(**changes)).startswith(complaint)


@pytest.mark.parametrize(
    ("moved", "complaint"),
    [
        ({"a": "shoes.boot"}, "moved 'a' leads to no node: 'shoes.boot' is no node's id (closest: 'shoes.boots'); end"),
        ({"a": "b", "b": "c"}, "moved 'b' leads to no node: 'c' is no node's id"),
        ({"a": "b", "b": "c", "c": "b"}, "moved 'b' runs in a circle, b -> c -> b; end the chain at a present id"),
        ({"a": "a"}, "moved 'a' runs in a circle, a -> a;"),
        ({"shoes": "clothing"}, "moved 'shoes': department 'shoes' is still there, so the entry moves nothing"),
    ],
)
def test_the_map_leads_from_what_is_gone_to_what_is_there(moved: dict[str, str], complaint: str) -> None:
    assert _told(small(moved=moved)).startswith(complaint)


def test_a_map_that_moves_nothing_is_a_mistake_but_compiles() -> None:
    assert Tree(small(moved={"shoes": "clothing"})).current("shoes") == "shoes"


def test_every_mistake_is_told_and_where_they_are_declared() -> None:
    broken = small(**_clothing(name=" Tops"), **_rule("women"), moved={"a": "b"})
    with pytest.raises(DeclarationError) as refused:
        require_sound(broken, attributes(), Path("new.yaml"))
    head, *told = str(refused.value).splitlines()
    assert head == "new.yaml: the hierarchy has 3 mistakes; `enrich taxonomy check new.yaml` lists all:"
    assert told == check(broken, attributes())
    require_sound(small(), attributes(), Path("new.yaml"))


def test_the_declared_hierarchy_is_hardly_ambiguous() -> None:
    assert len(ambiguous(taxonomy())) < 5

from __future__ import annotations

from functools import cache

from enrichment.taxonomy.tree import Tree
from schemas.taxonomy_spec import Taxonomy, taxonomy


@cache
def declared_tree() -> Tree:
    return Tree(taxonomy())


def small(**changes: object) -> Taxonomy:
    """A hierarchy of two departments, for tests that change it."""
    body: dict[str, object] = {
        "version": 1,
        "placeholders": ["DEF"],
        "thresholds": {},
        "divisions": [
            {"id": "women", "name": "Women", "genders": ["women"], "synonyms": ["Ladies"]},
            {"id": "kids", "name": "Kids", "genders": ["boys", "girls", "kids"]},
        ],
        "departments": [
            _department("clothing", "Clothing", [("dresses", "Dresses", "dress"), ("tops", "Tops", "top")]),
            _department("shoes", "Shoes", [("boots", "Boots", "shoes")]),
        ],
        "outside": [{"name": "Basketballs", "group": "other"}],
    }
    return Taxonomy.model_validate({**body, **changes})


def _department(node_id: str, name: str, leaves: list[tuple[str, str, str]]) -> dict[str, object]:
    return {
        "id": node_id,
        "name": name,
        "classes": [
            {
                "id": f"{node_id}.{leaf}",
                "name": title,
                "subclasses": [
                    {
                        "id": f"{node_id}.{leaf}.all",
                        "name": f"All {title}",
                        "article_types": [{"name": title, "group": group}],
                    }
                ],
            }
            for leaf, title, group in leaves
        ],
    }

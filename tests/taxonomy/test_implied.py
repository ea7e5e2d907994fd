from __future__ import annotations

import pytest

from enrichment.taxonomy.implied import implied
from enrichment.taxonomy.tree import Tree
from schemas.attribute_spec import attributes
from schemas.records import (
    AttributeDecision,
    DecisionStatus,
    HierarchyDecision,
    HierarchyPath,
    PlacementStatus,
    Source,
)
from schemas.taxonomy_spec import taxonomy
from tests.taxonomy.trees import declared_tree

RULE = "review:correct:0123456789ab"


def _placed(*levels: str) -> HierarchyDecision:
    sure = (1.0,) * len(levels)
    status = PlacementStatus.DECIDED if levels else PlacementStatus.ABSTAINED
    return HierarchyDecision("v", "1", status, HierarchyPath(levels), sure, (), (), RULE)


def _said(attribute: str, value: str | None) -> AttributeDecision:
    status = DecisionStatus.ABSTAINED if value is None else DecisionStatus.DECIDED
    source = None if value is None else Source.VENDOR
    return AttributeDecision("v", "1", attribute, status, value, 0.8 if value else 0.0, source, "w@1:vendor-text", True)


def test_a_division_that_declares_no_ages_implies_none() -> None:
    silent = taxonomy().divisions[0].model_copy(update={"ages": ()})
    tree = Tree(taxonomy().model_copy(update={"divisions": (silent,)}))
    assert implied(tree, _placed(silent.name), [_said("age_group", "kids")]) == []


def test_every_age_that_a_division_declares_is_a_value() -> None:
    values = {value.name for value in attributes().get("age_group").values}
    assert all(division.ages and values >= set(division.ages) for division in taxonomy().divisions)


@pytest.mark.parametrize(
    ("path", "attribute", "said", "becomes"),
    [
        (("Men",), "gender", "women", "men"),
        (("Men",), "gender", None, "men"),
        (("Men",), "gender", "men", "kept"),
        (("Kids",), "gender", "girls", "kept"),
        (("Kids",), "gender", "women", "kids"),
        (("Women", "Clothing", "Trousers & Jeans", "Jeans"), "article_type", "Shirts", "Jeans"),
        (("Women", "Clothing", "Trousers & Jeans", "Jeans"), "article_type", "Jeans", "kept"),
        (("Women", "Clothing", "Tops"), "article_type", "Jeans", "cleared"),
        (("Women", "Clothing", "Tops"), "article_type", "Shirts", "kept"),
        (("Women", "Clothing", "Tops"), "article_type", None, "kept"),
        (("Women",), "article_type", "Jeans", "kept"),
        (("Kids",), "age_group", "adult", "kids"),
        (("Kids", "Clothing"), "age_group", "infant", "kept"),
        (("Kids",), "age_group", None, "kids"),
        (("Women", "Clothing"), "age_group", "kids", "adult"),
        (("Women",), "age_group", "teen", "kept"),
        (("Men",), "age_group", "adult", "kept"),
        (("Unisex",), "age_group", "toddler", "adult"),
        ((), "age_group", "adult", "kept"),
        ((), "gender", "women", "kept"),
        (("Men", "Clothing"), "colour", "blue", "kept"),
    ],
)
def test_a_persons_path_sets_or_clears_what_it_implies(
    path: tuple[str, ...], attribute: str, said: str | None, becomes: str
) -> None:
    found = implied(declared_tree(), _placed(*path), [_said(attribute, said)])
    if becomes == "kept":
        assert found == []
        return
    (settled,) = found
    assert settled.rule == RULE
    assert settled.source is None
    if becomes == "cleared":
        assert (settled.status, settled.value, settled.confidence) == (DecisionStatus.ABSTAINED, None, 0.0)
    else:
        assert (settled.status, settled.value, settled.confidence) == (DecisionStatus.DECIDED, becomes, 1.0)
        assert not settled.conflict

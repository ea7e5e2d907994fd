from __future__ import annotations

import pytest

from enrichment.taxonomy.implied import implied
from schemas.records import (
    AttributeDecision,
    DecisionStatus,
    HierarchyDecision,
    HierarchyPath,
    PlacementStatus,
    Source,
)
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

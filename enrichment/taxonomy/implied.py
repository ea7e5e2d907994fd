"""What a path that a person set says of a product's attributes: whom it is for, how old they are, and what it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from enrichment.taxonomy.spelling import key
from enrichment.taxonomy.tree import Tree
from schemas.records import AttributeDecision, DecisionStatus, HierarchyDecision

_GENDER, _AGE, _TYPE = "gender", "age_group", "article_type"
IMPLIED = (_GENDER, _AGE, _TYPE)
_NODE_LEVELS = slice(1, 4)


def implied(tree: Tree, placed: HierarchyDecision, decisions: Iterable[AttributeDecision]) -> list[AttributeDecision]:
    """Return the decisions on the attributes ``IMPLIED`` that must change so that they agree with ``placed``.

    What agrees with the path stays and is not returned. Otherwise the value is the only one that the division or node
    has, for a division of several genders the one that bears its name (Kids is kids), of several age groups the usual
    one; where nothing tells, the attribute is left unsure. A value so set is as certain as the person's word, and its
    rule is that of the placement.

    >>> from schemas.records import HierarchyPath, LevelState, PlacementStatus, Source
    >>> from schemas.taxonomy_spec import taxonomy
    >>> path = HierarchyPath(("Men", "Clothing", "Trousers & Jeans", "Jeans"))
    >>> rule = "review:correct:0123456789ab"
    >>> placed = HierarchyDecision("v", "1", PlacementStatus.DECIDED, path, (1.0,) * 4, (), (), rule)
    >>> said = (DecisionStatus.DECIDED, "women", 0.8, Source.VENDOR, "learned@1:vendor-text")
    >>> gender = AttributeDecision("v", "1", "gender", *said)
    >>> [(d.value, d.confidence, d.rule) for d in implied(Tree(taxonomy()), placed, [gender])]
    [('men', 1.0, 'review:correct:0123456789ab')]
    """
    found = []
    for decision in decisions:
        allowed = _allowed(tree, placed.path.levels, decision.attribute)
        if allowed and decision.value not in allowed:
            found.append(_agreeing(decision, _only(placed.path.levels, decision.attribute, allowed), placed.rule))
    return [new for new in found if new is not None]


def _allowed(tree: Tree, path: tuple[str, ...], attribute: str) -> tuple[str, ...]:
    """Return the values that agree with ``path``; none where it says nothing of the attribute."""
    if attribute in (_GENDER, _AGE) and path:
        told = (d.genders if attribute == _GENDER else d.ages for d in tree.taxonomy.divisions if d.name == path[0])
        return next(told, ())
    below = path[_NODE_LEVELS]
    return tree.at(below).types if attribute == _TYPE and below else ()


def _only(path: tuple[str, ...], attribute: str, allowed: tuple[str, ...]) -> str | None:
    if len(allowed) == 1 or attribute == _AGE:
        return allowed[0]
    return next((value for value in allowed if key(value) == key(path[0])), None) if attribute == _GENDER else None


def _agreeing(decision: AttributeDecision, value: str | None, rule: str) -> AttributeDecision | None:
    """Return ``decision`` with ``value``, or unsure without one; None where it is unsure already."""
    if value is not None:
        certain = replace(decision, status=DecisionStatus.DECIDED, value=value, confidence=1.0)
        return replace(certain, source=None, rule=rule, conflict=False)
    if decision.value is None:
        return None
    return replace(decision, status=DecisionStatus.ABSTAINED, value=None, confidence=0.0, source=None, rule=rule)

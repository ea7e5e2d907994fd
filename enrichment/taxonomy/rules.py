"""The declared rules of ``schemas/taxonomy.yaml``: where a match goes, whatever the evidence says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from enrichment.taxonomy.tree import Tree
from schemas.records import AttributeDecision


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that fits a product: its id, the path below the division it orders, the article types there."""

    id: str
    path: tuple[str, ...]
    types: tuple[str, ...]


def matching(
    tree: Tree, vendor: str, attributes: Mapping[str, AttributeDecision], types: Mapping[str, float]
) -> Match | None:
    """Return the first declared rule whose every condition holds, None where there is none.

    ``article_type`` is the decided one, or the likeliest of ``types`` where none is decided.
    """
    for rule in tree.taxonomy.rules:
        if all(_holds(name, allowed, vendor, attributes, types) for name, allowed in rule.when.items()):
            node = tree.nodes[rule.node]
            return Match(rule.id, node.path, node.types)
    return None


def _holds(
    name: str,
    allowed: tuple[str, ...],
    vendor: str,
    attributes: Mapping[str, AttributeDecision],
    types: Mapping[str, float],
) -> bool:
    if name == "vendor":
        return vendor in allowed
    decision = attributes.get(name)
    if decision is not None and decision.value is not None:
        return any(value in allowed for value in decision.value.split("|"))
    if name == "article_type" and types:
        return min(types, key=lambda t: (-types[t], t)) in allowed
    return False

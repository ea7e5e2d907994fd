"""Placement: the deepest node that is sure enough, else its parent, else abstain; and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from enrichment.taxonomy.claims import WIDEST
from enrichment.taxonomy.filing import Filing
from enrichment.taxonomy.reasons import NOTHING_NAMED, Named, Standing, reasons_for
from enrichment.taxonomy.rules import matching
from enrichment.taxonomy.tree import Tree
from enrichment.taxonomy.trust import VendorTrust
from schemas.records import (
    AttributeDecision,
    DecisionStatus,
    HierarchyDecision,
    HierarchyPath,
    PlacementStatus,
)
from schemas.taxonomy_spec import Thresholds

PLACED_BY = "place@1"
# A product is outside the taxonomy when that is likelier than every place inside together.
_OUTSIDE = 0.5
# An article type less likely than this does not count towards its nodes.
_NEGLIGIBLE = 1e-3
_Leaf = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What placement knows of a product: probabilities of article types and genders, and its decided attributes.

    ``named`` is what its words name outright; it moves nothing and only tells of a conflict.
    """

    types: Mapping[str, float] = field(default_factory=dict)
    genders: Mapping[str, float] = field(default_factory=dict)
    attributes: Mapping[str, AttributeDecision] = field(default_factory=dict)
    named: Named = NOTHING_NAMED


class Step(NamedTuple):
    """One level of the likeliest path, and the probability that the product belongs at or below it."""

    name: str
    sure: float
    threshold: float


class Placer:
    """Places products of one vendor in one tree, by one set of thresholds."""

    def __init__(self, tree: Tree, trust: VendorTrust | None = None, thresholds: Thresholds | None = None) -> None:
        """Place in ``tree``; without ``thresholds`` the taxonomy's own count."""
        self._tree = tree
        self._trust = trust
        limits = thresholds or tree.taxonomy.thresholds
        self._limits = (limits.division, limits.department, limits.class_, limits.subclass, limits.category)
        self._divisions = tuple((d.name, d.genders) for d in tree.taxonomy.divisions)

    def place(self, vendor: str, sku: str, known: Evidence, filing: Filing) -> HierarchyDecision:
        """Return where the product belongs.

        The path follows the likeliest child from the root down, so it never depends on a threshold; the
        thresholds only say where it stops. Confidence never rises on the way down.
        """
        types = self._weighed(known.types, filing)
        rule = matching(self._tree, vendor, known.attributes, types)
        if rule is not None:
            types = dict.fromkeys(rule.types[:1], 1.0) if rule.types else types
        steps = self._division(known.genders)
        leaves, outside = self._spread(types)
        if outside < _OUTSIDE and steps:
            steps += self._below(leaves, steps[0].sure, rule.path if rule else ())
            steps += self._category(steps, known.attributes)
        kept = _sure_enough(steps)
        path = tuple([step.name for step in kept])
        quarrel, ruled = _quarrel(known.attributes), rule.id if rule else ""
        standing = Standing(path, bool(types), outside >= _OUTSIDE, ruled, quarrel, known.named)
        reasons = reasons_for(self._tree, filing, standing)
        sure = tuple([min(1.0, step.sure) for step in kept])
        status = _status(path, standing.outside)
        return HierarchyDecision(
            vendor, sku, status, HierarchyPath(path), sure, reasons, filing.states, ruled or PLACED_BY
        )

    def _weighed(self, types: Mapping[str, float], filing: Filing) -> Mapping[str, float]:
        """Weigh a coarse vendor level (a department) that fits too many article types for a claim each."""
        if filing.types and self._tree.statuses.issuperset(filing.types):
            return dict.fromkeys(filing.types[:1], 1.0)
        if len(filing.types) <= WIDEST or self._trust is None:
            return types
        inside = frozenset(filing.types)
        right = self._trust.levels[filing.depth]
        wrong = 1.0 - right
        if not types:
            return {name: right / len(inside) for name in filing.types}
        odds = {name: sure * (right if name in inside else wrong) for name, sure in types.items()}
        total = sum(odds.values())
        return {name: value / total for name, value in odds.items()} if total > 0 else types

    def _division(self, genders: Mapping[str, float]) -> list[Step]:
        if not genders:
            return []
        best, top = "", -1.0
        for name, members in self._divisions:
            sure = 0.0
            for gender in members:
                sure += genders.get(gender, 0.0)
            if sure > top:
                best, top = name, sure
        return [Step(best, top, self._limits[0])]

    def _spread(self, types: Mapping[str, float]) -> tuple[dict[_Leaf, float], float]:
        """Return the probability of each subclass, by its path, and that of all article types without a place."""
        leaves: dict[_Leaf, float] = {}
        outside = 0.0
        path_of = self._tree.type_path.get
        for name, sure in types.items():
            leaf = path_of(name)
            if leaf is None:
                outside += sure
            elif sure >= _NEGLIGIBLE:
                leaves[leaf] = leaves.get(leaf, 0.0) + sure
        return leaves, outside

    def _below(self, leaves: Mapping[_Leaf, float], division: float, fixed: Sequence[str]) -> list[Step]:
        """Return department, class and subclass of the likeliest path, each within its parent."""
        steps: list[Step] = []
        left = list(leaves.items())
        for level in range(min(3, len(fixed) or 3) if left else 0):
            masses: dict[str, float] = {}
            for path, sure in left:
                masses[path[level]] = masses.get(path[level], 0.0) + sure
            most = max(masses.values())
            name = min([name for name, mass in masses.items() if mass == most])
            steps.append(Step(name, division * most, self._limits[level + 1]))
            left = [leaf for leaf in left if leaf[0][level] == name]
        return steps

    def _category(self, steps: Sequence[Step], attributes: Mapping[str, AttributeDecision]) -> list[Step]:
        """Return the fifth level where the subclass declares one and the attribute that selects it is decided."""
        category = self._tree.categories.get(tuple(step.name for step in steps[1:])) if len(steps) == 4 else None
        decision = attributes.get(category.attribute) if category is not None else None
        if category is None or decision is None or decision.value is None:
            return []
        title = category.titles.get(decision.value.split("|")[0])
        return [] if title is None else [Step(title, steps[-1].sure * decision.confidence, self._limits[4])]


def _sure_enough(steps: Sequence[Step]) -> list[Step]:
    kept: list[Step] = []
    for step in steps:
        if step.sure < step.threshold:
            break
        kept.append(step)
    return kept


def _status(path: Sequence[str], outside: bool) -> PlacementStatus:
    """A product outside the taxonomy abstains below its division; a missing category is no stop."""
    if not path or outside:
        return PlacementStatus.ABSTAINED
    return PlacementStatus.DECIDED if len(path) >= 4 else PlacementStatus.STOPPED_AT_PARENT


def _quarrel(attributes: Mapping[str, AttributeDecision]) -> bool:
    """Tell whether words and picture disagreed about what the product is (told by the decision's rule)."""
    for name in ("image_group", "article_type"):
        decision = attributes.get(name)
        if decision is not None and decision.conflict and decision.status is not DecisionStatus.NOT_APPLICABLE:
            said = decision.rule.rpartition(":")[2]
            if "image" in said and "text" in said and ("-image" in said) != ("-text" in said):
                return True
    return False

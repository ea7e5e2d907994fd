"""All claims of one product become one decision an attribute, with its probability, its rule and its conflict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from enrichment.fusion.belief import GENDER, GROUP, TYPE, Belief, TypeMap, believe, by_attribute, default_types
from enrichment.fusion.pool import pool_many, pool_one
from enrichment.fusion.verdict import Verdict, abstained, judge
from enrichment.fusion.voices import Voice, by_source, voices
from enrichment.fusion.weights import AttributeWeights, FusionWeights, declared, declared_for
from schemas.attribute_spec import Attribute, Attributes
from schemas.records import AttributeClaim, AttributeDecision, DecisionStatus, Source

WON, LOST, IGNORED = "won", "lost", "ignored"
SEPARATOR = "|"
_RESERVED = (GROUP, TYPE, GENDER)
# Measures and free texts have no closed list; two claims of another number contradict as among this many.
_OPEN_SIZE = 100
_APPLIES = 0.5


@dataclass(frozen=True, slots=True)
class Fused:
    """One decision for every declared attribute, the outcome of each claim (won, lost, ignored), and the beliefs."""

    decisions: list[AttributeDecision]
    outcomes: list[str]
    belief: Belief


class Fuser:
    """The fusion of one vocabulary and one set of weights, compiled once for many products."""

    def __init__(
        self, vocabulary: Attributes, weights: FusionWeights | None = None, types: TypeMap | None = None
    ) -> None:
        """Compile; without ``weights`` the declared ones count, without ``types`` the declared taxonomy."""
        self.weights = weights or declared(vocabulary)
        self.types = types or default_types(self.weights.type_share)
        self._attributes = {a.name: a for a in vocabulary.attributes}
        for name in _RESERVED:
            self._attributes.setdefault(name, Attribute(name=name, title=name, threshold=0.5))
        self._allowed = {a.name: {v.name for v in a.values} for a in self._attributes.values() if a.values}
        self._weights = {n: self.weights.attributes.get(n) or declared_for(a) for n, a in self._attributes.items()}

    def believe(self, claims: Sequence[AttributeClaim]) -> Belief:
        """Return the distributions of group, article type and gender alone (all that placement needs)."""
        return believe(claims, self.weights, self.types)

    def fuse(self, vendor: str, sku: str, claims: Sequence[AttributeClaim]) -> Fused:
        """Return the decisions, in the vocabulary's order, and each claim's outcome, in the claims' order."""
        belief = self.believe(claims)
        said = by_attribute(claims, tuple(self._attributes))
        verdicts = {name: self._verdict(name, said[name], belief) for name in self._attributes}
        rule = self.weights.version
        decisions = [verdict.decision(vendor, sku, name, rule) for name, verdict in verdicts.items()]
        return Fused(decisions, [_outcome(claim, verdicts.get(claim.attribute)) for claim in claims], belief)

    def distribution(self, name: str, claims: Sequence[AttributeClaim]) -> Mapping[str, float]:
        """Return the fused probabilities of one attribute's values, empty where nobody said anything of it."""
        if name in _RESERVED:
            belief = self.believe(claims)
            return {GROUP: belief.groups, TYPE: belief.types, GENDER: belief.genders}[name]
        said = self._allowed_of(name, by_attribute(claims, (name,))[name])
        return _pooled(self._attributes[name], list(voices(said, self._weights[name]).values()), self._weights[name])

    def _verdict(self, name: str, said: Sequence[AttributeClaim], belief: Belief) -> Verdict:
        weights = self._weights[name]
        given = {GROUP: belief.groups, TYPE: belief.types, GENDER: belief.genders}.get(name)
        if given is not None:
            heard = by_source(voices(said, weights))
            return judge(given, heard, weights.threshold) if given else abstained("no_claims")
        attribute = self._attributes[name]
        if not _applies(attribute, belief.groups):
            return Verdict(DecisionStatus.NOT_APPLICABLE, (), 1.0, None, "group_excludes", False)
        known = self._allowed_of(name, said)
        return _ordinary(attribute, known, weights) if known else abstained("no_claims")

    def _allowed_of(self, name: str, said: Sequence[AttributeClaim]) -> Sequence[AttributeClaim]:
        """Return the claims of declared values alone: nothing else may ever be published."""
        allowed = self._allowed.get(name)
        return said if allowed is None else [claim for claim in said if claim.value in allowed]


def _applies(attribute: Attribute, groups: Mapping[str, float]) -> bool:
    """Tell whether the groups that have this attribute are together likelier than not."""
    if not groups or not attribute.groups:
        return True
    return sum(groups.get(group, 0.0) for group in attribute.groups) >= _APPLIES


def _ordinary(attribute: Attribute, said: Sequence[AttributeClaim], weights: AttributeWeights) -> Verdict:
    heard = voices(said, weights)
    fused = _pooled(attribute, list(heard.values()), weights)
    spoken = by_source(heard)
    verdict = judge(fused, spoken, weights.threshold)
    return _with_companions(verdict, fused, spoken, weights.threshold) if attribute.kind == "choices" else verdict


def _pooled(attribute: Attribute, heard: Sequence[Voice], weights: AttributeWeights) -> Mapping[str, float]:
    size = len(attribute.values) or _OPEN_SIZE
    if attribute.kind == "choices":
        return pool_many(heard, size, weights.temperature)
    return pool_one(heard, size, weights.temperature).named if heard else {}


def _with_companions(
    first: Verdict, many: Mapping[str, float], heard: Mapping[Source, Mapping[str, float]], threshold: float
) -> Verdict:
    """Add the values that a source names beside the winner: both are meant, they do not contradict."""
    if first.status is not DecisionStatus.DECIDED:
        return first
    winner = first.values[0]
    beside = {value for voice in heard.values() if winner in voice for value in voice if value != winner}
    others = sorted((value for value in beside if many[value] >= threshold), key=lambda v: (-many[v], v))
    return first.with_values((winner, *others))


def _outcome(claim: AttributeClaim, verdict: Verdict | None) -> str:
    if verdict is None or verdict.status is not DecisionStatus.DECIDED:
        return IGNORED
    return WON if claim.value in verdict.values else LOST

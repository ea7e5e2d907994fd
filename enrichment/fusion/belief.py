"""What a product is: the fused distributions of image group, article type and gender that placement needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from enrichment.fusion.gender import GENDERS, fuse_genders, usual_genders
from enrichment.fusion.pool import Pooled, pool_one
from enrichment.fusion.voices import voices
from enrichment.fusion.weights import AttributeWeights, FusionWeights
from schemas.group_spec import OTHER, groups
from schemas.records import AttributeClaim, Source
from schemas.taxonomy_spec import Taxonomy, taxonomy

GROUP, TYPE, GENDER = "image_group", "article_type", "gender"
# A group less likely than this passes nothing on to its article types.
_NEGLIGIBLE = 2e-2
_NO_WEIGHTS = AttributeWeights({})


@dataclass(frozen=True, slots=True)
class Belief:
    """Distributions, each summing to at most 1; empty where nobody said anything.

    ``types`` covers every article type of each likely group, named or not.
    """

    groups: Mapping[str, float]
    types: Mapping[str, float]
    genders: Mapping[str, float]


class TypeMap:
    """Which image group each article type is seen as, and how usual it is within the group.

    ``members`` are the article types of each group by name, ``rank`` is the place of each among them (from 0) and
    ``shares`` how usual they are, in their order.
    """

    def __init__(self, declared: Taxonomy, share: Mapping[str, float] | None = None) -> None:
        """Collect the article types of ``declared``, inside the taxonomy and outside; without ``share`` all alike."""
        self.group_of = {t.name: t.group for t in (*declared.placed_types(), *declared.outside)}
        self.members: dict[str, tuple[str, ...]] = {name: () for name in groups().names}
        for name in sorted(self.group_of):
            self.members[self.group_of[name]] += (name,)
        self.rank = {name: at for names in self.members.values() for at, name in enumerate(names)}
        known = share or {}
        self.shares = {group: tuple(known.get(name, 1.0) for name in names) for group, names in self.members.items()}

    def group(self, article_type: str) -> str:
        """Return the group of ``article_type``, ``other`` for one that nobody declared."""
        return self.group_of.get(article_type, OTHER)


def default_types(share: Mapping[str, float] | None = None) -> TypeMap:
    """Return the map of the declared taxonomy."""
    return TypeMap(taxonomy(), share)


def believe(claims: Iterable[AttributeClaim], weights: FusionWeights, types: TypeMap) -> Belief:
    """Fuse group, then article type within the groups, then gender given the article type."""
    sorted_claims = by_attribute(claims, (GROUP, TYPE, GENDER))
    said_types, explicit = sorted_claims[TYPE], [c for c in sorted_claims[GROUP] if c.value in types.members]
    group_claims = [*explicit, *_implied(said_types, explicit, types)]
    group = _pool(group_claims, weights.attributes.get(GROUP, _NO_WEIGHTS), len(types.members))
    names = group.over(types.members) if group else {}
    article = _pool(said_types, weights.attributes.get(TYPE, _NO_WEIGHTS), len(types.group_of))
    shared = _types_within(names, article, types)
    said_genders = [c for c in sorted_claims[GENDER] if c.value in GENDERS]
    gender = weights.attributes.get(GENDER, _NO_WEIGHTS)
    heard = list(voices(said_genders, gender).values())
    usual = usual_genders(shared, weights.gender_of_type)
    return Belief(names, shared, fuse_genders(heard, usual, gender.temperature))


def by_attribute(claims: Iterable[AttributeClaim], names: Sequence[str]) -> dict[str, list[AttributeClaim]]:
    """Return the claims of each named attribute."""
    kept: dict[str, list[AttributeClaim]] = {name: [] for name in names}
    for claim in claims:
        if claim.attribute in kept:
            kept[claim.attribute].append(claim)
    return kept


def _implied(
    said: Sequence[AttributeClaim], explicit: Sequence[AttributeClaim], types: TypeMap
) -> list[AttributeClaim]:
    """Return the group claims that article types imply, of sources that claim no group themselves."""
    outspoken = {claim.source for claim in explicit}
    best: dict[tuple[Source, str, str], AttributeClaim] = {}
    for claim in said:
        if claim.source not in outspoken:
            at = (claim.source, claim.evidence.field, claim.value)
            if at not in best or best[at].confidence < claim.confidence:
                best[at] = claim
    shares: dict[tuple[Source, str, str], AttributeClaim] = {}
    for source, field, value in sorted(best):
        claim, group = best[source, field, value], types.group(value)
        known = shares.get((source, field, group))
        total = claim.confidence + (known.confidence if known else 0.0)
        shares[source, field, group] = AttributeClaim(
            claim.vendor, claim.sku, GROUP, group, source, claim.producer, min(1.0, total), claim.evidence
        )
    return list(shares.values())


def _pool(claims: Sequence[AttributeClaim], weights: AttributeWeights, size: int) -> Pooled | None:
    if not claims:
        return None
    return pool_one(list(voices(claims, weights).values()), size, weights.temperature)


def _types_within(names: Mapping[str, float], article: Pooled | None, types: TypeMap) -> dict[str, float]:
    """Spread each group's probability over its article types as they were pooled, or by their usual share."""
    found: dict[str, float] = {}
    named: Mapping[str, float] = article.named if article else {}
    each = article.each if article else 1.0
    undeclared = tuple(name for name in named if name not in types.group_of)
    for group, sure in names.items():
        if sure < _NEGLIGIBLE:
            continue
        members, shares = types.members[group], types.shares[group]
        odds = [each * share for share in shares]
        for name, pooled in named.items():
            if types.group_of.get(name) == group:
                at = types.rank[name]
                odds[at] = pooled * shares[at]
        if group == OTHER and undeclared:
            members += undeclared
            odds += [named[name] for name in undeclared]
        total = sum(odds)
        if total > 0:
            scale = sure / total
            found.update(zip(members, [value * scale for value in odds], strict=True))
    return found

"""Whom a product is for. Kids are fused as one and told apart after: "kids" and "girls" do not contradict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from enrichment.fusion.pool import pool_one
from enrichment.fusion.voices import Voice

GENDERS = ("boys", "girls", "kids", "men", "unisex", "women")
_KIDS = ("boys", "girls", "kids")
_AGES = ("kids", "men", "unisex", "women")
_AGE_OF = {gender: "kids" if gender in _KIDS else gender for gender in GENDERS}
# Article types less likely than this say nothing about who wears them.
_NEGLIGIBLE = 2e-2
# Who usually wears it counts half once somebody speaks of this very product.
_BESIDE_WORDS = 0.5


def usual_genders(types: Mapping[str, float], shares: Mapping[str, Mapping[str, float]]) -> Mapping[str, float]:
    """Return who usually wears the likely article types; empty where nothing is known of them."""
    likely = [(sure, shares[name]) for name, sure in types.items() if sure >= _NEGLIGIBLE and name in shares]
    if not likely:
        return {}
    rest = max(1.0 - sum([sure for sure, _ in likely]), 0.0) / len(GENDERS)
    told = dict.fromkeys(GENDERS, 0.0)
    for sure, share in likely:
        for gender in GENDERS:
            told[gender] += sure * share.get(gender, 0.0)
    return {gender: rest + sure for gender, sure in told.items()}


def fuse_genders(heard: Sequence[Voice], usual: Mapping[str, float], temperature: float = 1.0) -> dict[str, float]:
    """Return the probability of each gender: what was said times what is usual; empty where neither is known.

    >>> both = fuse_genders([{"kids": 0.9}, {"girls": 0.9}], {})
    >>> round(sum(both[g] for g in ("boys", "girls", "kids")), 2), max(both, key=both.get)
    (1.0, 'girls')
    """
    if not heard and not usual:
        return {}
    ages = pool_one([_as_ages(voice) for voice in heard], len(_AGES), temperature).over(_AGES)
    prior = _as_ages(usual) if usual else dict.fromkeys(_AGES, 1.0)
    weight = _BESIDE_WORDS if heard else 1.0
    odds = {age: sure * prior.get(age, 0.0) ** weight for age, sure in ages.items()}
    total = sum(odds.values())
    found = {age: value / total for age, value in odds.items()}
    kids = found.pop("kids")
    return {**{gender: kids * share for gender, share in _among_kids(heard).items()}, **found}


def _as_ages(voice: Voice) -> dict[str, float]:
    ages: dict[str, float] = {}
    for gender, sure in voice.items():
        age = _AGE_OF.get(gender, gender)
        ages[age] = ages.get(age, 0.0) + sure
    return ages


def _among_kids(heard: Sequence[Voice]) -> dict[str, float]:
    """Split the kids: boys or girls where somebody says so, plain kids for what is left."""
    boys = girls = 0.0
    for voice in heard:
        boys, girls = max(boys, voice.get("boys", 0.0)), max(girls, voice.get("girls", 0.0))
    total = max(1.0, boys + girls)
    return {"boys": boys / total, "girls": girls / total, "kids": max(0.0, 1.0 - (boys + girls) / total)}

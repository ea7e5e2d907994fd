"""How far annotators agree beyond chance: Cohen's kappa for two, Fleiss' for any number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations


def cohen_kappa(first: Sequence[str], second: Sequence[str]) -> float | None:
    """Return Cohen's kappa over the items that both labelled, None where there are none; 1 = full agreement.

    https://doi.org/10.1177/001316446002000104

    >>> cohen_kappa(["a", "a", "b", "b"], ["a", "a", "b", "a"])
    0.5
    """
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a and b]
    if not pairs:
        return None
    total = len(pairs)
    seen = sum(a == b for a, b in pairs) / total
    left, right = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(left[value] * right[value] for value in left) / total**2
    return 1.0 if chance == 1 else round((seen - chance) / (1 - chance), 6)


def fleiss_kappa(votes: Sequence[Sequence[str]]) -> float | None:
    """Return Fleiss' kappa; each item holds its annotators' labels (empty = none), items of one vote do not count.

    Items may have unequal numbers of votes: each weighs by its pairs. https://doi.org/10.1037/h0031619
    """
    counted = [Counter(vote for vote in item if vote) for item in votes]
    counted = [counts for counts in counted if counts.total() >= 2]
    if not counted:
        return None
    agreeing = sum(n * (n - 1) for counts in counted for n in counts.values())
    pairs = sum(counts.total() * (counts.total() - 1) for counts in counted)
    everything: Counter[str] = sum(counted, Counter())
    chance = sum((n / everything.total()) ** 2 for n in everything.values())
    return 1.0 if chance == 1 else round((agreeing / pairs - chance) / (1 - chance), 6)


def agreements(columns: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Return kappa of each pair of annotators (``a ~ b``) and of all (``all``), where both labelled something."""
    out: dict[str, float] = {}
    for a, b in combinations(sorted(columns), 2):
        kappa = cohen_kappa(columns[a], columns[b])
        if kappa is not None:
            out[f"{a} ~ {b}"] = kappa
    overall = fleiss_kappa(list(zip(*columns.values(), strict=True))) if len(columns) > 1 else None
    return {**out, "all": overall} if overall is not None else out

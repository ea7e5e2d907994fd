"""The fusion formula: sources that err independently multiply their probabilities.

For an attribute of ``K`` values of which one is true, each source gives a distribution: what it names has its
calibrated probability, the remainder is spread evenly over what it does not name. The pool is their product,
normalised (logarithmic opinion pool, Genest and Zidek 1986, https://doi.org/10.1214/ss/1177013825).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from enrichment.fusion.voices import Voice, exclusive
from enrichment.fusion.weights import CEILING, FLOOR

# Silence of a source that names something else is at most this strong against a value that may stand beside it.
_SILENCE = -2.5


@dataclass(frozen=True, slots=True)
class Pooled:
    """A fused distribution: ``named`` values, and ``each`` of the values nobody named (all sum to 1)."""

    named: Mapping[str, float]
    each: float

    def of(self, value: str) -> float:
        """Return the probability of any value."""
        return self.named.get(value, self.each)


def pool_one(heard: Sequence[Voice], size: int, temperature: float = 1.0) -> Pooled:
    """Fuse distributions over ``size`` values of which exactly one is true.

    >>> fused = pool_one([{"red": 0.8}, {"red": 0.6, "pink": 0.3}], size=10)
    >>> round(fused.named["red"], 3), round(fused.named["pink"], 3)
    (0.982, 0.014)
    """
    names = sorted({value for voice in heard for value in voice})
    left = max(size - len(names), 1)
    scores = dict.fromkeys(names, 0.0)
    rest = 0.0
    for voice in map(exclusive, heard):
        spread = max(1.0 - sum(voice.values()), FLOOR) / max(size - len(voice), 1)
        log_spread = math.log(spread)
        rest += log_spread
        for name in names:
            said = voice.get(name)
            scores[name] += log_spread if said is None else math.log(said)
    return _normalised(scores, rest, left, temperature)


def _normalised(scores: Mapping[str, float], rest: float, left: int, temperature: float) -> Pooled:
    top = max((*scores.values(), rest))
    odds = {name: math.exp((score - top) / temperature) for name, score in scores.items()}
    each = math.exp((rest - top) / temperature)
    total = sum(odds.values()) + left * each
    return Pooled({name: value / total for name, value in odds.items()}, each / total)


def pool_many(heard: Sequence[Voice], size: int, temperature: float = 1.0) -> dict[str, float]:
    """Fuse values of which several can be true at once: each one's own probability, not summing to 1.

    A source that names a value moves its log-odds by what it adds to the prior ``1 / size``; one that only
    names others speaks against it, boundedly.

    >>> both = pool_many([{"cotton": 0.9, "elastane": 0.9}], size=50)
    >>> {value: round(p, 2) for value, p in both.items()}
    {'cotton': 0.9, 'elastane': 0.9}
    """
    names = sorted({value for voice in heard for value in voice})
    prior = math.log(1.0 / max(size - 1, 1))
    fused: dict[str, float] = {}
    for name in names:
        score = prior
        for voice in heard:
            said = voice.get(name)
            if said is None:
                most = min(max(voice.values()), CEILING)
                score += max(_SILENCE, math.log(1.0 - most))
            else:
                score += math.log(said / (1.0 - said)) - prior
        fused[name] = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score / temperature))))
    return fused

"""The fusion formula: sources that err independently multiply their probabilities.

For an attribute of ``K`` values of which one is true, each source gives a distribution: what it names has its
calibrated probability, the remainder is spread evenly over what it does not name. The pool is their product,
normalised (logarithmic opinion pool, Genest and Zidek 1986, https://doi.org/10.1214/ss/1177013825).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import exp, log
from typing import NamedTuple

from enrichment.fusion.voices import Voice, exclusive
from enrichment.fusion.weights import CEILING, FLOOR

# Silence of a source that names something else is at most this strong against a value that may stand beside it.
_SILENCE = -2.5


class Pooled(NamedTuple):
    """A fused distribution: ``named`` values, and ``each`` of the values nobody named (all sum to 1)."""

    named: Mapping[str, float]
    each: float

    def over(self, values: Iterable[str]) -> dict[str, float]:
        """Return the probability of each of ``values``, named or not, in their order."""
        named, each = self.named, self.each
        return {value: named.get(value, each) for value in values}


def pool_one(heard: Sequence[Voice], size: int, temperature: float = 1.0) -> Pooled:
    """Fuse distributions over ``size`` values of which exactly one is true.

    >>> fused = pool_one([{"red": 0.8}, {"red": 0.6, "pink": 0.3}], size=10)
    >>> round(fused.named["red"], 3), round(fused.named["pink"], 3)
    (0.982, 0.014)
    """
    names: list[str] = sorted(set().union(*heard))
    scores = [0.0] * len(names)
    rest = 0.0
    for voice in heard:
        total = sum(voice.values())
        if total > CEILING:
            voice = exclusive(voice)
            total = sum(voice.values())
        silence = log(max(1.0 - total, FLOOR) / max(size - len(voice), 1))
        rest += silence
        for at, name in enumerate(names):
            scores[at] += log(voice[name]) if name in voice else silence
    top = max((*scores, rest))
    odds = [exp((score - top) / temperature) for score in scores]
    each = exp((rest - top) / temperature)
    total = sum(odds) + max(size - len(names), 1) * each
    return Pooled({name: odds[at] / total for at, name in enumerate(names)}, each / total)


def pool_many(heard: Sequence[Voice], size: int, temperature: float = 1.0) -> dict[str, float]:
    """Fuse values of which several can be true at once: each one's own probability, not summing to 1.

    A source that names a value moves its log-odds by what it adds to the prior ``1 / size``; one that only
    names others speaks against it, boundedly.

    >>> both = pool_many([{"cotton": 0.9, "elastane": 0.9}], size=50)
    >>> {value: round(p, 2) for value, p in both.items()}
    {'cotton': 0.9, 'elastane': 0.9}
    """
    names = sorted({value for voice in heard for value in voice})
    prior = log(1.0 / max(size - 1, 1))
    fused: dict[str, float] = {}
    for name in names:
        score = prior
        for voice in heard:
            said = voice.get(name)
            if said is None:
                most = min(max(voice.values()), CEILING)
                score += max(_SILENCE, log(1.0 - most))
            else:
                score += log(said / (1.0 - said)) - prior
        fused[name] = 1.0 / (1.0 + exp(-max(-30.0, min(30.0, score / temperature))))
    return fused

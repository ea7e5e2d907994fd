"""What each source says of one attribute: its claims as calibrated probabilities, whatever their order."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from enrichment.fusion.weights import CEILING, FLOOR, AttributeWeights, SourceWeight
from schemas.records import AttributeClaim, Source

Voice = Mapping[str, float]
_PLAIN = SourceWeight()


def voices(claims: Iterable[AttributeClaim], weights: AttributeWeights) -> dict[Source, dict[str, float]]:
    """Return source -> value -> probability.

    A value named twice by a source counts once, at its best; a picture's claims are averaged over the
    product's pictures that say anything, so that ten views do not outvote the words.
    """
    said: dict[Source, dict[str, float]] = {}
    pictures: dict[str, dict[str, float]] = {}
    for claim in claims:
        if claim.source is Source.IMAGE:
            heard = pictures.setdefault(claim.evidence.field, {})
        else:
            heard = said.setdefault(claim.source, {})
        if claim.confidence > heard.get(claim.value, 0.0):
            heard[claim.value] = claim.confidence
    if pictures:
        said[Source.IMAGE] = _mean(pictures)
    calibrated = {s: _calibrated(said[s], weights.sources.get(s, _PLAIN)) for s in sorted(said)}
    meant = weights.readings
    return {s: _as_meant(heard, meant[s]) if s in meant else heard for s, heard in calibrated.items()}


def exclusive(voice: Voice) -> Voice:
    """Return ``voice`` scaled so that its values, of which one can be true, do not exceed certainty together."""
    total = sum(voice.values())
    return voice if total <= CEILING else {value: p * CEILING / total for value, p in voice.items()}


def _mean(pictures: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    if len(pictures) == 1:
        return dict(next(iter(pictures.values())))
    values = sorted({value for heard in pictures.values() for value in heard})
    return {v: math.fsum(heard.get(v, 0.0) for heard in pictures.values()) / len(pictures) for v in values}


def _calibrated(heard: Mapping[str, float], weight: SourceWeight) -> dict[str, float]:
    return {value: weight.probability(heard[value]) for value in sorted(heard)}


def _as_meant(heard: Mapping[str, float], readings: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Spread each value's probability over what the source usually means by it."""
    meant: dict[str, float] = {}
    for value, sure in heard.items():
        for other, share in readings.get(value, {value: 1.0}).items():
            meant[other] = meant.get(other, 0.0) + sure * share
    return {value: min(max(meant[value], FLOOR), CEILING) for value in sorted(meant)}

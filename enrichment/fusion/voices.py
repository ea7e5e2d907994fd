"""What each source says of one attribute: its claims as calibrated probabilities, whatever their order."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import lru_cache

from enrichment.fusion.weights import CEILING, FLOOR, AttributeWeights, SourceWeight
from schemas.records import AttributeClaim, Source

Voice = Mapping[str, float]
_PLAIN = SourceWeight()


@lru_cache(maxsize=4096)
def speaker(source: Source, producer: str) -> str:
    """Return the name of one producer's voice, "text:nouns" for nouns@1: versions of one extractor speak alike."""
    return f"{source}:{producer.partition('@')[0]}"


def source_of(voice: str) -> Source:
    """Return the source of a voice, "text" for "text:nouns"."""
    return Source(voice.partition(":")[0])


def voices(claims: Iterable[AttributeClaim], weights: AttributeWeights) -> dict[str, dict[str, float]]:
    """Return voice -> value -> probability; producers with weights of their own are voices of their own.

    A value named twice by a voice counts once, at its best; a picture's claims are averaged over the
    product's pictures that say anything, so that ten views do not outvote the words.
    """
    said: dict[str, dict[str, float]] = {}
    pictures: dict[str, dict[str, dict[str, float]]] = {}
    for claim in claims:
        own = speaker(claim.source, claim.producer)
        name = own if own in weights.sources else str(claim.source)
        if claim.source is Source.IMAGE:
            heard = pictures.setdefault(name, {}).setdefault(claim.evidence.field, {})
        else:
            heard = said.setdefault(name, {})
        if claim.confidence > heard.get(claim.value, 0.0):
            heard[claim.value] = claim.confidence
    for name, seen in pictures.items():
        said[name] = _mean(seen)
    for guess in weights.guesses:
        if guess in said and any(name != guess and source_of(name) is source_of(guess) for name in said):
            del said[guess]
    calibrated = {name: _calibrated(said[name], weights.sources.get(name, _PLAIN)) for name in sorted(said)}
    meant = weights.readings
    return {name: _as_meant(heard, meant[name]) if name in meant else heard for name, heard in calibrated.items()}


def by_source(heard: Mapping[str, Voice]) -> dict[Source, dict[str, float]]:
    """Return what each source says at its surest, whichever of its voices says so."""
    found: dict[Source, dict[str, float]] = {}
    for name, voice in heard.items():
        kept = found.setdefault(source_of(name), {})
        for value, sure in voice.items():
            kept[value] = max(sure, kept.get(value, 0.0))
    return found


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

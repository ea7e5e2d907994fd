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
    product's pictures that say anything, so that ten views do not outvote the words. Who is sure of nothing
    (confidence 0) says nothing.
    """
    weighed, meant = weights.sources, weights.readings
    said: dict[str, dict[str, float]] = {}
    pictures: dict[str, dict[str, dict[str, float]]] = {}
    for claim in claims:
        source, value, sure = claim.source, claim.value, claim.confidence
        name = speaker(source, claim.producer)
        if name not in weighed:
            name = str(source)
        if source is Source.IMAGE:
            heard = pictures.setdefault(name, {}).setdefault(claim.evidence.field, {})
        else:
            heard = said.setdefault(name, {})
        if sure > heard.get(value, 0.0):
            heard[value] = sure
    for name, seen in pictures.items():
        said[name] = _mean(seen)
    for guess in weights.guesses:
        if guess in said and any(name != guess and source_of(name) is source_of(guess) for name in said):
            del said[guess]
    found: dict[str, dict[str, float]] = {}
    for name in sorted(name for name, heard in said.items() if heard):
        heard, weight = said[name], weighed.get(name, _PLAIN)
        calibrated = {value: weight.probability(heard[value]) for value in sorted(heard)}
        found[name] = _as_meant(calibrated, meant[name]) if name in meant else calibrated
    return found


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


def _as_meant(heard: Mapping[str, float], readings: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Spread each value's probability over what the source usually means by it."""
    meant: dict[str, float] = {}
    for value, sure in heard.items():
        shares = readings.get(value)
        if shares is None:
            meant[value] = meant.get(value, 0.0) + sure
            continue
        for other, share in shares.items():
            meant[other] = meant.get(other, 0.0) + sure * share
    return {value: min(max(meant[value], FLOOR), CEILING) for value in sorted(meant)}

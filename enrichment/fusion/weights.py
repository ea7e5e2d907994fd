"""How far each source is believed for each attribute: declared by hand at first, learned once there are examples."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.attribute_spec import Attribute, Attributes
from schemas.errors import ModelMismatch
from schemas.records import Source

FORMAT = 3
# Confidences are kept off 0 and 1, where one overconfident claim could not be outvoted by any number of others.
FLOOR, CEILING = 1e-4, 0.9995


@dataclass(frozen=True, slots=True)
class SourceWeight:
    """Turns a claim's confidence into a probability: ``belief * sigmoid(slope * logit(confidence) + shift)``.

    Slope and shift are Platt's calibration (https://en.wikipedia.org/wiki/Platt_scaling); ``belief`` caps what
    the source can ever reach, so that declared weights need no data.
    """

    belief: float = 1.0
    slope: float = 1.0
    shift: float = 0.0

    def probability(self, confidence: float) -> float:
        """Return the calibrated probability, within ``FLOOR`` and ``CEILING``.

        >>> round(SourceWeight(belief=0.8).probability(0.9), 3)
        0.72
        """
        sure = FLOOR if confidence < FLOOR else CEILING if confidence > CEILING else confidence
        score = self.slope * math.log(sure / (1.0 - sure)) + self.shift
        raw = self.belief / (1.0 + math.exp(30.0 if score < -30.0 else -30.0 if score > 30.0 else -score))
        return FLOOR if raw < FLOOR else CEILING if raw > CEILING else raw


@dataclass(frozen=True, slots=True)
class AttributeWeights:
    """Weights of one attribute: one a voice, and the least probability that is decided.

    A voice is a source ("text") or one of its producers ("text:nouns"), which then speaks for itself.
    ``temperature`` flattens (above 1) or sharpens the fused distribution, for sources that err together.
    ``readings``: what is meant when a source names a value, as shares that sum to at most 1 ("flats" in words
    are filed as heels one time in three); a value without an entry means itself. ``guesses`` are voices that
    are heard only where no other voice of their source speaks: what a shirt usually is says nothing beside "Ladies".
    """

    sources: Mapping[str, SourceWeight]
    threshold: float = 0.5
    temperature: float = 1.0
    readings: Mapping[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)
    guesses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FusionWeights:
    """Weights of every attribute; ``version`` names them in each decision's rule.

    ``gender_of_type``: share of each gender among products of an article type, the prior where nobody says.
    ``type_share``: share of article types within their image group. Both may be empty (uniform).
    """

    version: str
    attributes: Mapping[str, AttributeWeights]
    gender_of_type: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    type_share: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the weights as JSON, keys sorted: equal weights are equal bytes."""
        body = {
            "format": FORMAT,
            "version": self.version,
            "attributes": {name: _attribute_to(weights) for name, weights in self.attributes.items()},
            "gender_of_type": {name: dict(shares) for name, shares in self.gender_of_type.items()},
            "type_share": dict(self.type_share),
        }
        return json.dumps(body, indent=1, sort_keys=True) + "\n"

    @staticmethod
    def from_json(text: str) -> FusionWeights:
        """Read what :meth:`to_json` wrote.

        Raises:
            ModelMismatch: no weights, or of another format.

        """
        try:
            body = json.loads(text)
            if body["format"] != FORMAT:
                raise ModelMismatch(f"fusion weights: format {body['format']!r}, allowed: {FORMAT}. Learn them again.")
            attributes = {name: _attribute_from(item) for name, item in body["attributes"].items()}
            return FusionWeights(body["version"], attributes, body["gender_of_type"], body["type_share"])
        except (KeyError, TypeError, AttributeError, json.JSONDecodeError, ValueError) as error:
            if isinstance(error, ModelMismatch):
                raise
            raise ModelMismatch(f"fusion weights: not readable ({error!r}). Learn them again.") from error


def declared(vocabulary: Attributes) -> FusionWeights:
    """Return the weights that ``schemas/attributes.yaml`` declares."""
    return FusionWeights(f"declared@{vocabulary.version}", {a.name: declared_for(a) for a in vocabulary.attributes})


def declared_for(attribute: Attribute) -> AttributeWeights:
    """Return one attribute's declared weights; a source is believed at most that far."""
    said = attribute.weights
    sources = {Source.VENDOR: said.vendor, Source.TEXT: said.text, Source.IMAGE: said.image}
    return AttributeWeights({str(s): SourceWeight(belief=w) for s, w in sources.items()}, attribute.threshold)


def _attribute_to(weights: AttributeWeights) -> dict[str, Any]:
    sources = {name: [w.belief, w.slope, w.shift] for name, w in weights.sources.items()}
    readings = {name: {v: dict(m) for v, m in meant.items()} for name, meant in weights.readings.items()}
    return {
        "sources": sources,
        "threshold": weights.threshold,
        "temperature": weights.temperature,
        "readings": readings,
        "guesses": list(weights.guesses),
    }


def _attribute_from(item: Mapping[str, Any]) -> AttributeWeights:
    sources = {name: SourceWeight(*map(float, numbers)) for name, numbers in item["sources"].items()}
    guesses = tuple(item["guesses"])
    return AttributeWeights(sources, float(item["threshold"]), float(item["temperature"]), item["readings"], guesses)

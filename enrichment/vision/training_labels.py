"""The declared maps from the training sets' labels to the project's values (``training_labels.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import Field

from schemas.declared import Declared, load

_DECLARED = Path(__file__).with_name("training_labels.yaml")


class Distant(Declared):
    """Which attributes of a picture may learn from words, and from which ``confidence`` (0 to 1) of a claim on."""

    attributes: tuple[str, ...]
    confidence: float = Field(ge=0, le=1)


class TrainingLabels(Declared):
    """Label maps of every training set; a name that no map holds gives no label."""

    version: int
    colour_names: Mapping[str, str]
    colour_merge: Mapping[str, str]
    gender_names: Mapping[str, str]
    gender_merge: Mapping[str, str]
    occasion_names: Mapping[str, str]
    season_names: Mapping[str, str]
    phone_labels: Mapping[str, Mapping[str, str]]
    phone_among: Mapping[str, Mapping[str, tuple[str, ...]]]
    distant: Distant

    def among(self, attribute: str) -> tuple[tuple[str, ...], ...]:
        """Return the sets of values of ``attribute`` that some label leaves open, each once, sorted."""
        return tuple(sorted({sets[attribute] for sets in self.phone_among.values() if attribute in sets}))

    def merge(self, attribute: str, value: str) -> str:
        """Return the value under which near-equal values of ``attribute`` count as one."""
        maps = {"colour": self.colour_merge, "gender": self.gender_merge}
        return maps.get(attribute, {}).get(value, value)


@cache
def training_labels(path: Path = _DECLARED) -> TrainingLabels:
    """Return the project's declared label maps."""
    return load(path, TrainingLabels)

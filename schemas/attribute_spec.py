"""The declared attributes of ``schemas/attributes.yaml``: values, synonyms, groups, weights, thresholds."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from schemas.declared import SCHEMA_DIR, Declared, load
from schemas.group_spec import groups


class Value(Declared):
    """One allowed value: its snake_case name, its spellings, its ids in the Shopify and Google taxonomies."""

    name: str
    synonyms: tuple[str, ...] = ()
    shopify: str | None = None
    google: str | None = None


class Weights(Declared):
    """How far a source is believed for one attribute, 0 (never) to 1."""

    vendor: float = Field(0.6, ge=0, le=1)
    text: float = Field(0.8, ge=0, le=1)
    image: float = Field(0.5, ge=0, le=1)


class Attribute(Declared):
    """One attribute: which groups it applies to (empty = all), its values, and how its claims are weighed.

    ``kind``: ``choice`` has one of ``values``; ``choices`` may have several (materials); ``measure`` is a
    number with ``unit``; ``text`` is free (material percentages).
    """

    name: str
    title: str
    kind: Literal["choice", "choices", "measure", "text"] = "choice"
    groups: tuple[str, ...] = ()
    unit: str | None = None
    values: tuple[Value, ...] = ()
    weights: Weights = Weights()
    threshold: float = Field(0.5, ge=0, le=1)
    shopify: str | None = None

    @model_validator(mode="after")
    def _known(self) -> Attribute:
        unknown = set(self.groups) - set(groups().names)
        if unknown:
            raise ValueError(f"unknown groups {sorted(unknown)}; allowed: {groups().names}")
        names = [v.name for v in self.values]
        if len(set(names)) != len(names):
            raise ValueError(f"attribute {self.name}: a value is declared twice")
        return self

    def applies_to(self, group: str) -> bool:
        """Tell whether a product of ``group`` can have this attribute at all."""
        return not self.groups or group in self.groups


class Attributes(Declared):
    """The whole vocabulary of one language."""

    version: int
    language: str = "en"
    attributes: tuple[Attribute, ...]

    @model_validator(mode="after")
    def _unique(self) -> Attributes:
        names = [a.name for a in self.attributes]
        if len(set(names)) != len(names):
            raise ValueError("an attribute is declared twice")
        return self

    def get(self, name: str) -> Attribute:
        """Return one attribute; ``KeyError`` where it is not declared."""
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute
        raise KeyError(name)


@cache
def attributes(path: Path = SCHEMA_DIR / "attributes.yaml") -> Attributes:
    """Return the declared vocabulary."""
    return load(path, Attributes)

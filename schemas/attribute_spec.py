"""The declared attributes of ``schemas/attributes.yaml``: values, synonyms, groups, weights, thresholds."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from schemas.declared import SCHEMA_DIR, Declared, load
from schemas.group_spec import groups


class Value(Declared):
    """One allowed value: its snake_case name, its spellings, its ids in the Shopify and Google taxonomies.

    ``synonyms`` prove the value anywhere in a text; ``words`` ("round") only beside one of the attribute's
    heads ("neck") or in a field of that attribute; ``codes`` ("HO") only in a vendor's column of it.
    """

    name: str
    synonyms: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    shopify: str | None = None
    google: str | None = None

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every spelling that names the value in a field of its own attribute, the name first."""
        return (self.name.replace("_", " "), *self.synonyms, *self.words)


class Weights(Declared):
    """How far a source is believed for one attribute, 0 (never) to 1."""

    vendor: float = Field(default=0.6, ge=0, le=1)
    text: float = Field(default=0.8, ge=0, le=1)
    image: float = Field(default=0.5, ge=0, le=1)


class Attribute(Declared):
    """One attribute: which groups it applies to (empty = all), its values, and how its claims are weighed.

    ``kind``: ``choice`` has one of ``values``; ``choices`` may have several (materials); ``measure`` is a
    number with ``unit``; ``text`` is free (material percentages). ``heads`` are the nouns that a value's
    short ``words`` need beside them (the colour has none: its words need the noun of what is worn); ``keys`` are the
    names vendors give the attribute ("Neck: Round"), ``columns`` other names of a vendor's column of it. A column
    of a ``dated`` attribute may give a year before or after the value ("FW 26", "2026 Winter").
    """

    name: str
    title: str
    kind: Literal["choice", "choices", "measure", "text"] = "choice"
    groups: tuple[str, ...] = ()
    unit: str | None = None
    columns: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()
    weights: Weights = Weights()
    threshold: float = Field(default=0.5, ge=0, le=1)
    shopify: str | None = None
    google: str | None = None
    heads: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    dated: bool = False

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

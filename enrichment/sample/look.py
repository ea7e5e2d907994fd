"""What product ``i`` is and looks like: group, article type, wearer and attribute values, all of declared names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from enrichment.sample.choices import choose, pick
from enrichment.sample.fabric import Rng
from enrichment.sample.looks import looks
from enrichment.sample.palette import pick_colour
from enrichment.sample.streams import LOOK, stream
from schemas.attribute_spec import attributes
from schemas.taxonomy_spec import taxonomy


@dataclass(frozen=True, slots=True)
class Look:
    """One product's truth; ``values`` hold declared attribute values."""

    group: str
    article_type: str
    gender: str
    values: Mapping[str, str]

    @property
    def colour(self) -> str:
        """The base colour."""
        return self.values["colour"]


def look(seed: int, i: int) -> Look:
    """Return what product ``i`` of catalogue ``seed`` is."""
    rng = stream(seed, i, LOOK)
    group = pick(looks().groups, rng)
    kind = pick(looks().types[group], rng)
    values = {"colour": pick_colour(rng), **choose(group, kind, rng)}
    if kind == "Jeans":
        values |= {"colour": pick({"blue": 6, "navy_blue": 3, "black": 3, "grey": 1}, rng), "pattern": "solid"}
    return Look(group, kind, _gender(kind, rng), _applicable(group, values))


def _gender(kind: str, rng: Rng) -> str:
    if kind in looks().children and rng.random() < 0.14:
        return "girls" if kind in looks().women or rng.random() < 0.5 else "boys"
    if kind in looks().women:
        return "women"
    if kind in looks().men:
        return "men"
    return pick({"men": 48, "women": 46, "unisex": 6}, rng)


def _applicable(group: str, values: dict[str, str]) -> dict[str, str]:
    known = declared(group)
    return {name: value for name, value in values.items() if value in known.get(name, ())}


@cache
def declared(group: str) -> dict[str, frozenset[str]]:
    """Return the declared values of each attribute that applies to ``group``."""
    return {a.name: frozenset(v.name for v in a.values) for a in attributes().attributes if a.applies_to(group)}


@cache
def nodes() -> dict[str, tuple[str, str, str]]:
    """Return article type -> (department, class, subclass) of the declared hierarchy."""
    return {
        kind.name: (department.name, class_.name, subclass.name)
        for department in taxonomy().departments
        for class_ in department.classes
        for subclass in class_.subclasses
        for kind in subclass.article_types
    }


@cache
def division_of(gender: str) -> str:
    """Return the declared division that a gender falls into."""
    return next(d.name for d in taxonomy().divisions if gender in d.genders)

"""What the declarations allow in a published table, and how much a night may change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.attribute_spec import Attributes
from schemas.group_spec import Groups
from schemas.taxonomy_spec import Department, Subclass, Taxonomy

JOIN = " / "
# How the decided values of an attribute that may have several stand in one cell.
SEVERAL = "|"


@dataclass(frozen=True, slots=True)
class Allowed:
    """Image groups, values by attribute (an attribute not named is free), and every path of the hierarchy."""

    groups: frozenset[str]
    values: Mapping[str, frozenset[str]]
    paths: frozenset[str]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may change before a person has to look.

    ``refiled_share`` is the largest share (0 to 1) of products known before that may be refiled in one night; it is
    asked only where at least ``least_compared`` products are known before. ``least_products`` guards an emptied
    catalogue.
    """

    refiled_share: float = 0.2
    least_compared: int = 50
    least_products: int = 1


DEFAULT_LIMITS = Limits()


def allowed(attributes: Attributes, groups: Groups, taxonomy: Taxonomy) -> Allowed:
    """Read what is allowed from the declarations; attributes that are measures or free text have no value set."""
    values = {a.name: frozenset(v.name for v in a.values) for a in attributes.attributes if a.values}
    below = [path for department in taxonomy.departments for path in _paths(department)]
    paths = {JOIN.join((division.name, *path)) for division in taxonomy.divisions for path in ((), *below)}
    return Allowed(frozenset(groups.names), values, frozenset(paths))


def _paths(department: Department) -> list[tuple[str, ...]]:
    """Return every path under a division that starts with ``department``, itself included."""
    found: list[tuple[str, ...]] = [(department.name,)]
    for class_ in department.classes:
        found.append((department.name, class_.name))
        for subclass in class_.subclasses:
            path = (department.name, class_.name, subclass.name)
            found += [path, *((*path, title) for title in _titles(subclass))]
    return found


def _titles(subclass: Subclass) -> list[str]:
    return [] if subclass.category is None else sorted(subclass.category.titles.values())

"""What the declarations allow in a published table, and how much a night may change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.attribute_spec import Attributes
from schemas.group_spec import Groups
from schemas.paths import join_path
from schemas.taxonomy_spec import Taxonomy

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
    paths = frozenset(join_path(path) for path in taxonomy.paths())
    return Allowed(frozenset(groups.names), values, paths)

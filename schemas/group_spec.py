"""The declared image groups of ``schemas/groups.yaml``."""

from __future__ import annotations

from functools import cache

from schemas.declared import SCHEMA_DIR, Declared, load

OTHER = "other"


class Group(Declared):
    """One image group."""

    name: str
    title: str


class Groups(Declared):
    """All image groups, in the order of every score vector."""

    version: int
    groups: tuple[Group, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Group names in score order, ``other`` last."""
        return tuple(g.name for g in self.groups)


@cache
def groups() -> Groups:
    """Return the project's declared groups."""
    return load(SCHEMA_DIR / "groups.yaml", Groups)

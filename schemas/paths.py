"""Hierarchy paths as tables, files and people write them: ``Women / Clothing / Dresses``."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.records import HierarchyPath

SEPARATOR = " / "


def split_path(text: str | None) -> tuple[str, ...]:
    """Return the levels of a written path, top first; none for an empty one.

    >>> split_path("Women / Clothing / Dresses")
    ('Women', 'Clothing', 'Dresses')
    """
    return tuple(text.split(SEPARATOR)) if text else ()


def join_path(levels: Iterable[str]) -> str:
    """Return the written form of ``levels``, empty for none."""
    return SEPARATOR.join(levels)


def parse_path(text: str | None) -> HierarchyPath:
    """Return ``text`` as a record; ``ValueError`` where it has an empty level or more than five."""
    return HierarchyPath(tuple(level.strip() for level in split_path(text)))


def prefix(text: str | None, depth: int) -> str:
    """Return the first ``depth`` levels of a written path, all of it where it is shorter.

    >>> prefix("Women / Clothing / Dresses", 2)
    'Women / Clothing'
    """
    return join_path(split_path(text)[:depth])

"""Dotted paths into nested records: ``breadcrumbs[0]``, ``media.images[*].url``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

_STEP = re.compile(r"\[(\d+|\*)\]|([^.\[\]]+)")


@cache
def steps(path: str) -> tuple[str | int, ...]:
    """Split a path into keys, list positions, and ``*`` (as the integer -1) for every item of a list."""
    found: list[str | int] = []
    for index, key in _STEP.findall(path):
        found.append(key if key else -1 if index == "*" else int(index))
    return tuple(found)


def root(path: str) -> str:
    """Return the first key of a path."""
    first = steps(path)[:1]
    return str(first[0]) if first else path


def lookup(record: Mapping[str, object], column: str) -> object:
    """Return what ``column`` leads to, None where the way breaks off; a key of exactly that name comes first."""
    # Real keys hold dots ("price.eur"), so the whole name is tried first.
    if column in record:
        return record[column]
    return _walk(record, steps(column))


def _walk(value: object, way: tuple[str | int, ...]) -> object:
    for at, step in enumerate(way):
        if step == -1:
            return [_walk(item, way[at + 1 :]) for item in value] if isinstance(value, list) else None
        value = _down(value, step)
    return value


def _down(value: object, step: str | int) -> object:
    if isinstance(step, int):
        return value[step] if isinstance(value, list) and step < len(value) else None
    return value.get(step) if isinstance(value, Mapping) else None

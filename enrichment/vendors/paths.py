"""Dotted paths into nested records: ``breadcrumbs[0]``, ``media.images[*].url``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TypeAlias

EVERY = -1
Way: TypeAlias = tuple[str | int, ...]
_STEP = re.compile(r"\[(\d+|\*)\]|([^.\[\]]+)")


class Repeated(list[object]):
    """Elements of one name, one or several: a key leads on from each of them, and one alone stands for itself."""

    __slots__ = ()


@cache
def steps(path: str) -> Way:
    """Split a path into keys, list positions, and ``EVERY`` for the ``*`` that is every item of a list."""
    found: list[str | int] = []
    for index, key in _STEP.findall(path):
        found.append(key if key else EVERY if index == "*" else int(index))
    return tuple(found)


def spelt(way: Way) -> str:
    """Write a way as a path.

    >>> spelt(steps("media.images[*].url"))
    'media.images[*].url'
    """
    parts = (f".{step}" if isinstance(step, str) else "[*]" if step == EVERY else f"[{step}]" for step in way)
    return "".join(parts).removeprefix(".")


def root(path: str) -> str:
    """Return the first key of a path."""
    first = steps(path)[:1]
    return str(first[0]) if first else path


def lookup(record: Mapping[str, object], column: str) -> object:
    """Return what ``column`` leads to, None where the way breaks off; a key of exactly that name comes first."""
    # Real keys hold dots ("price.eur"), so the whole name is tried first.
    found = record[column] if column in record else _walk(record, steps(column))
    return found[0] if isinstance(found, Repeated) and len(found) == 1 else found


def _walk(value: object, way: Way) -> object:
    for at, step in enumerate(way):
        if step == EVERY:
            return [_walk(item, way[at + 1 :]) for item in value] if isinstance(value, list) else None
        value = _down(value, step)
    return value


def _down(value: object, step: str | int) -> object:
    if isinstance(step, int):
        return value[step] if isinstance(value, list) and step < len(value) else None
    if isinstance(value, Repeated):
        return _gathered(value, step)
    return value.get(step) if isinstance(value, Mapping) else None


def _gathered(items: Repeated, key: str) -> object:
    """Take together what each of ``items`` has under ``key``."""
    found = [item[key] for item in items if isinstance(item, Mapping) and key in item]
    if len(found) < 2:
        return found[0] if found else None
    return Repeated(one for value in found for one in (value if isinstance(value, list) else [value]))

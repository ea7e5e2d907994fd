"""What the declared paths say of a record's form: where a list is wanted, where the way goes on, where it ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from enrichment.vendors.paths import steps


@dataclass(slots=True)
class Place:
    """A place in a record: ``keys`` that paths take from here, ``items`` where they take it for a list."""

    keys: dict[str, Place] = field(default_factory=dict)
    items: Place | None = None
    ends: bool = False

    def at(self, key: str) -> Place:
        """Return the place of a child or ``@attribute``, under its whole name or the one behind its prefix."""
        return self.keys.get(key) or self.keys.get(local(key)) or NOWHERE


# No declared path leads there.
NOWHERE = Place()


def shape(columns: Iterable[str]) -> Place:
    """Return the place of a record that ``columns`` start from."""
    record = Place()
    for column in columns:
        place = record
        for step in steps(column):
            if isinstance(step, str):
                place = place.keys.setdefault(step, Place())
            else:
                place.items = place = place.items or Place()
        place.ends = True
    _share(record)
    return record


def _share(place: Place) -> None:
    """Let each item have what some path takes from all of them together: ``image[0].url`` beside ``image.title``."""
    if place.items is not None:
        _take(place.items, place.keys)
    for inner in (*place.keys.values(), *([place.items] if place.items else [])):
        _share(inner)


def _take(place: Place, keys: dict[str, Place]) -> None:
    for key, more in keys.items():
        own = place.keys.setdefault(key, Place())
        own.ends |= more.ends
        _take(own, more.keys)
        if more.items is not None:
            own.items = own.items or Place()
            own.items.ends |= more.items.ends
            _take(own.items, more.items.keys)


def local(key: str) -> str:
    """Return a key without its namespace's prefix.

    >>> local("g:title"), local("@xml:lang"), local("title")
    ('title', '@lang', 'title')
    """
    prefix, colon, name = key.rpartition(":")
    return key if not colon else f"@{name}" if prefix.startswith("@") else name

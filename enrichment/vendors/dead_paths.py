"""Declared paths into nested records that lead nowhere in any row of a drop, as a misspelt one does."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile

from enrichment.vendors.paths import EVERY, Repeated, Way, spelt, steps
from enrichment.vendors.port import Refusal, Row
from schemas.errors import DropError
from schemas.records import ProblemReason, bounded
from schemas.vendor_spec import VendorSpec

# A small delta may well lack a key that the vendor leaves out where it has no value.
_PROOF = 20
_SHOWN = 30
_ITEMS = 50
# "uri" and "url" are above it, "pattern" and "material" are not.
_ALIKE = 0.65


@dataclass(slots=True)
class _Broken:
    """In how many rows a path broke off, and which paths lead on from there."""

    rows: int = 0
    instead: dict[str, None] = field(default_factory=dict)


class DeadPaths:
    """Watches the rows of one drop.

    A path is alive once a single row has its last key, if only with null. It breaks off in a row where what it leads
    through is there and does not go on: the key is absent, or it meets a list where it names a key. A null, an
    empty list or a position behind a list's end say neither.
    """

    def __init__(self, spec: VendorSpec) -> None:
        """Watch the columns of ``spec`` that are paths and not optional."""
        self._spec = spec
        wanted = [c for c in spec.wanted_columns if spec.nested and c not in spec.columns.optional]
        self._open = {column: _Broken() for column in wanted if len(steps(column)) > 1}

    def see(self, row: Row) -> None:
        """Look at one row; a path that it shows to be alive is not looked for again."""
        for column, broken in list(self._open.items()):
            ends = [None] if column in row else list(_ends(row, steps(column), 0))
            if None in ends:
                del self._open[column]
            elif ends:
                broken.rows += 1
                for way in ends:
                    if way is not None and len(broken.instead) < _SHOWN:
                        broken.instead.setdefault(bounded(spelt(way), 60))

    def notices(self) -> list[Refusal]:
        """Return a notice a dead path: a vendor may leave out a key where no row has a value.

        Raises:
            DropError: one broke off in 20 rows or more, and one spelt much like it leads on: a missing column.

        """
        dead = {column: broken for column, broken in self._open.items() if broken.rows}
        known = frozenset(self._spec.wanted_columns)
        proven = [
            _told(column, broken, known)
            for column, broken in dead.items()
            if broken.rows >= _PROOF and _nearest(column, broken, known)
        ]
        if proven:
            raise DropError(
                f"drop {self._spec.vendor}: missing column: {'; '.join(proven)}. Ask the vendor for the column, fix "
                f"the map in {self._spec.file}, or name it under `optional` there."
            )
        return [Refusal(ProblemReason.COLUMN_ABSENT, _told(c, broken, known), c) for c, broken in dead.items()]


def _told(column: str, broken: _Broken, known: frozenset[str]) -> str:
    near, names = _nearest(column, broken, known), _instead(broken, known)
    closest = f" (closest: {near!r})" if near else f" (found there: {', '.join(names[:5])})" if names else ""
    return f"{column!r} leads nowhere in any of {broken.rows} rows{closest}"


def _nearest(column: str, broken: _Broken, known: frozenset[str]) -> str:
    """Return the path most like ``column`` where both part, if any is much like it."""
    alike = {name: _likeness(column, name) for name in _instead(broken, known)}
    best = max(alike, key=lambda name: alike[name], default="")
    return best if alike.get(best, 0.0) > _ALIKE else ""


def _likeness(one: str, other: str) -> float:
    shared = "".join(mine for mine, _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    behind = max(shared.rfind("."), shared.rfind("]")) + 1
    return difflib.SequenceMatcher(None, one[behind:], other[behind:]).ratio()


def _instead(broken: _Broken, known: frozenset[str]) -> list[str]:
    """Return the paths that lead on and are not declared themselves."""
    return [name for name in broken.instead if name not in known]


def _ends(value: object, way: Way, at: int) -> Iterator[Way | None]:
    """Yield None where the way is gone to its end, and a way that leads on for each place where it breaks off."""
    if at == len(way):
        yield None
    elif value is None:
        return
    elif isinstance(way[at], int):
        yield from _list_ends(value, way, at)
    elif isinstance(value, Repeated):
        for item in value[:_ITEMS]:
            yield from _ends(item, way, at)
    elif isinstance(value, Mapping):
        if way[at] in value:
            yield from _ends(value[way[at]], way, at + 1)
        else:
            yield from [(*way[:at], str(key), *way[at + 1 :]) for key in list(value)[:_SHOWN]] or [way]
    else:
        # A list where a key is named: the way leads on through its items.
        yield (*way[:at], EVERY, *way[at:]) if isinstance(value, list) else way


def _list_ends(value: object, way: Way, at: int) -> Iterator[Way | None]:
    if not isinstance(value, list):
        yield (*way[:at], *way[at + 1 :])
        return
    items = value[:_ITEMS] if way[at] == EVERY else value[int(way[at]) :][:1]
    for item in items:
        yield from _ends(item, way, at + 1)

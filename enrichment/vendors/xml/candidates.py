"""Which elements of a document could be its records, for whoever has to declare one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from enrichment.vendors.xml.parser import parsed
from enrichment.vendors.xml.trail import Trail
from schemas.records import bounded
from schemas.vendor_spec import VendorSpec

# A few megabytes show what a catalogue is like.
_PIECES = 200
_PATHS = 1_000
_SHOWN = 5


@dataclass(slots=True)
class Candidate:
    """An element by its path below the root: how often it came, and whether its likes stand side by side.

    ``listed``: it stood within the list that was declared to be around the records.
    """

    path: str
    times: int = 0
    repeats: bool = False
    holds: bool = False
    inside: bool = False
    listed: bool = False
    last: int = -1


def candidates(spec: VendorSpec, path: Path) -> list[Candidate]:
    """Return what could be a record, the likeliest first: elements that hold others and stand in rows."""
    census = _Census(spec.records)
    for _ in islice(parsed(spec, path, census), _PIECES):
        pass
    return census.likely()


def told(found: list[Candidate]) -> str:
    """Name the likeliest candidates."""
    shown = (f"{bounded(one.path, 60)!r} ({'once' if one.times == 1 else f'{one.times} times'})" for one in found)
    return ", ".join(islice(shown, _SHOWN)) or "none"


class _Census:
    """Counts elements by their paths."""

    def __init__(self, records: str) -> None:
        self._above = records.rpartition(".")[0]
        self._trail = Trail()
        self._lists: list[bool] = [False]
        self._serials: list[int] = []
        self._serial = 0
        self._found: dict[str, Candidate] = {}
        self._has_list = False

    def start(self, name: str, attributes: list[str]) -> None:
        self._trail.enter(name)
        parent = self._serials[-1] if self._serials else -1
        self._serial += 1
        self._serials.append(self._serial)
        is_list = bool(self._above) and self._trail.ends_with(self._above)
        self._has_list |= is_list
        listed = self._lists[-1]
        self._lists.append(listed or is_list)
        below = self._trail.below_root()
        # The declared list of records is itself no record.
        if not below or is_list or (below not in self._found and len(self._found) == _PATHS):
            return
        one = self._found.setdefault(below, Candidate(below))
        one.times += 1
        one.listed |= listed
        one.repeats |= one.last == parent
        one.last = parent
        for above in self._above_it(below):
            above.holds = True
            one.inside |= above.repeats

    def end(self) -> None:
        self._trail.leave()
        self._serials.pop()
        self._lists.pop()

    def text(self, text: str) -> None:
        """Pass over words."""

    def likely(self) -> list[Candidate]:
        """Return what holds others and is repeated, outermost and most frequent first; else what is either of it."""
        # Where the declared list of records is there, a record stands within it and nowhere else.
        found = [one for one in self._found.values() if one.listed or not self._has_list]
        wanted = [one for one in found if one.holds and one.repeats] or [o for o in found if o.holds or o.repeats]
        return sorted(wanted, key=lambda one: (not one.holds, one.inside, -one.times, one.path))

    def _above_it(self, path: str) -> Iterator[Candidate]:
        while path := path.rpartition(".")[0]:
            if path in self._found:
                yield self._found[path]

"""``latest.json``: which run readers follow, which ones they followed before, and which were rolled back.

Readers need no lock, as a put is atomic. Of several that move it at the same time one wins; the others are told.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from enrichment.publish.layout import FORMAT, POINTER, RunKey
from enrichment.stores.port import Store
from schemas.errors import ObjectChanged, ObjectExists, ObjectMissing, PublishedMismatch

_TRAIL = 400


@dataclass(frozen=True, slots=True)
class Pointer:
    """``trail`` ends with the run readers follow; ``previous`` is the one they followed right before it."""

    trail: tuple[RunKey, ...]
    previous: RunKey | None = None
    rolled_back: frozenset[str] = frozenset()

    @property
    def current(self) -> RunKey:
        """The run readers follow."""
        return self.trail[-1]

    def forward(self, run: RunKey) -> Pointer:
        """Move on to ``run``, unless it is of an earlier night, was rolled back, or is already followed."""
        if run.night < self.current.night or run.run_id in self.rolled_back or run == self.current:
            return self
        trail = (*(key for key in self.trail if key != run), run)[-_TRAIL:]
        return replace(self, trail=trail, previous=self.current)

    def back(self, run: RunKey) -> Pointer:
        """Point at ``run`` by hand; the runs that leave the trail with it are not moved on to by themselves again."""
        if run == self.current:
            return self
        if run in self.trail:
            at = self.trail.index(run)
            kept, left = self.trail[:at], self.trail[at + 1 :]
        else:
            kept = tuple(key for key in self.trail if key.night < run.night)
            left = tuple(key for key in self.trail if key.night >= run.night)
        rolled_back = (self.rolled_back | {key.run_id for key in left}) - {run.run_id}
        return Pointer((*kept, run), self.current, rolled_back)

    def to_bytes(self) -> bytes:
        """Return the content of ``latest.json``: equal pointers give equal bytes."""
        body: dict[str, Any] = {"format": FORMAT, **_plain(self.current)}
        body["previous"] = None if self.previous is None else _plain(self.previous)
        body["trail"] = [_plain(key) for key in self.trail]
        body["rolled_back"] = sorted(self.rolled_back)
        return (json.dumps(body, indent=1) + "\n").encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Pointer:
        """Read :meth:`to_bytes` back; ``PublishedMismatch`` where it is something else."""
        try:
            raw = json.loads(data)
            trail = tuple(_key(entry) for entry in raw["trail"])
            pointer = cls(trail, _key(raw["previous"]) if raw["previous"] else None, frozenset(raw["rolled_back"]))
            sound = raw["format"] == FORMAT and pointer.current == _key(raw)
        except (ValueError, KeyError, TypeError, IndexError):
            sound = False
        if not sound:
            raise PublishedMismatch(
                f"{POINTER}: not a pointer of format {FORMAT}. Restore it with `enrich rollback --to RUN`."
            )
        return pointer


def read_pointer(store: Store) -> Pointer | None:
    """Return the store's pointer, None where nothing was published yet."""
    data = pointer_bytes(store)
    return None if data is None else Pointer.from_bytes(data)


def pointer_bytes(store: Store) -> bytes | None:
    """Return ``latest.json`` as it stands, None where nothing was published yet."""
    try:
        return store.get(POINTER)
    except ObjectMissing:
        return None


def write_pointer(store: Store, pointer: Pointer, seen: bytes | None) -> None:
    """Put ``latest.json`` in one atomic write over the bytes that ``pointer`` was decided on (None: there were none).

    Raises:
        ObjectChanged: somebody else has moved it since; nothing was written.

    """
    try:
        if seen is None:
            store.put_new(POINTER, pointer.to_bytes())
        else:
            store.replace(POINTER, seen, pointer.to_bytes())
    except (ObjectChanged, ObjectExists) as error:
        raise ObjectChanged(
            f"{POINTER} was moved by somebody else while it was being moved to run {pointer.current.run_id}; "
            "theirs stands. `enrich report` tells which run readers follow; the same command again decides on that."
        ) from error


def _plain(key: RunKey) -> dict[str, str]:
    return {"run_id": key.run_id, "night": key.night.isoformat(), "prefix": key.prefix}


def _key(entry: dict[str, str]) -> RunKey:
    return RunKey(date.fromisoformat(entry["night"]), entry["run_id"])

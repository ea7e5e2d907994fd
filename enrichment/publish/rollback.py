"""The way back: point ``latest.json`` at an earlier run, once that run is seen to be whole."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from enrichment.publish.layout import RunKey
from enrichment.publish.pointer import Pointer, pointer_bytes, write_pointer
from enrichment.publish.read import Published, find_run, open_run, verify
from enrichment.stores.port import Store
from schemas.errors import ObjectMissing, PublishedMismatch, UsageError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rollback:
    """Which run readers followed, which one they follow now, and which runs will not come back by themselves."""

    left: RunKey | None
    published: Published
    rolled_back: tuple[str, ...]

    def __str__(self) -> str:
        """Say what was done."""
        left = "an unreadable pointer" if self.left is None else self.left.run_id
        now = f"latest.json now names {self.published.run_id} (night {self.published.night}), it named {left}"
        return (
            f"{now}. This holds until the next night is published: that one stands on the last night before it, rolled "
            "back or not. To keep a bad run out, mend what made it bad (pin the model, fix the YAML) and run its night "
            "again: later nights then stand on the new run."
        )


def rollback(store: Store, to: str | None = None) -> Rollback:
    """Point ``latest.json`` at the complete run ``to``, by default the one it named before; repeated, further back.

    Every file of that run is read and compared with its manifest first. Runs that are left behind stay published,
    are not moved on to by a repeated publish, and come back with ``to``.

    Raises:
        UsageError: no such complete run, or nothing to go back to.
        PublishedMismatch: the run is not whole; the pointer stays.
        ObjectMissing: nothing was published yet.
        ObjectChanged: a publisher moved the pointer meanwhile; it stays there.

    """
    seen = pointer_bytes(store)
    pointer = _readable(store, seen, to)
    run = find_run(store, to) if to is not None else _before(pointer)
    published = open_run(store, run)
    verify(store, published)
    moved = Pointer((run,)) if pointer is None else pointer.back(run)
    if moved != pointer:
        write_pointer(store, moved, seen)
    done = Rollback(None if pointer is None else pointer.current, published, tuple(sorted(moved.rolled_back)))
    log.info("%s", done)
    return done


def _readable(store: Store, seen: bytes | None, to: str | None) -> Pointer | None:
    """Read the pointer; a broken one may be replaced by a run that is named."""
    if seen is None:
        if to is None:
            raise ObjectMissing(f"{store.uri} holds no published run yet: there is nothing to roll back.")
        return None
    try:
        return Pointer.from_bytes(seen)
    except PublishedMismatch:
        if to is None:
            raise
        return None


def _before(pointer: Pointer | None) -> RunKey:
    if pointer is None or len(pointer.trail) < 2:
        named = "nothing" if pointer is None else pointer.current.run_id
        raise UsageError(f"latest.json names {named} and no run before it; name a complete run with `--to`.")
    return pointer.trail[-2]

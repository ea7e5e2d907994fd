"""Commit a run: files, then the manifest, then ``_SUCCESS``, and ``latest.json`` last.

Killed anywhere, the pointer still names the run before, and the same call again ends in the same bytes.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from enrichment.publish.base import BaseMoved, require_base
from enrichment.publish.layout import MANIFEST, SUCCESS, RunKey, table_key
from enrichment.publish.manifest import FileEntry, RunFacts, file_entry, manifest_bytes, table_entry
from enrichment.publish.pointer import Pointer, pointer_bytes, read_pointer, write_pointer
from enrichment.publish.read import Published, open_run
from enrichment.runs.parquet import to_parquet
from enrichment.stores.port import Store
from schemas.errors import ObjectMissing, PublishedMismatch

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Publication:
    """A committed run, and whether ``latest.json`` names it now."""

    published: Published
    is_latest: bool


def publish(
    store: Store, facts: RunFacts, tables: Mapping[str, pa.Table], files: Mapping[str, Path] | None = None
) -> Publication:
    """Publish a run whose gate passed, and move ``latest.json`` to it unless that names a later night.

    ``tables`` by name become ``<name>/part-0.parquet``; ``files`` are copied under their keys below the run's prefix
    (``indexes/dress/forest.ann``). The same run again finds or repeats equal bytes. A backfilled earlier night is
    committed and read as a base by the nights after it, but does not move the pointer, nor does a run that was rolled
    back. A run is only published on the base that its night would be planned on now: asked before the first write, and
    once more of the pointer that is then swapped for exactly the one asked, so that of two nights at work at the same
    time the second is told.

    Raises:
        GateRefused: the gate did not pass; nothing was written.
        BaseMoved: the base is not the newest before the run's night any more; nothing was published.
        PublishedMismatch: this run was already published with other content.
        ObjectChanged: another publisher moved the pointer meanwhile; this run is committed, call again.

    """
    facts.gate.require()
    files = files or {}
    data = {table_key(name): (table, _parquet(table)) for name, table in sorted(tables.items())}
    entries = {key: table_entry(table, raw) for key, (table, raw) in data.items()}
    entries |= {key: file_entry(path) for key, path in sorted(files.items())}
    manifest = manifest_bytes(facts, entries)
    if not _committed(store, facts, manifest):
        require_base(store, facts.key, facts.base_run_id)
        for key, (_, raw) in data.items():
            store.put(f"{facts.key.prefix}/{key}", raw)
        for key, path in sorted(files.items()):
            store.upload(path, f"{facts.key.prefix}/{key}")
        _prune(store, facts, entries)
        store.put(f"{facts.key.prefix}/{MANIFEST}", manifest)
        store.put(f"{facts.key.prefix}/{SUCCESS}", hashlib.sha256(manifest).hexdigest().encode() + b"\n")
    return Publication(open_run(store, facts.key), _advance(store, facts))


def _parquet(table: pa.Table) -> bytes:
    """Write without metadata and in one chunk a column, so that how a table was put together leaves no trace."""
    return to_parquet(table.replace_schema_metadata(None).combine_chunks())


def _committed(store: Store, facts: RunFacts, manifest: bytes) -> bool:
    """Tell whether the run stands whole already; ``PublishedMismatch`` where it does with other content."""
    try:
        store.get(f"{facts.key.prefix}/{SUCCESS}")
        earlier = store.get(f"{facts.key.prefix}/{MANIFEST}")
    except ObjectMissing:
        return False
    if earlier != manifest:
        raise PublishedMismatch(
            f"run {facts.key.run_id} is already published with other content; published runs never change. "
            "Give the versions that changed to the run, so that it gets an id of its own."
        )
    return True


def _prune(store: Store, facts: RunFacts, entries: Mapping[str, FileEntry]) -> None:
    """Remove what an earlier, unfinished attempt left under the prefix and this one does not have.

    The manifest and what makes it count stay: whoever commits the same run at the same time may have put them, and
    readers may follow it already.
    """
    for key in list(store.list(f"{facts.key.prefix}/")):
        if key.removeprefix(f"{facts.key.prefix}/") not in {*entries, MANIFEST, SUCCESS}:
            store.delete(key)


def _advance(store: Store, facts: RunFacts) -> bool:
    # Read before the base is looked at: a night published in between makes the swap fail.
    seen = pointer_bytes(store)
    pointer = None if seen is None else Pointer.from_bytes(seen)
    moved = Pointer((facts.key,)) if pointer is None else pointer.forward(facts.key)
    if moved != pointer:
        _require_base_still(store, facts)
        write_pointer(store, moved, seen)
    elif pointer is not None and facts.key not in pointer.trail:
        _say_left_behind(facts.key, pointer)
    return moved.current == facts.key


def _say_left_behind(key: RunKey, pointer: Pointer) -> None:
    """Tell that readers do not get this run, and what would bring it to them."""
    now = pointer.current
    stays = f"run {key.run_id} is published; latest.json stays at {now.run_id}"
    if key.run_id in pointer.rolled_back:
        log.warning("%s: it was rolled back. `enrich rollback --to %s` puts it in force", stays, key.run_id)
    else:
        log.warning("%s of night %s, planned without it: run that night again to bring it in", stays, now.night)


def _require_base_still(store: Store, facts: RunFacts) -> None:
    """Ask for the base once more; a run that lost it between its first write and now is no whole run any more."""
    try:
        require_base(store, facts.key, facts.base_run_id)
    except BaseMoved:
        # Left whole, it would be the base of the nights after it. What readers follow, or followed, stays.
        pointer = read_pointer(store)
        if pointer is None or facts.key not in pointer.trail:
            store.delete(f"{facts.key.prefix}/{SUCCESS}")
        raise

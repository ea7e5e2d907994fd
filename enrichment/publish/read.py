"""Read what was published: a complete run, or nothing; never a mixture of two.

A run counts once its ``_SUCCESS`` names the sha256 of its manifest, and a file once it has the sha256 the manifest
says. Runs are immutable, so a reader that has resolved one may take its time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from enrichment.publish.layout import MANIFEST, ROOT, SUCCESS, RunKey, run_of, table_key
from enrichment.publish.pointer import read_pointer
from enrichment.runs.parquet import from_parquet
from enrichment.stores.port import Store
from schemas.errors import ObjectMissing, PublishedMismatch, UsageError


@dataclass(frozen=True, slots=True)
class Published:
    """A complete published run; ``manifest`` is the content of its ``_manifest.json``."""

    key: RunKey
    manifest: Mapping[str, Any]

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self.key.run_id

    @property
    def night(self) -> date:
        """The night the run answers for."""
        return self.key.night

    @property
    def prefix(self) -> str:
        """The run's folder in the store."""
        return self.key.prefix

    @property
    def versions(self) -> Mapping[str, str]:
        """Hashes by name of all that shaped the run's answers."""
        versions: Mapping[str, str] = self.manifest["versions"]
        return versions


def latest(store: Store) -> Published:
    """Return the run that ``latest.json`` names.

    Raises:
        ObjectMissing: nothing was published yet.
        PublishedMismatch: the run it names is not whole any more.

    """
    pointer = read_pointer(store)
    if pointer is None:
        raise ObjectMissing(f"{store.uri} holds no published run yet. `enrich run` publishes one.")
    return open_run(store, pointer.current)


def published_before(store: Store, night: date) -> Published | None:
    """Return the base for ``night``, opened: what :func:`base_key` names, None where there is none."""
    key = base_key(store, night)
    return None if key is None else open_run(store, key)


def base_key(store: Store, night: date) -> RunKey | None:
    """Name the base for ``night``: the newest complete run of an earlier night, None where there is none.

    Of several runs of that night the one ``latest.json`` pointed at last is taken, else one that was not rolled
    back, else the one of the highest id.
    """
    earlier = [key for key in complete_runs(store) if key.night < night]
    if not earlier:
        return None
    newest = [key for key in earlier if key.night == earlier[-1].night]
    pointer = read_pointer(store)
    pointed = [] if pointer is None else [key for key in pointer.trail if key in newest]
    kept = [key for key in newest if pointer is None or key.run_id not in pointer.rolled_back]
    return (pointed or kept or newest)[-1]


def complete_runs(store: Store) -> list[RunKey]:
    """List the runs that were published whole, by night and id; a run without ``_SUCCESS`` does not count."""
    found = (run_of(key) for key in store.list(f"{ROOT}/run_date=") if key.endswith(f"/{SUCCESS}"))
    return sorted(key for key in found if key is not None)


def find_run(store: Store, run_id: str) -> RunKey:
    """Return the complete run of that id; ``UsageError`` lists the newest that exist."""
    runs = complete_runs(store)
    for key in runs:
        if key.run_id == run_id:
            return key
    known = ", ".join(key.run_id for key in runs[-10:]) or "none"
    raise UsageError(f"run {run_id!r} is not published whole in {store.uri}; newest complete runs: {known}")


def open_run(store: Store, key: RunKey) -> Published:
    """Open a run by its key; ``PublishedMismatch`` where manifest and ``_SUCCESS`` are missing or do not match."""
    try:
        manifest = store.get(f"{key.prefix}/{MANIFEST}")
        success = store.get(f"{key.prefix}/{SUCCESS}").decode("ascii", "replace").strip()
    except ObjectMissing as error:
        raise _mismatch(key, "manifest", "incomplete", f"{MANIFEST} and {SUCCESS}") from error
    got = hashlib.sha256(manifest).hexdigest()
    if got != success:
        raise _mismatch(key, f"sha256 of {MANIFEST}", got, success)
    return Published(key, json.loads(manifest))


def read_table(store: Store, published: Published, name: str) -> pa.Table:
    """Read one published table whole, its hash verified; ``UsageError`` where the run has no such table."""
    return from_parquet(read_file(store, published, table_key(name)))


def read_file(store: Store, published: Published, name: str) -> bytes:
    """Return one file of the run by its name below the prefix, its hash verified.

    Raises:
        UsageError: the manifest lists no such file.
        PublishedMismatch: the file is missing or has other bytes than were published.

    """
    files = published.manifest["files"]
    if name not in files:
        raise UsageError(f"run {published.run_id} has no file {name!r}; it has: {', '.join(sorted(files))}")
    try:
        data = store.get(f"{published.prefix}/{name}")
    except ObjectMissing as error:
        raise _mismatch(published.key, name, "no object", files[name]["sha256"]) from error
    got = hashlib.sha256(data).hexdigest()
    if got != files[name]["sha256"]:
        raise _mismatch(published.key, f"sha256 of {name}", got, files[name]["sha256"])
    return data


def verify(store: Store, published: Published) -> None:
    """Read every file of the run and compare its hash; ``PublishedMismatch`` at the first that differs."""
    for name in sorted(published.manifest["files"]):
        read_file(store, published, name)


def _mismatch(key: RunKey, what: str, got: str, allowed: str) -> PublishedMismatch:
    return PublishedMismatch(
        f"published run {key.run_id}: {what}: got {got}; allowed: {allowed}. "
        "Point latest.json at a whole run with `enrich rollback --to RUN`, or publish the night again."
    )

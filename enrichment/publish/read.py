"""Read what was published: a complete run, or nothing; never a mixture of two.

A run counts once its ``_SUCCESS`` names the sha256 of its manifest, and a file once it has the sha256 the manifest
says. Runs are immutable, so a reader that has resolved one may take its time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa

from enrichment.publish.layout import MANIFEST, ROOT, SUCCESS, RunKey, run_of, table_key
from enrichment.publish.pointer import Pointer, read_pointer
from enrichment.runs.parquet import from_parquet
from enrichment.runs.plan import night_of
from enrichment.stores.port import Store
from schemas.errors import ObjectMissing, PublishedMismatch, UsageError

# A listing names every object, each small picture of a report too: these many nights are looked into one by one.
_NEAR = 35


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
    """Name the base for ``night``: the run that stands for the newest earlier night, None where there is none."""
    return next(earlier_nights(store, night), None)


def earlier_nights(store: Store, night: date) -> Iterator[RunKey]:
    """Yield the complete run that stands for each night before ``night``, the newest night first.

    Of several runs of a night it is the one ``latest.json`` pointed at last, else one that was not rolled back, else
    the one of the highest id.
    """
    pointer = read_pointer(store)
    for runs in _runs_before(store, night):
        yield _standing(runs, pointer)


def _standing(runs: Sequence[RunKey], pointer: Pointer | None) -> RunKey:
    pointed = [] if pointer is None else [key for key in pointer.trail if key in runs]
    kept = [key for key in runs if pointer is None or key.run_id not in pointer.rolled_back]
    return (pointed or kept or runs)[-1]


def _runs_before(store: Store, night: date) -> Iterator[list[RunKey]]:
    """Yield the complete runs of each earlier night, by id, the newest night first."""
    for back in range(1, _NEAR + 1):
        if runs := complete_runs(store, night - timedelta(days=back)):
            yield runs
    far = [key for key in complete_runs(store) if key.night < night - timedelta(days=_NEAR)]
    for _, older in groupby(reversed(far), key=lambda key: key.night):
        yield sorted(older)


def complete_runs(store: Store, night: date | None = None) -> list[RunKey]:
    """List the runs, of one night or of all, that were published whole, by night and id; ``_SUCCESS`` tells."""
    prefix = f"{ROOT}/run_date=" if night is None else f"{ROOT}/run_date={night.isoformat()}/"
    found = (run_of(key) for key in store.list(prefix) if key.endswith(f"/{SUCCESS}"))
    return sorted(key for key in found if key is not None)


def find_run(store: Store, run_id: str) -> RunKey:
    """Return the complete run of that id; ``UsageError`` lists the newest that exist."""
    # Its id says where a planned run lies: all that was ever published is listed only where it is not there.
    night = night_of(run_id)
    if night is not None and store.exists(f"{RunKey(night, run_id).prefix}/{SUCCESS}"):
        return RunKey(night, run_id)
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
    allowed = _sha256(published, name)
    try:
        data = store.get(f"{published.prefix}/{name}")
    except ObjectMissing as error:
        raise _mismatch(published.key, name, "no object", allowed) from error
    _require(published.key, name, hashlib.sha256(data).hexdigest(), allowed)
    return data


def download_file(store: Store, published: Published, name: str, path: Path) -> None:
    """Copy one file of the run to ``path``, its hash verified; errors as in :func:`read_file`."""
    allowed = _sha256(published, name)
    try:
        store.download(f"{published.prefix}/{name}", path)
    except ObjectMissing as error:
        raise _mismatch(published.key, name, "no object", allowed) from error
    with path.open("rb") as stream:
        _require(published.key, name, hashlib.file_digest(stream, "sha256").hexdigest(), allowed)


def verify(store: Store, published: Published) -> None:
    """Read every file of the run and compare its hash; ``PublishedMismatch`` at the first that differs."""
    for name in sorted(published.manifest["files"]):
        read_file(store, published, name)


def _sha256(published: Published, name: str) -> str:
    """Return what the manifest says a file hashes to; ``UsageError`` where it lists no such file."""
    files = published.manifest["files"]
    if name not in files:
        raise UsageError(f"run {published.run_id} has no file {name!r}; it has: {', '.join(sorted(files))}")
    return str(files[name]["sha256"])


def _require(key: RunKey, name: str, got: str, allowed: str) -> None:
    if got != allowed:
        raise _mismatch(key, f"sha256 of {name}", got, allowed)


def _mismatch(key: RunKey, what: str, got: str, allowed: str) -> PublishedMismatch:
    return PublishedMismatch(
        f"published run {key.run_id}: {what}: got {got}; allowed: {allowed}. "
        "Point latest.json at a whole run with `enrich rollback --to RUN`, or publish the night again."
    )

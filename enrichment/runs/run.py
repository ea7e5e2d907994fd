"""One run in its store: tables under ``runs/<run_id>/<stage>/``, committed by a done marker put last.

Object stores have no rename, so the marker is the commit: readers ignore a table that no marker names, and a
marker counts only while its fingerprint equals that of the inputs. A killed stage is simply run again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from enrichment.runs.parquet import from_parquet, to_parquet
from enrichment.runs.plan import RunPlan, canonical, short_hash
from enrichment.runs.scratch import Scratch
from enrichment.stores.open import open_store
from enrichment.stores.port import Store
from schemas.errors import MESSAGE_LIMIT, ObjectCorrupt, ObjectMissing, UsageError
from schemas.records import StageReport, bounded


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a stage made for one shard: its report, its tables by name, its files by relative key."""

    report: StageReport
    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Marker:
    """A done marker: which inputs it answers for, the stage's report, and the sha256 of each output."""

    fingerprint: str
    report: StageReport
    outputs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Failure:
    """What stopped a shard: the error's name and its message."""

    error: str
    message: str

    def __str__(self) -> str:
        """Say both in one line."""
        return f"{self.error}: {self.message}"


class Run:
    """A run opened for reading and writing; all keys lie under ``runs/<run_id>/``."""

    def __init__(self, store: Store, run_id: str) -> None:
        """Open ``run_id``; ``UsageError`` where the store holds no plan of that name."""
        self.store, self.run_id, self.prefix = store, run_id, f"runs/{run_id}"
        self._scratch: Scratch | None = None
        self._outputs: dict[tuple[str, str], Mapping[str, str]] = {}
        try:
            self.plan = RunPlan.from_bytes(store.get(f"{self.prefix}/plan.json"))
        except ObjectMissing as error:
            raise UsageError(f"no run {run_id!r} in {store.uri}. `enrich run` starts one.") from error

    @classmethod
    def at(cls, run_uri: str) -> Run:
        """Open a run by its address ``<store uri>/runs/<run_id>``."""
        store_uri, separator, run_id = run_uri.rstrip("/").rpartition("/runs/")
        if not separator:
            raise UsageError(f"run address {bounded(run_uri)!r}: expected <store>/runs/<run_id>")
        return cls(open_store(store_uri), run_id)

    @classmethod
    def create(cls, store: Store, plan: RunPlan) -> Run:
        """Write the plan (equal plans are equal bytes, so a second start is the same run) and open it."""
        store.put(f"runs/{plan.manifest.run_id}/plan.json", plan.to_bytes())
        return cls(store, plan.manifest.run_id)

    @cached_property
    def scratch(self) -> Path:
        """A local folder for files on their way into the store; gone when the run is closed."""
        self._scratch = Scratch()
        return self._scratch.path

    def close(self) -> None:
        """Remove the scratch folder."""
        if self._scratch is not None:
            self._scratch.close()
            self._scratch = None
            del self.scratch

    @property
    def uri(self) -> str:
        """Address of the run, as :meth:`at` takes it."""
        return f"{self.store.uri}/{self.prefix}"

    def marker(self, stage: str, shard: str) -> Marker | None:
        """Return the done marker of a stage's shard, None where the shard is not done."""
        try:
            raw = json.loads(self.store.get(self._key(stage, shard, "done.json")))
        except ObjectMissing:
            self._outputs.pop((stage, shard), None)
            return None
        self._outputs[stage, shard] = raw["outputs"]
        return Marker(raw["fingerprint"], StageReport(**raw["report"]), raw["outputs"])

    def fingerprint(self, stage: str, upstream: Sequence[Marker], settings: Sequence[str] = ()) -> str:
        """Hash what a stage's answer depends on: the plan, the stage's name, upstream outputs and its own settings."""
        plan = hashlib.sha256(self.plan.identity).hexdigest()
        own = [getattr(self.plan.settings, name) for name in settings]
        return short_hash([stage, plan, [dict(marker.outputs) for marker in upstream], own])

    def commit(self, stage: str, shard: str, fingerprint: str, outcome: Outcome) -> None:
        """Write tables and files, then the marker that makes them count; what stopped the shard before is forgotten."""
        outputs: dict[str, str] = {}
        for name, table in sorted(outcome.tables.items()):
            data = to_parquet(table)
            self.store.put(self._key(stage, shard, f"{name}.parquet"), data)
            outputs[f"{name}.parquet"] = hashlib.sha256(data).hexdigest()
        for name, path in sorted(outcome.files.items()):
            self.store.upload(path, self._key(stage, shard, name))
            outputs[name] = _file_sha256(path)
        body = {"fingerprint": fingerprint, "report": asdict(outcome.report), "outputs": outputs}
        # Before the marker: a finished shard is not run again, and a failure left beside it would stay for good.
        self.store.delete(self._key(stage, shard, "failed.json"))
        self.store.put(self._key(stage, shard, "done.json"), canonical(body))

    def fail(self, stage: str, shard: str, error: Exception) -> None:
        """Record why a shard stopped, for the report; a later success removes it."""
        # Not every error is one of ours and bounded, and a vendor's file may have a name that is no UTF-8.
        message = str(error)[:MESSAGE_LIMIT].encode("utf-8", "replace").decode()
        body = {"error": type(error).__name__, "message": message}
        self.store.put(self._key(stage, shard, "failed.json"), canonical(body))

    def undo(self, stage: str, shard: str) -> None:
        """Let a shard count as not done."""
        self._outputs.pop((stage, shard), None)
        self.store.delete(self._key(stage, shard, "done.json"))

    def failure(self, stage: str, shard: str) -> Failure | None:
        """Return what stopped a shard, None where nothing is recorded."""
        try:
            raw = json.loads(self.store.get(self._key(stage, shard, "failed.json")))
        except ObjectMissing:
            return None
        return Failure(raw["error"], raw["message"])

    def table(self, stage: str, shard: str, name: str) -> pa.Table:
        """Read one table of a finished shard (see :meth:`read`)."""
        return from_parquet(self.read(stage, shard, f"{name}.parquet"))

    def read(self, stage: str, shard: str, name: str) -> bytes:
        """Return one output of a finished shard, hash verified.

        Raises:
            ObjectMissing: there is none, or no marker names it.
            ObjectCorrupt: it is not the one that the marker names.

        """
        data = self.store.get(self._key(stage, shard, name))
        self._require(stage, shard, name, hashlib.sha256(data).hexdigest())
        return data

    def download(self, stage: str, shard: str, name: str, path: Path) -> None:
        """Copy one output of a finished shard to ``path``, hash verified as in :meth:`read`."""
        self.store.download(self._key(stage, shard, name), path)
        self._require(stage, shard, name, _file_sha256(path))

    def _require(self, stage: str, shard: str, name: str, got: str) -> None:
        """Compare a hash with the marker's, which is read once, and again only where it was another."""
        if self._outputs.get((stage, shard), {}).get(name) == got:
            return
        marker, where = self.marker(stage, shard), f"run {self.run_id}: {stage}/{shard}: {name}"
        allowed = None if marker is None else marker.outputs.get(name)
        if allowed is None:
            raise ObjectMissing(f"{where} is named by no done marker, so it does not count. `enrich resume {self.uri}`")
        if allowed != got:
            raise ObjectCorrupt(
                f"{where} hashes to {got}; allowed: {allowed}, as its done marker says. Delete the marker "
                f"{self._key(stage, shard, 'done.json')} in {self.store.uri}; `enrich resume {self.uri}` makes it anew."
            )

    def _key(self, stage: str, shard: str, name: str) -> str:
        return f"{self.prefix}/{stage}/{shard}.{name}"


def _file_sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

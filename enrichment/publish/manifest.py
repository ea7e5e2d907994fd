"""The manifest of a run: every file with its hash, and what the run was made of. No clock in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from enrichment.publish.accounting import VendorAccount
from enrichment.publish.layout import FORMAT, RunKey
from enrichment.publish.verdict import GateResult


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What a manifest says about a run besides its files; ``vendors`` says how each vendor's delivery ended."""

    key: RunKey
    base_run_id: str | None
    versions: Mapping[str, str]
    vendors: Mapping[str, str]
    accounts: Sequence[VendorAccount]
    gate: GateResult
    notes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One published file; ``rows`` and ``schema_sha256`` of tables only."""

    bytes: int
    sha256: str
    rows: int | None = None
    schema_sha256: str | None = None


def table_entry(table: pa.Table, data: bytes) -> FileEntry:
    """Describe a table and the Parquet bytes it became."""
    return FileEntry(len(data), hashlib.sha256(data).hexdigest(), table.num_rows, schema_hash(table.schema))


def file_entry(path: Path) -> FileEntry:
    """Describe any other file."""
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return FileEntry(path.stat().st_size, sha256)


def schema_hash(schema: pa.Schema) -> str:
    """Hash names, types and nullability in order, so that readers see a changed contract at once."""
    lines = [f"{f.name}:{f.type}:{f.nullable}" for f in schema]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def manifest_bytes(facts: RunFacts, files: Mapping[str, FileEntry]) -> bytes:
    """Return the manifest as JSON; equal runs give equal bytes."""
    body = {
        "format": FORMAT,
        "run_id": facts.key.run_id,
        "night": facts.key.night.isoformat(),
        "base_run_id": facts.base_run_id,
        "versions": dict(facts.versions),
        "vendors": dict(facts.vendors),
        "accounting": [asdict(account) for account in facts.accounts],
        "gate": facts.gate.to_json(),
        "notes": dict(facts.notes),
        "files": {name: asdict(entry) for name, entry in files.items()},
    }
    return (json.dumps(body, sort_keys=True, indent=1, ensure_ascii=False) + "\n").encode()

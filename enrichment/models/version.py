"""A trained version: a folder whose hash proves that nothing in it was changed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from schemas.errors import ModelMismatch, UsageError
from schemas.records import bounded

MANIFEST, METRICS = "version.json", "metrics.json"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class Kind(StrEnum):
    """What a version is a version of."""

    VISION = "vision"
    TEXT = "text"
    FUSION = "fusion"


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """One version in a local folder; ``hash`` (sha256, 64 hex digits) covers every file but the manifest."""

    kind: Kind
    name: str
    version: str
    folder: Path
    hash: str

    @property
    def producer(self) -> str:
        """The name that its claims carry, such as ``look@1a2b3c4d``."""
        return f"{self.name}@{self.hash[:8]}"


def check_name(version: str) -> str:
    """Return ``version`` if it can name a folder.

    Raises:
        UsageError: it is empty, long, or holds anything but lower-case letters, digits, dot, dash, underscore.

    """
    if not _NAME.fullmatch(version) or ".." in version:
        raise UsageError(f"version {bounded(version)!r}: allowed: 1 to 64 of a-z 0-9 . _ -, a letter or digit first")
    return version


def files_of(folder: Path) -> list[Path]:
    """Return the files of a version folder, sorted by their path inside it; editors' leavings do not count."""
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return sorted((p for p in found if p.name != "__init__.py"), key=lambda path: path.relative_to(folder).as_posix())


def folder_hash(folder: Path) -> str:
    """Return the sha256 of every file's path and content but the manifest's own.

    Raises:
        ModelMismatch: the folder holds no file.

    """
    digest = hashlib.sha256()
    files = [path for path in files_of(folder) if path.name != MANIFEST]
    if not files:
        raise ModelMismatch(f"model folder {folder.name} is absent or empty. Train a version or reinstall the package.")
    for path in files:
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def seal(folder: Path, kind: Kind, name: str, version: str) -> ModelVersion:
    """Write the manifest that ends a version folder, and return the version."""
    digest = folder_hash(folder)
    manifest = {"kind": kind.value, "name": name, "version": check_name(version), "hash": digest}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return ModelVersion(kind, name, version, folder, digest)


def open_version(folder: Path, kind: Kind) -> ModelVersion:
    """Read a version folder and verify it against its manifest; a folder without one is named by its content.

    Raises:
        ModelMismatch: a file was changed, added or lost, or the version is of another kind.

    """
    digest = folder_hash(folder)
    path = folder / MANIFEST
    if not path.is_file():
        return ModelVersion(kind, kind.value, f"starter-{digest[:8]}", folder, digest)
    manifest = read_json(path)
    if manifest.get("kind") != kind.value:
        raise ModelMismatch(f"{folder.name} holds a {manifest.get('kind')!r} version; asked for {kind.value!r}")
    if manifest.get("hash") != digest:
        raise ModelMismatch(
            f"{kind.value} version {manifest.get('version')!r}: its files hash to {digest[:12]}, its manifest says "
            f"{str(manifest.get('hash'))[:12]}. Fetch the version again; never edit it in place."
        )
    return ModelVersion(kind, str(manifest["name"]), check_name(str(manifest["version"])), folder, digest)


def read_json(path: Path) -> dict[str, Any]:
    """Return a version file's JSON object.

    Raises:
        ModelMismatch: the file is absent or holds something else.

    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelMismatch(f"model file {path.name}: {error}. Fetch the version again.") from error
    if not isinstance(data, dict):
        raise ModelMismatch(f"model file {path.name} holds a {type(data).__name__}; allowed: an object")
    return data


def gated(version: ModelVersion) -> Mapping[str, float]:
    """Return the figures that a successor must not fall below (higher is better), empty without any."""
    path = version.folder / METRICS
    gates = read_json(path).get("gates", {}) if path.is_file() else {}
    return {str(name): float(value) for name, value in gates.items()}

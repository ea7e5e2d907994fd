"""Versions in a store: list, publish, promote, roll back, and resolve to a local folder that is verified.

Layout: ``models/<kind>/<version>/<file>``, the manifest put last (it commits the version), and
``models/<kind>/current.json``, which names the version in force and those before it.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from enrichment.models.version import MANIFEST, Kind, ModelVersion, check_name, files_of, gated, open_version
from enrichment.stores.port import Store
from schemas.errors import GateRefused, ModelMismatch, ObjectMissing, UsageError
from schemas.records import bounded

__all__ = ["Current", "Kind", "ModelVersion", "Registry", "resolve", "starter"]

_PACKAGE = Path(__file__).parents[1]
_STARTERS = {
    Kind.VISION: _PACKAGE / "vision" / "starter",
    Kind.TEXT: _PACKAGE.parent / "nlp" / "starter",
    Kind.FUSION: _PACKAGE / "fusion" / "starter",
}
STARTER = "starter"
"""What the packaged version is called whatever its own name is."""
CACHE_VARIABLE = "ENRICH_MODEL_CACHE"
_PART, _DAY = ".part-", 24 * 3600


@dataclass(frozen=True, slots=True)
class Current:
    """The version in force, None where only the packaged starter is, and the earlier ones, newest last."""

    version: str | None
    earlier: tuple[str, ...] = ()


def starter(kind: Kind) -> ModelVersion:
    """Return the version that ships in the package."""
    return open_version(_STARTERS[kind], kind)


def resolve(store: Store, kind: Kind, version: str | None = None) -> ModelVersion:
    """Return a version in a local folder: the one named, else the current one, else the packaged starter.

    Raises:
        UsageError: the store has no version of that name.
        ModelMismatch: its files do not match its manifest.

    """
    return Registry(store).fetch(kind, version)


class Registry:
    """The versions kept in one store, with a local folder for what was fetched from it."""

    def __init__(self, store: Store, cache: Path | None = None, starters: dict[Kind, Path] | None = None) -> None:
        """Keep versions under ``models/`` of ``store``; ``cache`` defaults to ``$ENRICH_MODEL_CACHE`` or the user's."""
        self._store = store
        self._cache = cache
        self._starters = starters or _STARTERS

    def list(self, kind: Kind) -> list[str]:
        """Return the names of the versions in the store, sorted; the packaged starter is not among them."""
        prefix = f"models/{kind.value}/"
        keys = (key[len(prefix) :] for key in self._store.list(prefix))
        return sorted(key.split("/")[0] for key in keys if key.endswith(f"/{MANIFEST}"))

    def current(self, kind: Kind) -> Current:
        """Return which version is in force."""
        try:
            data = json.loads(self._store.get(_current(kind)))
        except ObjectMissing:
            return Current(None)
        return Current(data["version"], tuple(data["earlier"]))

    def fetch(self, kind: Kind, version: str | None = None) -> ModelVersion:
        """Return a version in a local folder, verified (see :func:`resolve`)."""
        name = version or self.current(kind).version
        packaged = open_version(self._starters[kind], kind)
        if name is None or name in {packaged.version, STARTER}:
            return packaged
        manifest = self._manifest(kind, check_name(name))
        folder = (self._cache or _users_cache()) / kind.value / f"{name}-{manifest['hash'][:12]}"
        if not (folder / MANIFEST).is_file():
            self._download(kind, name, folder)
        found = open_version(folder, kind)
        if found.hash != manifest["hash"]:
            raise ModelMismatch(f"{kind.value} {name}: {folder} is not what the store holds. Delete that folder.")
        return found

    def publish(self, version: ModelVersion) -> None:
        """Copy a sealed version into the store; the same version again is quiet.

        Raises:
            UsageError: the folder is not sealed, its name is the packaged version's, or the store holds other files
                under that name.

        """
        name, packaged = check_name(version.version), open_version(self._starters[version.kind], version.kind)
        if not (version.folder / MANIFEST).is_file():
            raise UsageError(
                f"{version.kind.value} folder {str(version.folder)!r} has no {MANIFEST}: it is not sealed. "
                "Give the version folder that `enrich train` wrote."
            )
        if name in {packaged.version, STARTER} and version.hash != packaged.hash:
            raise UsageError(
                f"{version.kind.value} version {name!r}: so the packaged one is called; choose another name"
            )
        if name in self.list(version.kind):
            if self._manifest(version.kind, name)["hash"] == version.hash:
                return
            raise UsageError(f"{version.kind.value} version {name!r} exists with other content; choose another name")
        prefix = _prefix(version.kind, name)
        files = [path for path in files_of(version.folder) if path.name != MANIFEST]
        for path in [*files, version.folder / MANIFEST]:
            self._store.upload(path, prefix + path.relative_to(version.folder).as_posix())

    def promote(self, kind: Kind, version: str) -> ModelVersion:
        """Make ``version`` the current one, unless any gated figure is worse than the current one's.

        Raises:
            GateRefused: a gated figure is worse or missing; the message names each.
            UsageError: the store has no such version.

        """
        candidate, now = self.fetch(kind, version), self.current(kind)
        packaged = self.fetch(kind, STARTER)
        worse = _worse(candidate, self.fetch(kind))
        if worse:
            raise GateRefused(
                f"{kind.value} {candidate.version} is not promoted. Worse than the current one: {'; '.join(worse)}. "
                "Train a better one, or roll back to an earlier version."
            )
        # The packaged starter lies in no store, and its name changes with the package.
        target = None if candidate.folder == packaged.folder else candidate.version
        if target != now.version:
            self._point(kind, Current(target, (*now.earlier, now.version or STARTER)))
        return candidate

    def rollback(self, kind: Kind) -> ModelVersion:
        """Make the version before the current one the current one.

        Raises:
            UsageError: there is none before it.

        """
        now = self.current(kind)
        if not now.earlier:
            raise UsageError(f"{kind.value}: nothing to roll back to; the version in force is the first one")
        back = now.earlier[-1]
        self._point(kind, Current(None if back == STARTER else back, now.earlier[:-1]))
        return self.fetch(kind)

    def _point(self, kind: Kind, to: Current) -> None:
        data = {"version": to.version, "earlier": list(to.earlier)}
        self._store.put(_current(kind), json.dumps(data, sort_keys=True).encode())

    def _manifest(self, kind: Kind, name: str) -> dict[str, str]:
        try:
            manifest: dict[str, str] = json.loads(self._store.get(_prefix(kind, name) + MANIFEST))
        except ObjectMissing as error:
            known: Sequence[str] = [*self.list(kind), STARTER]
            raise UsageError(
                f"{kind.value} version {bounded(name)!r} is not in {self._store.uri}; allowed: {', '.join(known)}"
            ) from error
        return manifest

    def _download(self, kind: Kind, name: str, folder: Path) -> None:
        """Fetch all files into a temporary sibling, then rename: a killed download is never half a version."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder.parent)
        part = Path(tempfile.mkdtemp(prefix=_PART, dir=folder.parent))
        prefix = _prefix(kind, name)
        try:
            for key in self._store.list(prefix):
                target = part / key[len(prefix) :]
                target.parent.mkdir(parents=True, exist_ok=True)
                self._store.download(key, target)
            # Where another process was quicker, its folder serves as well.
            with suppress(OSError):
                part.rename(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)


def _users_cache() -> Path:
    """Return where fetched versions are kept; a user without a home folder must be told another."""
    if given := os.environ.get(CACHE_VARIABLE):
        return Path(given)
    try:
        return Path.home() / ".cache" / "catalog-enrichment"
    except RuntimeError as error:
        raise UsageError(f"no folder for fetched models: {error} Set {CACHE_VARIABLE} to a local folder.") from error


def _sweep(folder: Path) -> None:
    """Remove what downloads left that were killed a day ago or longer."""
    for part in folder.glob(f"{_PART}*"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > _DAY:
                shutil.rmtree(part)


def _prefix(kind: Kind, name: str) -> str:
    return f"models/{kind.value}/{name}/"


def _current(kind: Kind) -> str:
    return f"models/{kind.value}/current.json"


def _worse(candidate: ModelVersion, current: ModelVersion) -> list[str]:
    """Name every gated figure of the current version that the candidate misses."""
    if candidate.hash == current.hash:
        return []
    new, old = gated(candidate), gated(current)
    missing = [f"{name}: not measured, now {value:.4f}" for name, value in old.items() if name not in new]
    return missing + [f"{n}: {new[n]:.4f}, now {v:.4f}" for n, v in old.items() if n in new and new[n] < v]

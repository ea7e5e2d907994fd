"""The store in a local folder."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from enrichment.stores.atomic import atomic_file
from enrichment.stores.key import TEMP_PREFIX, check_key, check_prefix
from enrichment.stores.space import DiskFull, disk_full, writing
from schemas.errors import ObjectChanged, ObjectExists, ObjectMissing, StoreUnavailable, UsageError

_LOCK = f"{TEMP_PREFIX}lock"
_ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR}
_HOPELESS = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.ELOOP}
# The file system cannot do what a store needs, today or tomorrow.
_HOPELESS |= {errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENODEV, errno.ENXIO}


class LocalStore:
    """Keys are files under ``root``; the folder is made by the first put.

    Unlike S3, a key cannot also be the folder of another (``a`` beside ``a/b``): such a put is a ``UsageError``.
    """

    def __init__(self, root: Path) -> None:
        """Keep objects under ``root``, made absolute now."""
        self._root = root.resolve()

    @property
    def uri(self) -> str:
        """Return ``file:///folder``."""
        return self._root.as_uri().rstrip("/")

    def get(self, key: str) -> bytes:
        """Return the object's bytes.

        Raises:
            ObjectMissing: there is none.

        """
        path = self._path(key)
        with self._mapped(key, reading=True):
            return path.read_bytes()

    def put(self, key: str, data: bytes) -> None:
        """Write the object whole, replacing any earlier one."""
        path = self._path(key)
        with self._mapped(key), atomic_file(path) as file:
            file.write(data)

    def put_new(self, key: str, data: bytes) -> None:
        """Write the object where the key is free; one of many racers wins.

        Raises:
            ObjectExists: the key is taken.

        """
        path = self._path(key)
        with self._mapped(key):
            if path.exists():
                raise ObjectExists(f"{self.uri}: key {key!r} is taken")
            with atomic_file(path, replace=False) as file:
                file.write(data)

    def replace(self, key: str, seen: bytes, data: bytes) -> None:
        """Write the object while it still holds ``seen``; replacers wait for each other, a killed one holds nobody up.

        Raises:
            ObjectChanged: it holds something else, or nothing.

        """
        path = self._path(key)
        with self._mapped(key), self._locked():
            if not path.is_file() or path.read_bytes() != seen:
                raise ObjectChanged(f"{self.uri}: key {key!r} was changed by somebody else. Read it again.")
            with atomic_file(path) as file:
                file.write(data)

    def exists(self, key: str) -> bool:
        """Tell whether the key holds an object."""
        return self._path(key).is_file()

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys that start with ``prefix`` in order of their UTF-8 bytes, as S3 does."""
        folder, _, _ = check_prefix(prefix).rpartition("/")
        with self._mapped(prefix, reading=True):
            yield from (key for key in self._walk(folder) if key.startswith(prefix))

    def delete(self, key: str) -> None:
        """Remove the object; quiet where there is none."""
        path = self._path(key)
        with self._mapped(key):
            if path.is_file():
                path.unlink(missing_ok=True)

    def download(self, key: str, path: Path) -> None:
        """Copy the object to ``path``, atomically.

        Raises:
            ObjectMissing: there is none.

        """
        source = self._path(key)
        with self._mapped(key, reading=True):
            reader = source.open("rb")
        with self._mapped(key), writing(path), reader, atomic_file(path) as writer:
            shutil.copyfileobj(reader, writer, 1 << 20)

    def upload(self, path: Path, key: str) -> None:
        """Copy the file at ``path`` to the object, whole or not at all.

        Raises:
            ObjectMissing: there is no such local file.

        """
        target = self._path(key)
        if not path.is_file():
            raise ObjectMissing(f"upload to {self.uri}, key {key!r}: no local file {path}")
        with self._mapped(key), path.open("rb") as reader, atomic_file(target) as writer:
            shutil.copyfileobj(reader, writer, 1 << 20)

    def _path(self, key: str) -> Path:
        path = self._root / check_key(key)
        # A link inside the folder may lead out of it although the key is clean.
        if not path.resolve().is_relative_to(self._root):
            raise UsageError(f"{self.uri}: key {key!r} leads out of the store through a link. Remove the link.")
        return path

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the store's lock, which the system takes back from a process that ends."""
        self._root.mkdir(parents=True, exist_ok=True)
        with (self._root / _LOCK).open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _walk(self, folder: str) -> Iterator[str]:
        path = self._root / folder
        if not path.is_dir() or not path.resolve().is_relative_to(self._root):
            return
        with os.scandir(path) as entries:
            found = sorted(
                entry.name + ("/" if entry.is_dir(follow_symlinks=False) else "")
                for entry in entries
                if not entry.is_symlink() and not entry.name.startswith(TEMP_PREFIX)
            )
        base = f"{folder}/" if folder else ""
        for name in found:
            if name.endswith("/"):
                yield from self._walk(base + name[:-1])
            else:
                yield base + name

    @contextmanager
    def _mapped(self, key: str, *, reading: bool = False) -> Iterator[None]:
        """Turn what the file system says into this project's errors."""
        try:
            yield
        except (DiskFull, ObjectChanged, ObjectExists, ObjectMissing):
            raise
        except FileExistsError as error:
            raise ObjectExists(f"{self.uri}: key {key!r} is taken") from error
        except OSError as error:
            if reading and error.errno in _ABSENT:
                raise ObjectMissing(f"{self.uri}: no object under key {key!r}") from error
            # A write makes the folders it needs: where even the store's own is not there, none can be made.
            if error.errno in _HOPELESS or (error.errno == errno.ENOENT and not self._root.exists()):
                raise UsageError(
                    f"{self.uri}: key {key!r}: {error.strerror}. No retry will help: fix the rights, or choose another "
                    "store that can be written to (--store or ENRICH_STORE)."
                ) from error
            full = disk_full(f"store {self.uri}, key {key!r}", self._root, error)
            if full is not None:
                raise full from error
            raise StoreUnavailable(f"{self.uri}: key {key!r}: {error.strerror or error}") from error

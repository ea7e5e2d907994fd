"""Local folders for files on their way, gone with the process that made them, however it ends.

A process holds the lock of its folder while it lives, and the system takes the lock back from one that was killed. So
whoever makes a folder first removes those whose lock is free; what a living process works in is never touched.
"""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import shutil
import tempfile
import weakref
from pathlib import Path

from enrichment.stores.space import DiskFull, disk_full
from schemas.errors import UsageError

log = logging.getLogger(__name__)
PREFIX = "enrich-scratch-"
_LOCK, _FILES = "lock", "files"


class Scratch:
    """A new, empty folder, removed by :meth:`close`, else at the end of the process, else by the next one made."""

    def __init__(self) -> None:
        """Sweep what killed processes left in the folder for temporary files, and make a folder there.

        Raises:
            DiskFull: that folder's disk takes no more.
            UsageError: that folder is not there, or no folder can be made and locked in it.

        """
        root = scratch_root()
        sweep(root)
        try:
            folder, lock = _made(root)
        except OSError as error:
            raise scratch_full(error) or UsageError(
                f"folder for temporary files {str(root)!r}: {error.strerror}. Set TMPDIR to a local folder that can be "
                "written to, or mend this one."
            ) from error
        self._removed = weakref.finalize(self, _remove, folder, lock)
        self.path = folder / _FILES

    def close(self) -> None:
        """Remove the folder; once is enough."""
        self._removed()


def scratch_root() -> Path:
    """Return the folder for temporary files: what ``TMPDIR`` says and nothing else, or the system's.

    Python would quietly take another folder where that of ``TMPDIR`` is full or not mounted.

    Raises:
        UsageError: ``TMPDIR`` is not set, and nothing can be written to where the system has such folders.

    """
    given = os.environ.get("TMPDIR")
    try:
        return Path(given).absolute() if given else Path(tempfile.gettempdir())
    except FileNotFoundError as error:
        raise UsageError(
            f"{error.strerror}. Make room, or set TMPDIR to a local folder that can be written to."
        ) from error


def scratch_full(error: OSError) -> DiskFull | None:
    """Return what to tell where ``error`` says that the folder for temporary files is full; None elsewhere."""
    root = scratch_root()
    return disk_full(f"folder for temporary files {str(root)!r} (TMPDIR sets another)", root, error)


def sweep(root: Path) -> None:
    """Remove the folders in ``root`` that this user's killed processes left; what cannot be removed stays."""
    try:
        with os.scandir(root) as entries:
            found = [Path(e.path) for e in entries if e.name.startswith(PREFIX) and e.is_dir(follow_symlinks=False)]
    except OSError:
        return
    for folder in found:
        try:
            _sweep_one(folder)
        except OSError:
            continue


def _sweep_one(folder: Path) -> None:
    if folder.stat(follow_symlinks=False).st_uid != os.geteuid():
        return
    try:
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        # Killed before the lock was made, or after all else was removed; who is about to make it finds no folder.
        folder.rmdir()
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return
    log.info("removed what a killed process left: %s", folder)
    _remove(folder, lock)


def _made(root: Path) -> tuple[Path, int]:
    """Make a folder and take its lock; one that a sweep took in between is left to it."""
    while True:
        folder = root / f"{PREFIX}{secrets.token_hex(8)}"
        folder.mkdir(mode=0o700)
        try:
            lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except FileNotFoundError:
            continue
        except OSError:
            folder.rmdir()
            raise
        try:
            if _taken(folder, lock):
                (folder / _FILES).mkdir()
                return folder, lock
        except OSError:
            _remove(folder, lock)
            raise
        os.close(lock)


def _taken(folder: Path, lock: int) -> bool:
    """Take the lock, and tell whether it is still the folder's: a sweep may have come between."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(lock), (folder / _LOCK).stat())
    except (BlockingIOError, FileNotFoundError):
        return False


def _remove(folder: Path, lock: int) -> None:
    """Remove the files first: the lock goes last, so that a sweep can end what was begun here."""
    shutil.rmtree(folder / _FILES, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    os.close(lock)

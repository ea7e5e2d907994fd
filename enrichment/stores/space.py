"""A local disk that takes no more: which one, how much is left on it, and the way out, in one sentence."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.errors import EnrichError, StoreUnavailable, UsageError
from schemas.records import bounded

_WAYS_OUT = {
    errno.ENOSPC: "Make room there",
    errno.EDQUOT: "Make room there, or have the quota raised",
    errno.EFBIG: "Have the limit on the size of a file raised (ulimit -f)",
}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_UNITS = ("bytes", "kB", "MB", "GB", "TB")


class DiskFull(StoreUnavailable):
    """A local disk takes no more; once there is room the same call succeeds."""


def disk_full(what: str, where: Path | None, error: OSError) -> DiskFull | None:
    """Return what to tell where ``error`` says that the disk of ``where`` is full; None where it says something else.

    ``what`` names what could not be written; a file that the error itself names is a better place than ``where``.
    """
    number = _number(error)
    if number is None:
        return None
    named = error.filename
    place = Path(os.fsdecode(named)) if isinstance(named, str | bytes) else where
    left = f" ({_left(place)})" if place is not None else ""
    return DiskFull(
        f"{what}: {os.strerror(number)}{left}. {_WAYS_OUT[number]}, then give the same command again: what is done "
        "stays done, and nothing half-written is read."
    )


def told(error: OSError) -> EnrichError | None:
    """Return the refusal that an error of the file system comes to: a full disk, missing rights; None for any other."""
    full = disk_full("what was to be written does not fit on the disk", None, error)
    if full is None and error.errno in _REFUSED and error.filename is not None:
        named = bounded(os.fsdecode(error.filename), 300) if isinstance(error.filename, str | bytes) else "a file"
        return UsageError(f"{named}: {error.strerror}. Fix the rights, or name another place.")
    return full


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Let the body write the local file ``path``.

    Raises:
        DiskFull: its disk takes no more.
        UsageError: it may not be written.

    """
    try:
        yield
    except OSError as error:
        refusal = disk_full(f"local file {bounded(str(path), 300)}", path, error) or told(error)
        if refusal is None:
            raise
        raise refusal from error


def _number(error: OSError) -> int | None:
    """Return which way the disk is full, None where it is not; some libraries write the number into the text alone."""
    if error.errno is not None:
        return error.errno if error.errno in _WAYS_OUT else None
    return next((number for number in _WAYS_OUT if os.strerror(number) in str(error)), None)


def _left(place: Path) -> str:
    """Say how much is left where ``place`` lies, or would lie."""
    folder = next((path for path in (place, *place.parents) if path.exists()), Path("/"))
    disk = os.statvfs(folder)
    room = f"{_size(disk.f_bavail * disk.f_frsize)} of {_size(disk.f_blocks * disk.f_frsize)}"
    files = ", no further files" if disk.f_files and not disk.f_favail else ""
    return f"{room} are left on the disk of {bounded(str(folder), 300)}{files}"


def _size(count: float) -> str:
    """Say a number of bytes in a round unit.

    >>> _size(999), _size(1_500_000)
    ('999 bytes', '1.5 MB')
    """
    step = 0
    while count >= 1000 and step < len(_UNITS) - 1:
        count, step = count / 1000, step + 1
    return f"{count:.3g} {_UNITS[step]}"

"""A local file that cannot be written: where, why, how much is left on a full disk, and the way out."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from enrichment.stores.key import TEMP_PREFIX
from schemas.errors import EnrichError, StoreUnavailable, UsageError
from schemas.records import bounded

_WAYS_OUT = {
    errno.ENOSPC: "Make room there",
    errno.EDQUOT: "Make room there, or have the quota raised",
    errno.EFBIG: "Have the limit on the size of a file raised (ulimit -f)",
}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}
# No file can ever be there: a part of the path is a file, the name too long, the file system not made for files.
_NO_PLACE = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL}
_NO_PLACE |= {errno.ENOSYS, errno.EOPNOTSUPP, errno.ENODEV, errno.ENXIO}
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
    """Let the body write the local file or folder ``path``; errors of files elsewhere pass as they are.

    Raises:
        DiskFull: its disk takes no more.
        UsageError: it may not be written, or no file can be there.
        StoreUnavailable: its disk did not take it this time.

    """
    try:
        yield
    except OSError as error:
        # What the project worded itself stays so; a connection is no file.
        refusal = None if isinstance(error, EnrichError | ConnectionError) else _refusal(path, error)
        if refusal is None:
            raise
        raise refusal from error


def _refusal(path: Path, error: OSError) -> EnrichError | None:
    """Return what an error met while ``path`` was written comes to; None where it is about another file."""
    place = f"local file {bounded(str(path), 300)}"
    known = disk_full(place, path, error) or told(error)
    if known is not None or error.errno is None or not _concerns(path, error):
        return known
    if error.errno in _NO_PLACE:
        return UsageError(f"{place}: {error.strerror}. Name another place.")
    return StoreUnavailable(f"{place}: {error.strerror}. Give the same command again, or name another place.")


def _concerns(path: Path, error: OSError) -> bool:
    """Tell whether an error is about ``path``: it, what it is written as at first, what lies below or above it."""
    if not isinstance(error.filename, str | bytes):
        return True
    named, wanted = Path(os.fsdecode(error.filename)).absolute(), path.absolute()
    first = named.parent == wanted.parent and named.name.startswith((TEMP_PREFIX, wanted.name))
    return first or named.is_relative_to(wanted) or wanted.is_relative_to(named)


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

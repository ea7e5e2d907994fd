"""Write a local file whole or not at all, through a temporary neighbour."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from enrichment.stores.key import TEMP_PREFIX


@contextmanager
def atomic_file(path: Path, *, replace: bool = True) -> Iterator[BinaryIO]:
    """Open a file that appears at ``path`` when the block ends well, synced to disk, and never otherwise.

    The bytes are written beside ``path`` under a name that begins with ``TEMP_PREFIX``; folders are made.

    Raises:
        FileExistsError: ``replace`` is false and ``path`` is taken when the block ends.
        OSError: as the file system says.

    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(errno.ENOTDIR, "a part of the path is a file", str(path)) from error
    temp = path.parent / f"{TEMP_PREFIX}{secrets.token_hex(8)}"
    try:
        with temp.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if replace:
            temp.replace(path)
        else:
            # A rename would overwrite a racer's file; a link fails where the name is taken.
            os.link(temp, path)
    finally:
        temp.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

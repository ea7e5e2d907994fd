"""Choose a picture source by its kind."""

from __future__ import annotations

from pathlib import Path

from enrichment.images.folder import FolderSource
from enrichment.images.policy import DEFAULT, ImagePolicy
from enrichment.images.port import PictureSource
from enrichment.images.zip import ZipSource
from schemas.errors import UsageError

KINDS = ("zip", "folder", "http")


def open_source(kind: str, location: Path | str, policy: ImagePolicy = DEFAULT) -> PictureSource:
    """Return the source of ``kind`` (zip, folder, http); use it as a context manager.

    ``location`` is the archive or folder; for ``http`` the address that relative references are joined to,
    or "" where every reference is a whole address.

    Raises:
        UsageError: another kind.
        DropError: the archive or folder as a whole cannot be read.

    """
    if kind == "zip":
        return ZipSource(Path(location), policy)
    if kind == "folder":
        return FolderSource(Path(location), policy)
    if kind == "http":
        from enrichment.images.http import HttpSource

        return HttpSource(str(location), policy)
    raise UsageError(f"pictures.kind={kind!r} is not known; allowed: {', '.join(KINDS)}")

"""A vendor's drop of the night: its folder and its pictures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pyarrow as pa

from enrichment.config import Settings
from enrichment.images.open import open_source
from enrichment.images.port import PictureSource
from enrichment.images.refused import PictureRefused
from enrichment.runs.run import Run
from enrichment.stages.policy import picture_policy
from enrichment.vendors.declarations import not_read
from enrichment.vendors.drops import not_followed
from schemas.errors import DropError
from schemas.records import ProblemReason, VendorDrop, bounded
from schemas.vendor_spec import VendorSpec, vendor_spec

PICTURES = "pictures"
_MARKS = pa.schema([("name", pa.string()), ("mark", pa.string())])


class NoPictures(PictureSource):
    """The source of a vendor that sends no pictures, or nothing tonight."""

    remote = False

    def read(self, ref: str) -> bytes:
        """Refuse every reference."""
        raise PictureRefused(ProblemReason.PICTURE_MISSING, ref)

    def close(self) -> None:
        """Hold nothing, release nothing."""


def spec_of(run: Run, vendor: str) -> VendorSpec:
    """Return the vendor's declaration; no other vendor's file is read, for a night asks once a vendor and shard.

    Raises:
        DropError: the file could not be read when the night was planned.
        DeclarationError: it could, and is gone now, does not fit, or is not named after its vendor.

    """
    if vendor in run.plan.unread:
        raise not_read(vendor, run.plan.unread[vendor])
    return vendor_spec(Path(run.plan.settings.vendors) / f"{vendor}.yaml")


def drop_of(run: Run, vendor: str) -> VendorDrop | None:
    """Return what the vendor delivered for the night, None where nothing came."""
    return next((drop for drop in run.plan.manifest.drops if drop.vendor == vendor), None)


def folder_of(drop: VendorDrop) -> Path:
    """Return the local folder of a drop."""
    return Path(url2pathname(urlsplit(drop.uri).path))


def pictures_of(run: Run, vendor: str) -> PictureSource:
    """Open the vendor's pictures of the night; ``DropError`` where the archive as a whole cannot be read.

    Addresses can be asked also on a night on which the vendor delivers nothing.
    """
    drop = drop_of(run, vendor)
    return source_of(spec_of(run, vendor), None if drop is None else folder_of(drop), run.plan.settings)


def source_of(spec: VendorSpec, folder: Path | None, settings: Settings) -> PictureSource:
    """Open the declared pictures of the drop in ``folder`` (None: nothing was delivered), as :func:`pictures_of`."""
    pictures, policy = spec.pictures, picture_policy(settings, spec.limits)
    if pictures is not None and pictures.kind == "http":
        return open_source(pictures.kind, pictures.prefix, policy)
    if pictures is None or folder is None:
        return NoPictures()
    location = folder / pictures.location
    for path in (location, *location.parents):
        if path != folder and path.is_relative_to(folder) and path.is_symlink():
            raise not_followed(path)
    try:
        return open_source(pictures.kind, location, policy)
    except DropError as error:
        raise DropError(
            f"drop {spec.vendor}: pictures.location {bounded(pictures.location, 80)!r}: {error}. "
            f"Ask the vendor, or fix `pictures` in {spec.file}."
        ) from error


def marks_of(spec: VendorSpec, source: PictureSource, files: Mapping[str, str]) -> pa.Table:
    """Return (name, mark): the marks of an opened ``source``; ``files`` is name -> sha256 of the whole drop."""
    location = PurePosixPath(spec.pictures.location if spec.pictures is not None else "")
    below = {PurePosixPath(name): sha256 for name, sha256 in files.items() if name.isprintable()}
    mine = {str(p.relative_to(location)): sha256 for p, sha256 in below.items() if p.is_relative_to(location)}
    marks = source.marks(mine)
    return pa.table({"name": list(marks), "mark": list(marks.values())}, schema=_MARKS)


def expect_planned(run: Run, vendor: str, source: PictureSource) -> None:
    """Let ``source`` read the pictures that the drop held when it was read, and no others; as ``expect``."""
    marker = run.marker("read", vendor)
    if marker is not None and f"{PICTURES}.parquet" in marker.outputs:
        marks = run.table("read", vendor, PICTURES)
        source.expect(dict(zip(marks["name"].to_pylist(), marks["mark"].to_pylist(), strict=True)))


def prefix_of(spec: VendorSpec) -> str:
    """Return what stands before each picture reference; a base address is the source's own matter."""
    pictures = spec.pictures
    return pictures.prefix if pictures is not None and pictures.kind != "http" else ""

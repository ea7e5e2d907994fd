"""A vendor's drop of the night: its folder and its pictures."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from enrichment.config import Settings
from enrichment.images.open import open_source
from enrichment.images.port import PictureSource
from enrichment.images.refused import PictureRefused
from enrichment.runs.run import Run
from enrichment.stages.policy import picture_policy
from schemas.errors import DropError
from schemas.records import ProblemReason, VendorDrop, bounded
from schemas.vendor_spec import VendorSpec, vendor_spec


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
        DeclarationError: the file is gone, does not fit, or is not named after its vendor.

    """
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
    pictures, policy = spec.pictures, picture_policy(settings)
    if pictures is not None and pictures.kind == "http":
        return open_source(pictures.kind, pictures.prefix, policy)
    if pictures is None or folder is None:
        return NoPictures()
    try:
        return open_source(pictures.kind, folder / pictures.location, policy)
    except DropError as error:
        raise DropError(
            f"drop {spec.vendor}: pictures.location {bounded(pictures.location, 80)!r}: {error}. "
            f"Ask the vendor, or fix `pictures` in {spec.file}."
        ) from error


def prefix_of(spec: VendorSpec) -> str:
    """Return what stands before each picture reference; a base address is the source's own matter."""
    pictures = spec.pictures
    return pictures.prefix if pictures is not None and pictures.kind != "http" else ""

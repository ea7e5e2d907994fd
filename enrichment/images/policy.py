"""What a picture may be and cost: limits on bytes, pixels, archives and network fetches."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.declared import Declared

Format = Literal["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"]


class ArchivePolicy(Declared):
    """Limits on a zip of pictures. A member of more than ``ratio_floor`` bytes may unpack ``max_ratio``-fold."""

    max_members: int = Field(default=200_000, gt=0)
    max_unpacked_bytes: int = Field(default=16 * 2**30, gt=0)
    max_ratio: float = Field(default=200.0, gt=1)
    ratio_floor: int = Field(default=2**20, ge=0)


class HttpPolicy(Declared):
    """Limits on fetching one picture, in seconds and counts.

    ``total_seconds`` bounds one picture with all its redirects and tries. ``allow_private`` names hosts
    (``host`` or ``host:port``) that may have an address which is not public. After ``host_failures`` pictures in a
    row that failed, none answered or refused in between, a host is not asked again by this source: a stage opens one a
    shard, so a host that comes back is asked by the next.
    """

    schemes: tuple[Literal["http", "https"], ...] = ("http", "https")
    allow_private: tuple[str, ...] = ()
    connect_seconds: float = Field(default=5.0, gt=0)
    read_seconds: float = Field(default=15.0, gt=0)
    total_seconds: float = Field(default=60.0, gt=0)
    tries: int = Field(default=3, gt=0)
    backoff_seconds: float = Field(default=0.5, ge=0)
    max_redirects: int = Field(default=4, ge=0)
    host_failures: int = Field(default=20, gt=0)
    concurrent: int = Field(default=8, gt=0)


class ImagePolicy(Declared):
    """What a picture may be, and how many threads read local sources.

    TIFF and AVIF are off by default: their decoders are large and seldom needed.
    """

    max_bytes: int = Field(default=20 * 2**20, gt=0)
    max_pixels: int = Field(default=40_000_000, gt=0)
    min_side: int = Field(default=16, gt=0)
    max_scans: int = Field(default=100, gt=0)
    readers: int = Field(default=4, gt=0)
    formats: tuple[Format, ...] = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
    archive: ArchivePolicy = ArchivePolicy()
    http: HttpPolicy = HttpPolicy()


DEFAULT = ImagePolicy()

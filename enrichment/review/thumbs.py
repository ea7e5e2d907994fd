"""Thumbnails beside the page: small JPEG files named by their picture's hash."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from pathlib import Path

from PIL import Image

from enrichment.images.decode import decode

# Twice what a line shows and somewhat more than the drawer needs: sharp on dense screens too.
SIDE = 224
_NAME_DIGITS = 16
_QUALITY = 74


def thumbnail_name(sha256: str) -> str:
    """Return the file name of a picture's thumbnail, without folder and suffix."""
    return sha256[:_NAME_DIGITS]


def write_thumbnails(
    pictures: Iterable[str], load: Callable[[str], bytes], folder: Path, limit: int
) -> dict[str, Path]:
    """Write up to ``limit`` thumbnails of at most 224 pixels; return the file of each picture that has one.

    A picture that is gone or cannot be read any more is left out: a report without a thumbnail is a report.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: dict[str, Path] = {}
    # Many products share a picture; it is decoded and kept once.
    for sha256 in dict.fromkeys(pictures):
        if len(written) >= limit:
            break
        data = _thumbnail(sha256, load)
        if data:
            written[sha256] = folder / f"{thumbnail_name(sha256)}.jpg"
            written[sha256].write_bytes(data)
    return written


def _thumbnail(sha256: str, load: Callable[[str], bytes]) -> bytes:
    try:
        pixels = decode(load(sha256), SIDE)
    except (OSError, ValueError):
        return b""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()

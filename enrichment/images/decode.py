"""Look at untrusted picture bytes safely, and turn them into upright RGB pixels on white."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, UnidentifiedImageError

from enrichment.images.policy import DEFAULT, ImagePolicy
from enrichment.images.refused import PictureRefused
from schemas.errors import UsageError
from schemas.records import ProblemReason

_START_OF_SCAN = b"\xff\xda"
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ON_SIDE = {5, 6, 7, 8}
_DEEP = {"I", "I;16", "I;16B", "I;16L", "I;16N"}
_MODES = _DEEP | {"1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr"}
_SIGNS = {
    "JPEG": re.compile(rb"\xff\xd8\xff"),
    "PNG": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "WEBP": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "GIF": re.compile(rb"GIF8[79]a"),
    "BMP": re.compile(rb"BM"),
    "TIFF": re.compile(rb"II\*\0|MM\0\*|II\+\0|MM\0\+"),
    "AVIF": re.compile(rb"....ftyp(avif|avis)", re.DOTALL),
    "HEIF": re.compile(rb"....ftyp(hei|hev|mif|msf)", re.DOTALL),
    "JPEG 2000": re.compile(rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51"),
    "PDF": re.compile(rb"%PDF"),
    "PostScript": re.compile(rb"%!PS|\xc5\xd0\xd3\xc6"),
    "Photoshop": re.compile(rb"8BPS"),
    "icon": re.compile(rb"\0\0[\1\2]\0"),
    "markup": re.compile(rb"\s*(\xef\xbb\xbf)?\s*<[?!a-zA-Z]"),
}


@dataclass(frozen=True, slots=True)
class Probed:
    """What a picture is: pixels as shown (EXIF rotation applied), and its format."""

    width: int
    height: int
    format: str


def probe(data: bytes, policy: ImagePolicy = DEFAULT) -> Probed:
    """Return size and format of ``data`` after every check, the last of which decodes its first frame whole.

    Raises:
        PictureRefused: corrupt, too large, too small, a bomb or of a format that is not allowed.

    """
    with _open(data, policy) as image:
        with _corrupt_if_it_fails():
            image.load()
        width, height = image.size
        if _orientation(image) in _ON_SIDE:
            width, height = height, width
        # A JPEG with several pictures inside (MPO, as phones write it) is a JPEG to everybody else.
        return Probed(width, height, "JPEG" if image.format == "MPO" else str(image.format))


def decode(data: bytes, side: int, policy: ImagePolicy = DEFAULT) -> NDArray[np.uint8]:
    """Return the first frame as RGB uint8 ``[H, W, 3]``, upright, transparent parts on white.

    A picture whose long side has twice ``side`` pixels or more is decoded reduced, so that its long side ends in
    about ``[side, 2 * side)``; a smaller one keeps its size. Colour profiles are not applied. 16-bit greys keep their
    high byte. The same bytes give the same pixels.

    Raises:
        PictureRefused: as :func:`probe` does.
        UsageError: ``side`` is not positive.

    """
    if side < 1:
        raise UsageError(f"side={side}; allowed: 1 pixel or more")
    with _open(data, policy) as image:
        orientation = _orientation(image)
        with _corrupt_if_it_fails():
            image.draft("RGB", draft_size(image.size, side))
            image.load()
            pixels = _flattened(image, max(1, max(image.size) // side))
            if orientation in _UPRIGHT:
                pixels = pixels.transpose(_UPRIGHT[orientation])
            return np.array(pixels, dtype=np.uint8)


def draft_size(size: tuple[int, int], side: int) -> tuple[int, int]:
    """Return the least size at which a JPEG decoder may give a picture of ``size`` whose long side must keep ``side``.

    >>> draft_size((1200, 1800), 192)
    (128, 192)
    """
    width, height = size
    return max(1, width * side // max(size)), max(1, height * side // max(size))


@contextmanager
def _open(data: bytes, policy: ImagePolicy) -> Iterator[Image.Image]:
    """Open ``data`` without decoding it, and check what its header declares."""
    if len(data) > policy.max_bytes:
        raise PictureRefused(ProblemReason.PICTURE_TOO_LARGE, f"{len(data)} bytes; allowed: at most {policy.max_bytes}")
    _check_scans(data, policy)
    try:
        image = Image.open(BytesIO(data), formats=policy.formats)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureRefused(ProblemReason.PICTURE_BOMB, str(error)) from error
    except UnidentifiedImageError as error:
        raise _unidentified(data, policy) from error
    # Pillow's readers raise nearly anything on bytes made to hurt them; none of it may stop a run.
    except Exception as error:
        raise PictureRefused(ProblemReason.PICTURE_CORRUPT, f"unreadable header: {error}") from error
    with image:
        _check_header(image, policy)
        yield image


def _check_scans(data: bytes, policy: ImagePolicy) -> None:
    """Refuse a JPEG whose thousands of scans would each go over every pixel.

    https://libjpeg-turbo.org/pmwiki/uploads/About/TwoIssueswiththeJPEGStandard.pdf
    """
    if _SIGNS["JPEG"].match(data):
        scans = data.count(_START_OF_SCAN)
        # Two chance bytes in embedded metadata look like a scan once in 64 KiB.
        allowed = policy.max_scans + len(data) // 2**15
        if scans > allowed:
            raise PictureRefused(ProblemReason.PICTURE_BOMB, f"{scans} scans; allowed: at most {allowed}")


def _check_header(image: Image.Image, policy: ImagePolicy) -> None:
    width, height = image.size
    if width * height > policy.max_pixels:
        raise PictureRefused(
            ProblemReason.PICTURE_BOMB, f"{width}x{height} pixels declared; allowed: at most {policy.max_pixels} in all"
        )
    if min(width, height) < policy.min_side:
        raise PictureRefused(
            ProblemReason.PICTURE_TOO_SMALL, f"{width}x{height} pixels; allowed: at least {policy.min_side} a side"
        )
    # Pillow unpacks run lengths of a BMP in Python: minutes of work for one large picture.
    if image.mode not in _MODES or (image.format == "BMP" and image.info.get("compression") in {1, 2}):
        raise PictureRefused(
            ProblemReason.PICTURE_FORMAT, f"{image.format} of mode {image.mode}; allowed: plain grey or colour"
        )


def _unidentified(data: bytes, policy: ImagePolicy) -> PictureRefused:
    """Tell a foreign format from a broken picture by the first bytes."""
    name = next((name for name, sign in _SIGNS.items() if sign.match(data)), None)
    if name is None or name in policy.formats:
        return PictureRefused(ProblemReason.PICTURE_CORRUPT, f"{len(data)} bytes that no allowed format can read")
    return PictureRefused(ProblemReason.PICTURE_FORMAT, f"{name}; allowed: {', '.join(policy.formats)}")


@contextmanager
def _corrupt_if_it_fails() -> Iterator[None]:
    """Turn whatever Pillow raises while decoding into one refusal."""
    try:
        yield
    except Exception as error:
        raise PictureRefused(ProblemReason.PICTURE_CORRUPT, f"cannot be decoded: {error}") from error


def _orientation(image: Image.Image) -> int:
    """Return the EXIF orientation, 1 (upright) where it is absent, odd or unreadable."""
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    # Broken metadata is no reason to lose the picture.
    except Exception:
        return 1
    return value if isinstance(value, int) else 1


def _high_byte(deep: NDArray[Any]) -> NDArray[np.uint8]:
    """Return greys ``[H, W]`` of 16 bits, in whatever integer they came, as 8 bits."""
    if deep.dtype.itemsize > 2:
        deep = deep.clip(0, 0xFFFF)
    return (deep >> 8).astype(np.uint8)


def _flattened(image: Image.Image, factor: int) -> Image.Image:
    """Return ``image`` as RGB on white, both sides divided by ``factor`` (box filter)."""
    if image.mode in _DEEP:
        image = Image.fromarray(_high_byte(np.asarray(image)))
    elif image.mode == "CMYK" and "adobe" not in image.info:
        # Pillow reads every CMYK JPEG as inverted, which only Adobe's are.
        image = ImageChops.invert(image)
    if not image.has_transparency_data:
        plain = image if image.mode == "RGB" else image.convert("RGB")
        return plain if factor == 1 else plain.reduce(factor)
    # Premultiplied colours average rightly, and over white they only need the missing light added.
    premultiplied = np.asarray(image.convert("RGBA").convert("RGBa").reduce(factor))
    return Image.fromarray(premultiplied[..., :3] + (255 - premultiplied[..., 3:]))

"""What of a picture is read: which part of it, at how many pixels."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from enrichment.vision.letterbox import Pixels, letterbox
from schemas.errors import UsageError

Decoder = Callable[[bytes, int], Pixels]
Part = tuple[float, float, float, float]
WHOLE: Part = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Frame:
    """The ``part`` of a picture that is read, letterboxed to ``side`` pixels.

    A part is (left, top, right, bottom) in shares of the picture's sides, 0 to 1. Where pictures show people from head
    to foot, what they wear above the waist fills a few pixels of the whole.

    Raises:
        UsageError: the side is not positive, or the part is empty or leaves the picture.

    """

    side: int
    part: Part = WHOLE

    def __post_init__(self) -> None:
        """Refuse what cannot be cut out."""
        if self.side < 1:
            raise UsageError(f"side={self.side}; allowed: 1 pixel or more")
        if len(self.part) != 4 or not (0 <= self.part[0] < self.part[2] <= 1 and 0 <= self.part[1] < self.part[3] <= 1):
            raise UsageError(
                f"part={self.part}; allowed: left, top, right, bottom in shares of the picture, such as 0.1,0,0.9,0.6"
            )

    def square(self, data: bytes, decode: Decoder) -> Pixels:
        """Return uint8 ``[side, side, 3]`` of the picture that ``decode(data, pixels)`` reads at a reduced size.

        Raises:
            PictureRefused: whatever ``decode`` refuses.

        """
        left, top, right, bottom = self.part
        pixels = decode(data, math.ceil(self.side / min(right - left, bottom - top)))
        height, width = pixels.shape[:2]
        rows, columns = _cut(top, bottom, height), _cut(left, right, width)
        return letterbox(np.ascontiguousarray(pixels[rows, columns]), self.side)


def _cut(low: float, high: float, pixels: int) -> slice:
    """Return the pixels between two shares of a side, one at least.

    >>> _cut(0.15, 0.85, 100), _cut(0.5, 0.51, 3)
    (slice(15, 85, None), slice(1, 2, None))
    """
    first = min(math.floor(low * pixels), pixels - 1)
    return slice(first, max(first + 1, math.ceil(high * pixels)))

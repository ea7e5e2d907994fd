from __future__ import annotations

import numpy as np
import pytest

from enrichment.vision.frame import WHOLE, Frame
from enrichment.vision.letterbox import Pixels, letterbox
from schemas.errors import UsageError

# Four quarters: red, green, blue, white.
_QUARTERS = np.zeros((80, 60, 3), dtype=np.uint8)
_QUARTERS[:40, :30] = (255, 0, 0)
_QUARTERS[:40, 30:] = (0, 255, 0)
_QUARTERS[40:, :30] = (0, 0, 255)
_QUARTERS[40:, 30:] = 255


def _decode(_: bytes, __: int) -> Pixels:
    return _QUARTERS


def test_the_whole_picture_is_letterboxed_as_it_is() -> None:
    assert (Frame(32).square(b"", _decode) == letterbox(_QUARTERS, 32)).all()


def test_a_part_is_cut_out_and_fills_the_square() -> None:
    square = Frame(24, (0.5, 0, 1, 0.5)).square(b"", _decode)
    assert square.shape == (24, 24, 3)
    assert (square == (0, 255, 0)).all()
    assert (Frame(24, (0, 0.51, 0.49, 1)).square(b"", _decode) == (0, 0, 255)).all()


def test_a_part_is_decoded_large_enough_to_be_cut_from() -> None:
    asked: list[int] = []

    def decode(_: bytes, side: int) -> Pixels:
        asked.append(side)
        return _QUARTERS

    for part in (WHOLE, (0.0, 0.0, 0.5, 0.25)):
        Frame(32, part).square(b"", decode)
    assert asked == [32, 128]


def test_a_part_thinner_than_a_pixel_is_one_pixel() -> None:
    assert Frame(8, (0.999, 0.999, 1, 1)).square(b"", lambda *_: _QUARTERS[:1, :1]).shape == (8, 8, 3)


@pytest.mark.parametrize(
    "part", [(0, 0, 1), (0.5, 0, 0.5, 1), (0, 0.6, 1, 0.4), (-0.1, 0, 1, 1), (0, 0, 1, float("nan"))]
)
def test_what_cannot_be_cut_out_is_refused(part: tuple[float, ...]) -> None:
    with pytest.raises(UsageError, match="allowed: left, top, right, bottom"):
        Frame(8, part)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="1 pixel or more"):
        Frame(0)

from __future__ import annotations

from pathlib import Path

import numpy as np

from enrichment.progress.null import NullProgress
from enrichment.vision.frame import Frame
from enrichment.vision.letterbox import Pixels
from enrichment.vision.picture_cache import cached_pictures, decode_trusted
from tests.images.pictures import jpeg

PICTURES = [jpeg(seed=seed) for seed in range(3)]
FRAME = Frame(32)


def test_two_that_fill_one_cache_at_once_both_get_the_pictures(tmp_path: Path) -> None:
    inner = []

    def decode(data: bytes, side: int) -> Pixels:
        if not inner:
            inner.append(cached_pictures(PICTURES, FRAME, tmp_path / "work", NullProgress()))
        return decode_trusted(data, side)

    outer = cached_pictures(PICTURES, FRAME, tmp_path / "work", NullProgress(), decode)
    assert outer.shape == (3, 32, 32, 4)
    assert np.array_equal(inner[0], outer)
    (kept,) = (tmp_path / "work").iterdir()
    assert kept.suffix == ".npy"


def test_what_is_cached_is_not_decoded_again(tmp_path: Path) -> None:
    first = cached_pictures(PICTURES, FRAME, tmp_path, NullProgress())
    second = cached_pictures(PICTURES, FRAME, tmp_path, NullProgress(), lambda data, side: np.empty(0, np.uint8))
    assert np.array_equal(first, second)

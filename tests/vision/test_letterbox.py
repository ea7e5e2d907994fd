from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrichment.vision.foreground import foreground
from enrichment.vision.letterbox import edge_colour, letterbox


@given(st.integers(1, 90), st.integers(1, 90), st.integers(8, 64))
@settings(max_examples=30, deadline=None)
def test_letterbox_is_square_and_never_squeezes(height: int, width: int, side: int) -> None:
    picture = np.zeros((height, width, 3), dtype=np.uint8)
    picture[..., 0] = 255
    square = letterbox(picture, side)
    assert square.shape == (side, side, 3)
    assert (square == [255, 0, 0]).all()


def test_letterbox_keeps_the_aspect_of_the_product() -> None:
    picture = np.full((80, 60, 3), 255, dtype=np.uint8)
    picture[20:60, 10:50] = 0
    square = letterbox(picture, 160)
    dark = (square < 100).all(axis=2)
    rows, columns = dark.any(axis=1).sum(), dark.any(axis=0).sum()
    assert rows == pytest.approx(columns, abs=2)


def test_edge_colour_is_the_background() -> None:
    picture = np.full((30, 20, 3), 240, dtype=np.uint8)
    picture[5:25, 5:15] = 10
    assert edge_colour(picture).tolist() == [240, 240, 240]


def test_foreground_tells_a_product_on_even_background() -> None:
    picture = np.full((40, 40, 3), 250, dtype=np.uint8)
    picture[10:30, 10:30] = 30
    picture[18:22, 18:22] = 250
    mask = foreground(picture)
    assert mask[0, 0] == 0
    assert mask[12, 12] == 255
    assert mask[20, 20] == 255, "a white patch inside the product is product"


def test_foreground_of_a_real_background_is_everything() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (40, 40, 3)).astype(np.uint8)
    assert (foreground(picture) == 255).all()

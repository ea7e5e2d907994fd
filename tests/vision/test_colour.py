from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from enrichment.vision.answer import best, merge_matrix
from enrichment.vision.colour import COLOURS, chroma_anchors, colour_shares, lab

_Drawn = Callable[..., np.ndarray]


def _shares(square: np.ndarray) -> torch.Tensor:
    return colour_shares(torch.from_numpy(square).permute(2, 0, 1)[None].float() / 255)[0]


def _flat(colour: tuple[int, int, int]) -> np.ndarray:
    return np.full((160, 160, 3), colour, dtype=np.uint8)


@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        ((255, 255, 255), (100.0, 0.0, 0.0)),
        ((0, 0, 0), (0.0, 0.0, 0.0)),
        ((255, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 0, 128), (12.97, 47.51, -64.70)),
    ],
)
def test_lab_is_as_published(colour: tuple[int, int, int], expected: tuple[float, float, float]) -> None:
    found = lab(torch.tensor(colour).view(1, 3, 1, 1).float() / 255).flatten()
    torch.testing.assert_close(found, torch.tensor(expected), rtol=0, atol=0.1)


def test_the_product_not_the_background_is_counted(drawn_square: _Drawn) -> None:
    shares = _shares(drawn_square((255, 0, 0)))
    assert shares.shape == (COLOURS,)
    assert shares.argmax() == _shares(_flat((255, 0, 0))).argmax()
    assert abs(float(shares.square().sum()) - 1) < 1e-4


def test_white_on_white_stays_white(drawn_square: _Drawn) -> None:
    lightness, chroma = divmod(int(_shares(drawn_square((255, 255, 255))).argmax()), len(chroma_anchors()[0]))
    assert (lightness, chroma) == (9, 0)


def test_dark_colours_that_people_tell_apart_stand_apart() -> None:
    navy, black = _shares(_flat((0, 0, 80))), _shares(_flat((20, 20, 20)))
    assert float(navy @ black) < 0.1


def test_near_equal_colours_do_not_split_their_votes() -> None:
    values = ("blue", "charcoal", "grey")
    place, confidence = best("colour", values, np.array([[0.4, 0.25, 0.35]]))
    assert values[place[0]] == "grey"
    assert confidence[0] == 0.35
    assert merge_matrix("colour", values).shape == (3, 2)

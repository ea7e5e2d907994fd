from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from enrichment.vision.answer import best, merge_matrix
from enrichment.vision.colour import COLOURS, colour_shares, palette


def _shares(square: np.ndarray) -> torch.Tensor:
    return colour_shares(torch.from_numpy(square).permute(2, 0, 1)[None].float() / 255)[0]


def test_the_product_not_the_background_is_counted(drawn_square: Callable[..., np.ndarray]) -> None:
    shares = _shares(drawn_square((255, 0, 0)))
    assert shares.shape == (COLOURS,)
    assert palette()[shares.argmax()].tolist() == [1.0, 0.0, 0.0]
    assert abs(float(shares.square().sum()) - 1) < 1e-4


def test_white_on_white_stays_white(drawn_square: Callable[..., np.ndarray]) -> None:
    assert palette()[_shares(drawn_square((255, 255, 255))).argmax()].tolist() == [1.0, 1.0, 1.0]


def test_near_equal_colours_do_not_split_their_votes() -> None:
    values = ("blue", "charcoal", "grey")
    place, confidence = best("colour", values, np.array([[0.4, 0.25, 0.35]]))
    assert values[place[0]] == "grey"
    assert confidence[0] == 0.35
    assert merge_matrix("colour", values).shape == (3, 2)

"""CutMix: what is laid over, and how much of each picture's labels is left."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from enrichment.vision.cut_mix import cut_mix


def _numbered(count: int, side: int = 12) -> torch.Tensor:
    return torch.arange(count).float().view(count, 1, 1, 1).expand(count, 3, side, side).contiguous()


@given(seed=st.integers(0, 10_000))
def test_the_share_is_the_area_that_is_a_picture_s_own(seed: int) -> None:
    pictures = _numbered(5)
    mixed = cut_mix(pictures, torch.Generator().manual_seed(seed), chance=1.0)
    own, theirs = pictures[:, 0], pictures[mixed.partner, 0]
    laid = mixed.pictures[:, 0] != own
    assert bool((mixed.pictures[:, 0][laid] == theirs[laid]).all())
    other = mixed.partner != torch.arange(5)
    expected = torch.full((int(other.sum()),), 1 - mixed.share)
    torch.testing.assert_close(laid[other].float().mean(dim=(1, 2)), expected)
    assert 0 <= mixed.share <= 1


def test_without_luck_nothing_is_laid_over_and_the_first_pictures_are_never_changed() -> None:
    pictures = _numbered(4)
    kept = pictures.clone()
    left = cut_mix(pictures, torch.Generator().manual_seed(1), chance=0.0)
    assert left.share == 1
    torch.testing.assert_close(left.pictures, kept)
    cut_mix(pictures, torch.Generator().manual_seed(1), chance=1.0)
    torch.testing.assert_close(pictures, kept)


def test_equal_seeds_lay_equal_parts() -> None:
    first, again = (cut_mix(_numbered(6), torch.Generator().manual_seed(3), chance=1.0) for _ in range(2))
    torch.testing.assert_close(first.pictures, again.pictures)
    assert first.share == again.share

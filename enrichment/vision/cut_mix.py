"""CutMix: a part of another training picture laid over each, so that no picture can be learned by heart."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Mixed:
    """Pictures ``[B, 3, S, S]``, the ``partner`` ``[B]`` each holds a part of, and the ``share`` that is its own."""

    pictures: Tensor
    partner: Tensor
    share: float


def cut_mix(pictures: Tensor, random: torch.Generator, chance: float) -> Mixed:
    """Lay one rectangle of each picture's partner over it, with a ``chance``; else return the pictures as they are.

    The rectangle's area is even over 0..1 of the picture before its edges are cut; all of a batch share it. Both
    pictures' labels then count, by area: https://arxiv.org/abs/1905.04899.
    """
    draw = torch.rand(4, generator=random).tolist()
    partner = torch.randperm(len(pictures), generator=random).to(pictures.device)
    if draw[0] >= chance:
        return Mixed(pictures, partner, 1.0)
    side = pictures.shape[-1]
    half = side * math.sqrt(draw[1]) / 2
    left, right = _edges(draw[2] * side, half, side)
    top, bottom = _edges(draw[3] * side, half, side)
    mixed = pictures.clone()
    mixed[:, :, top:bottom, left:right] = pictures[partner, :, top:bottom, left:right]
    return Mixed(mixed, partner, 1 - (right - left) * (bottom - top) / side**2)


def _edges(middle: float, half: float, side: int) -> tuple[int, int]:
    return max(0, round(middle - half)), min(side, round(middle + half))

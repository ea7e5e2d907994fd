"""How much of each colour a picture's product shows: what a trunk's pooled features blur."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

_GRID, _STEPS, _SPREAD = 24, 5, 0.11
COLOURS = _STEPS**3
_SILENT = 0.02


def palette() -> Tensor:
    """Return the anchor colours ``[COLOURS, 3]``: an even grid over RGB in 0..1."""
    steps = torch.linspace(0, 1, _STEPS)
    return torch.cartesian_prod(steps, steps, steps)


def colour_shares(pictures: Tensor) -> Tensor:
    """Return ``[B, COLOURS]``: the square roots of the shares of anchor colours in pictures 0..1 ``[B, 3, S, S]``.

    Pixels count the more the further they are from the border's median colour and the nearer to the middle; each is
    shared out softly over the anchors. Square roots make distances between histograms Hellinger's,
    https://en.wikipedia.org/wiki/Hellinger_distance. A product of the background's colour keeps its middle.
    """
    small = functional.adaptive_avg_pool2d(pictures.float(), _GRID)
    ring = torch.cat([small[..., 0, :], small[..., -1, :], small[..., :, 0], small[..., :, -1]], dim=2)
    edge = ring.median(dim=2).values[:, :, None, None]
    differs = torch.sigmoid(((small - edge).abs().amax(dim=1) - 0.10) * 40)
    line = torch.linspace(-1, 1, _GRID, device=small.device)
    middle = torch.exp(-2.0 * (line[:, None] ** 2 + line[None, :] ** 2))
    weight = ((differs + _SILENT) * middle).flatten(1)
    pixels = small.flatten(2).transpose(1, 2)
    distance = torch.cdist(pixels, palette().to(small.device)).square()
    near = torch.softmax(-distance / (2 * _SPREAD**2), dim=2)
    shares = (near * weight[:, :, None]).sum(dim=1)
    return (shares / shares.sum(dim=1, keepdim=True)).clamp(min=0).sqrt()

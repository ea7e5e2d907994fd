"""How much of each colour a picture's product shows: what a trunk's pooled features blur."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

_GRID = 24
_LIGHTNESS, _LIGHTNESS_SPREAD = 10, 6.0
# Rings of equal chroma around grey, each with how far its anchors reach: coarser where eyes are.
_HUES, _GREY_SPREAD = 12, 5.0
_RINGS = ((10.0, 5.0), (25.0, 9.0), (50.0, 16.0))
COLOURS = _LIGHTNESS * (1 + _HUES * len(_RINGS))
_EDGE, _STEEP, _SILENT = 8.0, 0.6, 0.02
# Linear sRGB to XYZ, and the white it is divided by: IEC 61966-2-1, D65.
_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
_WHITE = (0.9505, 1.0, 1.089)


def lab(pictures: Tensor) -> Tensor:
    """Return CIELAB ``[B, 3, H, W]`` (L* 0..100) of sRGB pictures 0..1 ``[B, 3, H, W]``.

    Equal distances there look about equally different: https://en.wikipedia.org/wiki/CIELAB_color_space
    """
    linear = torch.where(pictures <= 0.04045, pictures / 12.92, ((pictures + 0.055) / 1.055) ** 2.4)
    matrix = torch.tensor(_XYZ, device=pictures.device)
    white = torch.tensor(_WHITE, device=pictures.device).view(1, 3, 1, 1)
    xyz = torch.einsum("ij,bjhw->bihw", matrix, linear) / white
    cube = torch.where(xyz > 0.008856, xyz.clamp(min=1e-6) ** (1 / 3), 7.787 * xyz + 16 / 116)
    x, y, z = cube.unbind(dim=1)
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], dim=1)


def chroma_anchors() -> tuple[Tensor, Tensor]:
    """Return the anchors' (a*, b*) ``[A, 2]`` and how far each reaches ``[A]``: grey, then rings of hues."""
    turns = [2 * math.pi * at / _HUES for at in range(_HUES)]
    ring = [(far * math.cos(turn), far * math.sin(turn)) for far, _ in _RINGS for turn in turns]
    spreads = [spread for _, spread in _RINGS for _ in turns]
    return torch.tensor([(0.0, 0.0), *ring]), torch.tensor([_GREY_SPREAD, *spreads])


def colour_shares(pictures: Tensor) -> Tensor:
    """Return ``[B, COLOURS]``: square roots of the shares of CIELAB colours in pictures 0..1 ``[B, 3, S, S]``.

    Colours are lightness steps times (a*, b*) anchors, lightness first. Pixels count the more the further they are from
    the border's median colour and the nearer to the middle; each is shared out softly over the anchors. Square roots
    make distances between histograms Hellinger's, https://en.wikipedia.org/wiki/Hellinger_distance. A product of the
    background's colour keeps its middle.
    """
    small = lab(functional.adaptive_avg_pool2d(pictures.float(), _GRID))
    pixels = small.flatten(2).transpose(1, 2)
    steps = torch.linspace(5, 95, _LIGHTNESS, device=small.device)
    light = torch.softmax(-((pixels[..., :1] - steps) ** 2) / (2 * _LIGHTNESS_SPREAD**2), dim=2)
    anchors, spreads = (part.to(small.device) for part in chroma_anchors())
    distance = torch.cdist(pixels[..., 1:].contiguous(), anchors).square()
    chroma = torch.softmax(-distance / (2 * spreads**2), dim=2)
    weighed = light * _weights(small).flatten(1)[:, :, None]
    shares = torch.bmm(weighed.transpose(1, 2), chroma).flatten(1)
    return (shares / shares.sum(dim=1, keepdim=True)).clamp(min=0).sqrt()


def _weights(small: Tensor) -> Tensor:
    """Return how much each pixel of CIELAB pictures ``[B, 3, G, G]`` counts ``[B, G, G]``."""
    ring = torch.cat([small[..., 0, :], small[..., -1, :], small[..., :, 0], small[..., :, -1]], dim=2)
    edge = ring.median(dim=2).values[:, :, None, None]
    far = (small - edge).square().sum(dim=1).sqrt()
    differs = torch.sigmoid((far - _EDGE) * _STEEP)
    line = torch.linspace(-1, 1, _GRID, device=small.device)
    middle = torch.exp(-2.0 * (line[:, None] ** 2 + line[None, :] ** 2))
    return (differs + _SILENT) * middle

"""What a trunk says of the whole picture and of its upper, middle and lower third."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

BANDS = 3
_PROBE = 64


def features(trunk: nn.Module, pictures: Tensor) -> Tensor:
    """Return features ``[B, F]`` of normalised pictures: pooled over all, then over each band, top first.

    Where something is seen tells a collar from a hem and a tunic from a dress, which pooling over the whole picture
    forgets. The first two levels of a spatial pyramid in one direction, https://arxiv.org/abs/1406.4729. A trunk
    without a map of channels (a transformer's tokens) gives its pooled features alone.
    """
    built: Any = trunk
    maps: Tensor = built.forward_features(pictures)
    whole: Tensor = built.forward_head(maps, pre_logits=True)
    if maps.ndim != 4 or maps.shape[1] != built.num_features:
        return whole
    bands = functional.adaptive_avg_pool2d(maps, (BANDS, 1)).squeeze(3)
    return torch.cat([whole, bands.transpose(1, 2).flatten(1)], dim=1)


@torch.inference_mode()
def width(trunk: nn.Module) -> int:
    """Return ``F``, the number of features that :func:`features` gives for each picture."""
    was, probe = trunk.training, torch.zeros(1, 3, _PROBE, _PROBE)
    found = features(trunk.eval(), probe).shape[1]
    trunk.train(was)
    return int(found)

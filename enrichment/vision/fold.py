"""Fold batch normalisation into the convolution before it: the same answers, fewer passes over memory."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

# A timm module's convolution and the normalisation that its output goes through, nothing between them.
_PAIRS = (
    ("conv_stem", "bn1"),
    ("conv_head", "bn2"),
    ("conv_pw", "bn1"),
    ("conv_dw", "bn2"),
    ("conv_pwl", "bn3"),
    ("conv_exp", "bn1"),
    ("conv", "bn1"),
    ("conv1", "bn1"),
    ("conv2", "bn2"),
    ("conv3", "bn3"),
)


def folded(trunk: nn.Module) -> nn.Module:
    """Return a copy of an eval-mode trunk with known pairs folded; trunks of another build come back as they are.

    A depthwise-separable block names its normalisations otherwise (``conv_dw``, ``bn1``, ``conv_pw``, ``bn2``); the
    copy is used only if it answers as the original does.
    """
    trunk = trunk.eval()
    made = copy.deepcopy(trunk)
    for module in made.modules():
        for conv_name, norm_name in _pairs(module):
            _fold(module, conv_name, norm_name)
    return made if _agree(trunk, made) else trunk


def _pairs(module: nn.Module) -> tuple[tuple[str, str], ...]:
    if type(module).__name__ == "DepthwiseSeparableConv":
        return (("conv_dw", "bn1"), ("conv_pw", "bn2"))
    return _PAIRS


def _fold(module: Any, conv_name: str, norm_name: str) -> None:
    conv, norm = getattr(module, conv_name, None), getattr(module, norm_name, None)
    if not isinstance(conv, nn.Conv2d) or not isinstance(norm, nn.BatchNorm2d):
        return
    if conv.out_channels != norm.num_features:
        return
    setattr(module, conv_name, fuse_conv_bn_eval(conv, norm))
    setattr(module, norm_name, getattr(norm, "act", nn.Identity()))


@torch.inference_mode()
def _agree(before: nn.Module, after: nn.Module) -> bool:
    probe = torch.linspace(-1, 1, 2 * 3 * 64 * 64).view(2, 3, 64, 64)
    try:
        return bool(torch.allclose(before(probe), after(probe), rtol=1e-2, atol=1e-2))
    except RuntimeError:
        return False

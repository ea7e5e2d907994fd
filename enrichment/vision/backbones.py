"""Trunks: timm models by name, a ResNet of the project's own, and where their first weights come from."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import nn

import enrichment.vision.torchvision_shim  # noqa: F401  (must run before timm is imported)
from enrichment.vision.frame import WHOLE, Frame, Part

import timm  # isort: skip
from timm.models import register_model  # isort: skip

from schemas.errors import ModelMismatch, UsageError

LOG = logging.getLogger(__name__)
LITE, RESNET_STEM = "tf_efficientnet_lite0", "resnetv2_50_relu_stem"
# RGB mean and deviation in 0..1 of weights that do not come from timm's own registry.
_STATISTICS = {
    RESNET_STEM: ((0.45222, 0.42571, 0.37757), (0.28551, 0.27888, 0.28231)),
    LITE: ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
}


@register_model  # type: ignore[untyped-decorator, unused-ignore]
def resnetv2_50_relu_stem(pretrained: bool = False, **kwargs: Any) -> nn.Module:
    """Build a pre-activation ResNet-50 whose stem has a bias and a ReLU before its pooling.

    The layout of https://github.com/onnx/models (resnet50-v2-7), whose stages 0 to 2 are published.
    """
    if pretrained:
        raise UsageError(f"{RESNET_STEM}: timm's hub has no weights for it. Give a weights file instead.")
    model: Any = timm.create_model("resnetv2_50", **kwargs)
    old = model.stem.conv
    model.stem.conv = type(old)(
        old.in_channels,
        old.out_channels,
        kernel_size=old.kernel_size,
        stride=old.stride,
        padding=old.padding,
        bias=True,
    )
    model.stem.pool = nn.Sequential(nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1))
    return model  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How a picture becomes the trunk's input: its ``part`` letterboxed to ``side`` pixels, (x / 255 - mean) / std."""

    side: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    part: Part = WHOLE

    @property
    def frame(self) -> Frame:
        """What of a picture is read."""
        return Frame(self.side, self.part)


def preprocessing(backbone: str, side: int) -> Preprocessing:
    """Return the input statistics that ``backbone`` was pretrained with, at ``side`` pixels."""
    if backbone in _STATISTICS:
        mean, std = _STATISTICS[backbone]
    else:
        config = timm.get_pretrained_cfg(backbone)
        mean, std = (config.mean, config.std) if config else ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    return Preprocessing(side, mean, std)


def trunk(backbone: str, weights: Path | None = None, hub: bool = False) -> nn.Module:
    """Build a trunk for pictures ``[B, 3, S, S]``, without a classifier, and load its first weights.

    ``weights`` is a safetensors file with timm's key names; ``hub`` asks timm's hub instead. Neither = random.

    Raises:
        UsageError: timm has no backbone of that name.
        ModelMismatch: the file holds keys that the backbone does not have.

    """
    if not timm.is_model(backbone):
        near = ", ".join(timm.list_models(f"*{backbone[:6]}*")[:5])
        raise UsageError(f"backbone={backbone!r} is no timm model; near names: {near or 'none'}")
    model: nn.Module = timm.create_model(backbone, num_classes=0, pretrained=hub and weights is None)
    if weights is not None:
        load_trunk(model, weights)
    return model


def load_trunk(model: nn.Module, weights: Path) -> tuple[str, ...]:
    """Load a safetensors file into ``model``; return the keys the file leaves as they were.

    Raises:
        ModelMismatch: a key or a shape of the file does not fit.

    """
    state: dict[str, torch.Tensor] = load_file(str(weights))
    try:
        missing, unexpected = model.load_state_dict(state, strict=False)
    except RuntimeError as error:
        raise ModelMismatch(f"{weights.name}: {error}. Give the backbone that these weights are for.") from error
    if unexpected or len(missing) > len(state):
        raise ModelMismatch(
            f"{weights.name} is not for this backbone: {len(unexpected)} unknown keys, such as {unexpected[:3]}. "
            "Give the backbone that these weights are for."
        )
    if missing:
        LOG.info("%s leaves %d tensors untrained, from %s", weights.name, len(missing), missing[0])
    return tuple(missing)


def depth_groups(model: nn.Module) -> list[list[nn.Parameter]]:
    """Return the trunk's parameters from its first layers to its last, one list a stage."""
    any_model: Any = model
    stages = list(any_model.blocks) if hasattr(any_model, "blocks") else list(getattr(any_model, "stages", ()))
    stages = stages or [getattr(any_model, f"layer{i}") for i in range(1, 5) if hasattr(any_model, f"layer{i}")]
    stage_of = {id(p): i + 1 for i, stage in enumerate(stages) for p in stage.parameters()}
    groups: list[list[nn.Parameter]] = [[] for _ in range(len(stages) + 2)]
    reached = 0
    for parameter in model.parameters():
        at = stage_of.get(id(parameter), 0 if not reached else len(stages) + 1)
        reached = max(reached, min(at, 1))
        groups[at].append(parameter)
    return [group for group in groups if group]

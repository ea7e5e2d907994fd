"""The Lightning module that trains trunk and heads together: rates a stage, and what is measured on the way."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

import enrichment.vision.torchvision_shim  # noqa: F401  (must run before Lightning imports torchvision)
from enrichment.vision.augment import Augment
from enrichment.vision.backbones import Preprocessing, depth_groups
from enrichment.vision.batches import Batch
from enrichment.vision.colour import colour_shares
from enrichment.vision.cut_mix import cut_mix
from enrichment.vision.head_loss import HeadLoss
from enrichment.vision.held_rights import HeldRights
from enrichment.vision.losses import masked_cross_entropy
from enrichment.vision.net import LookNet
from enrichment.vision.vocabulary import GROUP, TAUGHT

import pytorch_lightning as lightning  # isort: skip

_AUGMENT = "augment_random"


class HeldOutLearner(lightning.LightningModule):  # type: ignore[misc, unused-ignore]
    """A module whose ``rights`` sum up the held-out batches of an epoch, and are logged at its end."""

    def __init__(self) -> None:
        """Start with nothing measured."""
        super().__init__()
        self.rights = HeldRights()

    def on_validation_epoch_start(self) -> None:
        """Forget what an earlier epoch was measured to do."""
        self.rights = HeldRights()

    def on_validation_epoch_end(self) -> None:
        """Log how often each head was right, and ``val_wrong``, which chooses the epoch."""
        for name, share in self.rights.shares().items():
            self.log(f"val_{name}", share, sync_dist=True)
        self.log("val_wrong", self.rights.wrong(), sync_dist=True)


class Learner(HeldOutLearner):
    """Train all heads of one network together, the trunk's later stages with them."""

    def __init__(
        self,
        net: LookNet,
        loss: HeadLoss,
        inputs: Preprocessing,
        augment: Augment,
        rates: tuple[float, float, float],
        frozen: int,
        mixed: float = 0.0,
    ) -> None:
        """Train ``net`` with ``rates`` (last stage, heads, decay a stage); ``frozen`` first stages stay.

        A share ``mixed`` of the batches have parts of other pictures laid over (:func:`cut_mix`).
        """
        super().__init__()
        self.net, self.loss, self.inputs, self.augment, self.mixed = net, loss, inputs, augment, mixed
        self.rates, self.frozen = rates, frozen
        self.register_buffer("mean", torch.tensor(inputs.mean).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(inputs.std).view(1, 3, 1, 1), persistent=False)
        self.stages = depth_groups(net.trunk)
        for stage in self.stages[:frozen]:
            for parameter in stage:
                parameter.requires_grad_(False)
        self._frozen_norms = frozen_norms(net.trunk)

    def on_train_start(self) -> None:
        """Hold the statistics of frozen stages where they are: a run taken up inside an epoch does not start one."""
        self._hold_norms()

    def on_train_epoch_start(self) -> None:
        """Hold the statistics of frozen stages where they are."""
        self._hold_norms()

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep where the augmentation's random numbers stand."""
        checkpoint[_AUGMENT] = self.augment.random.get_state()

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Go on with the augmentation's random numbers, where the checkpoint has them."""
        if _AUGMENT in checkpoint:
            self.augment.random.set_state(checkpoint[_AUGMENT].cpu())

    def _hold_norms(self) -> None:
        for module in self._frozen_norms:
            module.eval()

    def normalised(self, pictures: Tensor) -> Tensor:
        """Return pictures 0..1 as the trunk wants them."""
        ready = (pictures - self.mean) / self.std
        placed: Tensor = ready.contiguous(memory_format=torch.channels_last)
        return placed

    def training_step(self, batch: Batch, _: int) -> Tensor:
        """Return the loss of one augmented batch; where parts were laid over, both pictures' labels count by area."""
        cached, codes = batch
        pictures = self.augment(cached.cpu()).to(self.device)
        mixed = cut_mix(pictures, self.augment.random, self.mixed)
        features, colours = self.net.features(self.normalised(mixed.pictures)), colour_shares(pictures)
        loss = self._loss(features, colours, codes)
        if mixed.share < 1:
            theirs = {name: code[mixed.partner] for name, code in codes.items()}
            loss = mixed.share * loss + (1 - mixed.share) * self._loss(features, colours[mixed.partner], theirs)
        self.log("loss", loss, prog_bar=True)
        return loss

    def _loss(self, features: Tensor, colours: Tensor, codes: dict[str, Tensor]) -> Tensor:
        scores = self.net.heads(features, colours, codes[GROUP].clamp(min=0))
        loss: Tensor = self.loss(scores, features, codes)
        return loss

    def validation_step(self, batch: Batch, _: int) -> None:
        """Count how often each head is right, tags within their true group; log the group head's loss."""
        cached, codes = batch
        pictures = cached[..., :3].permute(0, 3, 1, 2).float() / 255
        scores = self.net(self.normalised(pictures), pictures, codes[GROUP].clamp(min=0))
        self.rights.add(self.loss.right(scores, codes))
        loss = masked_cross_entropy(scores.group, codes[TAUGHT])
        self.log("val_loss", loss, batch_size=len(cached), sync_dist=True)

    def configure_optimizers(self) -> dict[str, Any]:
        """Return AdamW whose rate falls a stage at a time towards the first layers, then along a cosine."""
        last, heads, decay = self.rates
        moving = list(enumerate(self.stages))[self.frozen :]
        groups: list[dict[str, Any]] = [
            {"params": stage, "lr": last * decay ** (len(self.stages) - 1 - at)} for at, stage in moving
        ]
        trunk = {id(p) for p in self.net.trunk.parameters()}
        groups.append({"params": [p for p in self.parameters() if id(p) not in trunk], "lr": heads})
        return scheduled(groups, int(self.trainer.estimated_stepping_batches))


def scheduled(groups: Sequence[dict[str, Any]], steps: int) -> dict[str, Any]:
    """Return Lightning's optimizer plan: AdamW over ``groups`` with :func:`warm_cosine` over ``steps``."""
    optimizer = torch.optim.AdamW(list(groups), weight_decay=0.02)
    plan = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: warm_cosine(step, max(1, steps)))
    return {"optimizer": optimizer, "lr_scheduler": {"scheduler": plan, "interval": "step"}}


def warm_cosine(step: int, steps: int, warm: float = 0.05, floor: float = 0.01) -> float:
    """Return the share of the full rate at ``step`` of ``steps``: up over the first ``warm``, then a cosine down.

    >>> [round(warm_cosine(s, 100), 2) for s in (0, 5, 100)]
    [0.2, 1.0, 0.01]
    """
    rise = max(1, int(steps * warm))
    if step < rise:
        return (step + 1) / rise
    place = min(1.0, (step - rise) / max(1, steps - rise))
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * place))


def frozen_norms(trunk: nn.Module) -> list[nn.Module]:
    """Return the normalisation layers all of whose parameters are frozen."""
    return [
        module
        for module in trunk.modules()
        if isinstance(module, nn.BatchNorm2d) and not any(p.requires_grad for p in module.parameters())
    ]

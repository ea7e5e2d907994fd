"""The Lightning module that trains a :class:`LookNet`: losses, rates a stage, and what is measured on the way."""

from __future__ import annotations

import math
from typing import Any

import pytorch_lightning as lightning
import torch
from torch import Tensor, nn

from enrichment.vision.augment import Augment
from enrichment.vision.backbones import Preprocessing, depth_groups
from enrichment.vision.batches import Batch
from enrichment.vision.losses import ClassProxies, generalised_cross_entropy, masked_cross_entropy, relations
from enrichment.vision.net import LookNet, Scores
from enrichment.vision.vocabulary import GROUP, TYPE, Vocabulary

_WEIGHT = {"occasion": 0.3, "season": 0.2, "gender": 0.7, "colour": 1.0, TYPE: 1.0}
_WEAK_WEIGHT, _METRIC_WEIGHT, _RELATION_WEIGHT = 0.5, 0.3, 2.0
_SMOOTHING = 0.05


class Learner(lightning.LightningModule):  # type: ignore[misc, unused-ignore]
    """Train all heads of one network together on rows that carry any part of the labels."""

    def __init__(
        self,
        net: LookNet,
        vocabulary: Vocabulary,
        inputs: Preprocessing,
        augment: Augment,
        rates: tuple[float, float, float],
        frozen: int,
        weak: frozenset[str] = frozenset(),
    ) -> None:
        """Train ``net`` with ``rates`` (last stage, heads, decay a stage); ``frozen`` first stages stay."""
        super().__init__()
        self.net, self.vocabulary, self.inputs, self.augment = net, vocabulary, inputs, augment
        self.rates, self.frozen, self.weak = rates, frozen, weak
        proxied = [name for name in (TYPE, "colour", "pattern") if name in vocabulary.tags]
        dimensions = net.embed.out_features
        self.proxies = nn.ModuleDict({n: ClassProxies(dimensions, len(vocabulary.tags[n])) for n in proxied})
        for name in vocabulary.tags:
            self.register_buffer(f"may_{name}", torch.from_numpy(vocabulary.mask(name)), persistent=False)
        self.register_buffer("mean", torch.tensor(inputs.mean).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(inputs.std).view(1, 3, 1, 1), persistent=False)
        self.stages = depth_groups(net.trunk)
        for stage in self.stages[:frozen]:
            for parameter in stage:
                parameter.requires_grad_(False)
        self._frozen_norms = _norms_of(net.trunk)

    def on_train_epoch_start(self) -> None:
        """Hold the statistics of frozen stages where they are."""
        for module in self._frozen_norms:
            module.eval()

    def normalised(self, pictures: Tensor) -> Tensor:
        """Return pictures 0..1 as the trunk wants them."""
        ready = (pictures - self.mean) / self.std
        return ready.contiguous(memory_format=torch.channels_last)

    def training_step(self, batch: Batch, _: int) -> Tensor:
        """Return the loss of one augmented batch."""
        cached, codes = batch
        pictures = self.augment(cached.cpu()).to(self.device)
        features = self.net.trunk(self.normalised(pictures)).float()
        scores = self.net.heads(features, codes[GROUP].clamp(min=0))
        loss = self._loss(scores, codes) + self._metric_loss(scores.embedding, features, codes)
        self.log("loss", loss, prog_bar=True)
        return loss

    def _loss(self, scores: Scores, codes: dict[str, Tensor]) -> Tensor:
        loss = masked_cross_entropy(scores.group, codes[GROUP], smoothing=_SMOOTHING)
        known_group = codes[GROUP] >= 0
        for name, tag in scores.tags.items():
            matrix: Tensor = getattr(self, f"may_{name}")
            allowed = matrix[codes[GROUP].clamp(min=0)] | ~known_group[:, None]
            mine = torch.where(_within(allowed, codes[name]), codes[name], -1)
            if name in self.weak:
                loss = loss + _WEAK_WEIGHT * generalised_cross_entropy(tag, mine, allowed)
            else:
                loss = loss + _WEIGHT.get(name, 0.5) * masked_cross_entropy(tag, mine, allowed, _SMOOTHING)
        return loss

    def _metric_loss(self, embedding: Tensor, features: Tensor, codes: dict[str, Tensor]) -> Tensor:
        loss = _RELATION_WEIGHT * relations(embedding, features)
        for name, proxy in self.proxies.items():
            loss = loss + _METRIC_WEIGHT * proxy(embedding, codes[name])
        return loss

    def validation_step(self, batch: Batch, _: int) -> None:
        """Log how often each head is right, tags within their true group."""
        cached, codes = batch
        pictures = cached[..., :3].permute(0, 3, 1, 2).float() / 255
        scores = self.net(self.normalised(pictures), codes[GROUP].clamp(min=0))
        self._log_right("group", scores.group, codes[GROUP])
        for name, tag in scores.tags.items():
            matrix: Tensor = getattr(self, f"may_{name}")
            self._log_right(name, tag.masked_fill(~matrix[codes[GROUP].clamp(min=0)], -1e4), codes[name])
        loss = masked_cross_entropy(scores.group, codes[GROUP])
        self.log("val_loss", loss, batch_size=len(cached), sync_dist=True)

    def _log_right(self, name: str, scores: Tensor, codes: Tensor) -> None:
        known = codes >= 0
        count = int(known.sum())
        if count:
            right = (scores[known].argmax(dim=1) == codes[known]).float().mean()
            self.log(f"val_{name}", right, batch_size=count, sync_dist=True, prog_bar=name in ("group", TYPE))

    def configure_optimizers(self) -> dict[str, Any]:
        """Return AdamW whose rate falls a stage at a time towards the first layers, then along a cosine."""
        last, heads, decay = self.rates
        moving = list(enumerate(self.stages))[self.frozen :]
        groups: list[dict[str, Any]] = [
            {"params": stage, "lr": last * decay ** (len(self.stages) - 1 - at)} for at, stage in moving
        ]
        trunk = {id(p) for p in self.net.trunk.parameters()}
        groups.append({"params": [p for p in self.parameters() if id(p) not in trunk], "lr": heads})
        optimizer = torch.optim.AdamW(groups, weight_decay=0.02)
        steps = max(1, int(self.trainer.estimated_stepping_batches))
        plan = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: warm_cosine(step, steps))
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


def _within(allowed: Tensor, codes: Tensor) -> Tensor:
    """Tell for each row whether its code is known and one that its group can have."""
    return (codes >= 0) & allowed.gather(1, codes.clamp(min=0)[:, None]).squeeze(1)


def _norms_of(trunk: nn.Module) -> list[nn.Module]:
    """Return the normalisation layers all of whose parameters are frozen."""
    return [
        module
        for module in trunk.modules()
        if isinstance(module, nn.BatchNorm2d) and not any(p.requires_grad for p in module.parameters())
    ]

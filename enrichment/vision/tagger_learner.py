"""The Lightning module that trains taggers and embedding on a frozen trunk's features."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from enrichment.vision.features import FeatureBatch
from enrichment.vision.head_loss import HeadLoss
from enrichment.vision.learner import HeldOutLearner, scheduled
from enrichment.vision.net import LookNet
from enrichment.vision.vocabulary import GROUP


class TaggerLearner(HeldOutLearner):
    """Train everything of a network but its trunk, and its group head only where the loss weighs it."""

    def __init__(self, net: LookNet, loss: HeadLoss, rate: float) -> None:
        """Hold the trunk of ``net`` where it is."""
        super().__init__()
        self.net, self.loss, self.rate = net, loss, rate
        # Lightning keeps modes as they are: heads that were left answering would learn without dropout.
        net.train().requires_grad_(True)
        net.trunk.eval().requires_grad_(False)
        net.group.requires_grad_(loss.with_group)

    def training_step(self, batch: FeatureBatch, _: int) -> Tensor:
        """Return the loss of one batch of features."""
        features, colours, codes = batch
        scores = self.net.heads(features, colours, codes[GROUP].clamp(min=0))
        loss: Tensor = self.loss(scores, features, codes)
        self.log("loss", loss)
        return loss

    def validation_step(self, batch: FeatureBatch, _: int) -> None:
        """Count how often each head is right; log the loss."""
        features, colours, codes = batch
        scores = self.net.heads(features, colours, codes[GROUP].clamp(min=0))
        self.rights.add(self.loss.right(scores, codes))
        self.log("val_loss", self.loss(scores, features, codes), batch_size=len(features), sync_dist=True)

    def configure_optimizers(self) -> dict[str, Any]:
        """Return AdamW over what moves, with a warm cosine."""
        moving = [parameter for parameter in self.parameters() if parameter.requires_grad]
        return scheduled([{"params": moving, "lr": self.rate}], int(self.trainer.estimated_stepping_batches))

"""The network: one trunk, a group head, a tagger a group and an embedding head, in one pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from enrichment.vision.colour import COLOURS, colour_shares

DIMENSIONS, ADAPTER_RANK = 128, 32
COLOUR = "colour"


@dataclass(frozen=True, slots=True)
class Scores:
    """Raw scores of ``B`` pictures: group ``[B, G]``, tags by name ``[B, V]``, embedding ``[B, D]`` of unit norm."""

    group: Tensor
    tags: dict[str, Tensor]
    embedding: Tensor


class Taggers(nn.Module):
    """One softmax a tag, read from the shared features and from an adapter of the picture's own group.

    The shared part learns what a colour is once; each group's low-rank adapter learns what is different there,
    so that a small group leans on the large ones. After residual adapters, https://arxiv.org/abs/1705.08045.
    """

    def __init__(self, features: int, groups: int, tags: Mapping[str, int]) -> None:
        """Build shared heads and ``groups`` adapters; the adapters start at zero effect."""
        super().__init__()
        self.shared = nn.ModuleDict({name: nn.Linear(features, values) for name, values in tags.items()})
        self.down = nn.Parameter(torch.randn(groups, features, ADAPTER_RANK) * features**-0.5)
        self.up = nn.ParameterDict(
            {name: nn.Parameter(torch.zeros(groups, ADAPTER_RANK, values)) for name, values in tags.items()}
        )
        self.painted = _painted(tags.get(COLOUR, 0))

    def forward(self, features: Tensor, group: Tensor, colours: Tensor) -> dict[str, Tensor]:
        """Return scores ``[B, V]`` of each tag from features ``[B, F]``, groups ``[B]`` and colour shares."""
        hidden = functional.hardswish(torch.bmm(features.unsqueeze(1), self.down[group]))
        scores = {
            name: head(features) + torch.bmm(hidden, self.up[name][group]).squeeze(1)
            for name, head in self.shared.items()
        }
        if COLOUR in scores:
            scores[COLOUR] = scores[COLOUR] + self.painted(colours)
        return scores


def _painted(values: int) -> nn.Module:
    """Build what reads a colour's name off the colour shares; it starts at zero effect."""
    if not values:
        return nn.Identity()
    last = nn.Linear(128, values)
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)
    return nn.Sequential(nn.Linear(COLOURS, 128), nn.ReLU(), last)


class LookNet(nn.Module):
    """Pictures ``[B, 3, S, S]`` to :class:`Scores`."""

    def __init__(self, trunk: nn.Module, features: int, groups: int, tags: Mapping[str, int]) -> None:
        """Put heads for ``groups`` image groups and ``tags`` (values by attribute) on a pooled trunk."""
        super().__init__()
        self.trunk = trunk
        self.group = nn.Linear(features, groups)
        self.taggers = Taggers(features, groups, tags)
        self.embed = nn.Linear(features, DIMENSIONS, bias=False)

    def forward(self, pictures: Tensor, plain: Tensor, group: Tensor | None = None) -> Scores:
        """Score normalised ``pictures``; ``plain`` are the same in 0..1. A group given guides the taggers."""
        return self.heads(self.trunk(pictures).float(), colour_shares(plain), group)

    def heads(self, features: Tensor, colours: Tensor, group: Tensor | None = None) -> Scores:
        """Score features ``[B, F]`` that the trunk gave and colour shares ``[B, COLOURS]`` of the same pictures."""
        scores = self.group(features)
        found = scores.argmax(dim=1) if group is None else group
        tags = self.taggers(features, found, colours)
        return Scores(scores, tags, functional.normalize(self.embed(features), dim=1))

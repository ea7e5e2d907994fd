"""The network: one trunk, a group head, a tagger a group and an embedding head, in one pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

DIMENSIONS, ADAPTER_RANK = 128, 32


@dataclass(frozen=True, slots=True)
class Scores:
    """Raw scores of ``B`` pictures: ``group`` ``[B, G]``, ``tags[name]`` ``[B, V]``, ``embedding`` ``[B, D]`` unit norm."""

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

    def forward(self, features: Tensor, group: Tensor) -> dict[str, Tensor]:
        """Return scores ``[B, V]`` of each tag for features ``[B, F]`` of pictures in groups ``[B]``."""
        hidden = functional.hardswish(torch.bmm(features.unsqueeze(1), self.down[group]))
        return {
            name: head(features) + torch.bmm(hidden, self.up[name][group]).squeeze(1)
            for name, head in self.shared.items()
        }


class LookNet(nn.Module):
    """Pictures ``[B, 3, S, S]`` to :class:`Scores`."""

    def __init__(self, trunk: nn.Module, features: int, groups: int, tags: Mapping[str, int]) -> None:
        """Put heads for ``groups`` image groups and ``tags`` (values by attribute) on a pooled trunk."""
        super().__init__()
        self.trunk = trunk
        self.group = nn.Linear(features, groups)
        self.taggers = Taggers(features, groups, tags)
        self.embed = nn.Linear(features, DIMENSIONS, bias=False)

    def forward(self, pictures: Tensor, group: Tensor | None = None) -> Scores:
        """Score pictures; the taggers take the group given, else the one that the group head finds."""
        return self.heads(self.trunk(pictures).float(), group)

    def heads(self, features: Tensor, group: Tensor | None = None) -> Scores:
        """Score features ``[B, F]`` that the trunk already gave."""
        scores = self.group(features)
        found = scores.argmax(dim=1) if group is None else group
        return Scores(scores, self.taggers(features, found), functional.normalize(self.embed(features), dim=1))

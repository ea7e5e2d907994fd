"""The network: one trunk, a group head, a tagger a group and an embedding head, in one pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from enrichment.vision.bands import features as features_of
from enrichment.vision.colour import COLOURS, colour_shares

DIMENSIONS, ADAPTER_RANK, MIXED = 128, 32, 256
_FEATURES_DROPPED, _DROPPED = 0.2, 0.3


@dataclass(frozen=True, slots=True)
class Scores:
    """Raw scores of ``B`` pictures: group ``[B, G]``, tags by name ``[B, V]``, embedding ``[B, D]`` of unit norm."""

    group: Tensor
    tags: dict[str, Tensor]
    embedding: Tensor


class Taggers(nn.Module):
    """One softmax a tag, read from the shared features, from an adapter of the picture's own group, and from colours.

    The shared part learns what a colour is once; each group's low-rank adapter learns what is different there,
    so that a small group leans on the large ones. After residual adapters, https://arxiv.org/abs/1705.08045. The
    mixed part sees features, colour shares and group together: what a colour is called depends on what it is on.
    """

    def __init__(self, features: int, groups: int, tags: Mapping[str, int]) -> None:
        """Build shared heads, ``groups`` adapters and the mixed part; the last two start at zero effect."""
        super().__init__()
        self.groups = groups
        self.shared = nn.ModuleDict({name: nn.Linear(features, values) for name, values in tags.items()})
        self.down = nn.Parameter(torch.randn(features, groups * ADAPTER_RANK) * features**-0.5)
        self.up = nn.ParameterDict(
            {name: nn.Parameter(torch.zeros(groups, ADAPTER_RANK, values)) for name, values in tags.items()}
        )
        wide = features + COLOURS + groups
        self.mixed = nn.Sequential(nn.Dropout(_DROPPED), nn.Linear(wide, MIXED), nn.ReLU(), nn.Dropout(_DROPPED))
        self.mixed_up = nn.ParameterDict({name: nn.Parameter(torch.zeros(MIXED, v)) for name, v in tags.items()})

    def forward(self, features: Tensor, group: Tensor, colours: Tensor) -> dict[str, Tensor]:
        """Return scores ``[B, V]`` of each tag from features ``[B, F]``, groups ``[B]`` and colour shares."""
        # One product for all groups, of which each row keeps its own: fixed shapes, whatever groups a batch holds.
        every = (features @ self.down).view(len(features), self.groups, ADAPTER_RANK)
        hidden = functional.hardswish(every[torch.arange(len(features), device=group.device), group].unsqueeze(1))
        mixed = self.mixed(torch.cat([self._even(features), self._even(colours), self._marked(group)], dim=1))
        return {
            name: head(features) + torch.bmm(hidden, self.up[name][group]).squeeze(1) + mixed @ self.mixed_up[name]
            for name, head in self.shared.items()
        }

    @staticmethod
    def _even(values: Tensor) -> Tensor:
        """Return each row with mean 0 and deviation 1, so that features and colours weigh alike."""
        return functional.layer_norm(values, values.shape[1:])

    def _marked(self, group: Tensor) -> Tensor:
        return functional.one_hot(group, self.groups).to(self.down.dtype)


class LookNet(nn.Module):
    """Pictures ``[B, 3, S, S]`` to :class:`Scores`."""

    def __init__(self, trunk: nn.Module, features: int, groups: int, tags: Mapping[str, int]) -> None:
        """Put heads for ``groups`` image groups and ``tags`` (values by attribute) on the ``features`` of a trunk."""
        super().__init__()
        self.trunk = trunk
        self.dropped = nn.Dropout(_FEATURES_DROPPED)
        self.group = nn.Linear(features, groups)
        self.taggers = Taggers(features, groups, tags)
        self.embed = nn.Linear(features, DIMENSIONS, bias=False)

    def forward(self, pictures: Tensor, plain: Tensor, group: Tensor | None = None) -> Scores:
        """Score normalised ``pictures``; ``plain`` are the same in 0..1. A group given guides the taggers."""
        return self.heads(self.features(pictures), colour_shares(plain), group)

    def features(self, pictures: Tensor) -> Tensor:
        """Return the trunk's features ``[B, F]`` of normalised pictures, in float32."""
        return features_of(self.trunk, pictures).float()

    def heads(self, features: Tensor, colours: Tensor, group: Tensor | None = None) -> Scores:
        """Score features ``[B, F]`` that the trunk gave and colour shares ``[B, COLOURS]`` of the same pictures."""
        left = self.dropped(features)
        scores = self.group(left)
        found = scores.argmax(dim=1) if group is None else group
        tags = self.taggers(left, found, colours)
        return Scores(scores, tags, functional.normalize(self.embed(features), dim=1))

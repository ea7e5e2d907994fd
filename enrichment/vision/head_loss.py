"""The loss of all heads together, on rows that carry any part of the labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from enrichment.vision.answer import merge_matrix
from enrichment.vision.losses import (
    ClassProxies,
    among_cross_entropy,
    generalised_cross_entropy,
    masked_cross_entropy,
    relations,
)
from enrichment.vision.net import DIMENSIONS, Scores
from enrichment.vision.vocabulary import GROUP, TAUGHT, TYPE, Vocabulary, among

_WEIGHT = {"occasion": 0.3, "season": 0.2, "gender": 0.7, "colour": 1.0, TYPE: 1.0}
_OTHER_WEIGHT, _WEAK_WEIGHT, _METRIC_WEIGHT, _RELATION_WEIGHT = 0.5, 0.5, 0.3, 2.0
_PROXIED = (TYPE, "colour", "pattern")
_SMOOTHING = 0.05
_FAR = -1e4


class HeadLoss(nn.Module):
    """Sum of masked losses: cross-entropy a head, a noise-bearing one for ``weak`` heads, and the metric losses.

    Where near-equal values count as one, a head learns its values and their families alike: navy taken for blue is
    half a mistake. ``priors`` (a head's shares of rows by value) shift its scores while it learns, so that what it
    answers later does not lean on how frequent a value is: https://arxiv.org/abs/2007.07314.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        weak: Iterable[str] = (),
        with_group: bool = True,
        priors: Mapping[str, NDArray[np.float64]] | None = None,
    ) -> None:
        """Weigh the heads of ``vocabulary``; without ``with_group`` the group head is left as it is."""
        super().__init__()
        self.weak, self.with_group = frozenset(weak), with_group
        self.balanced = frozenset(priors or ())
        for name, shares in (priors or {}).items():
            self.register_buffer(f"prior_{name}", torch.from_numpy(np.log(shares)).float(), persistent=False)
        self.names = tuple(vocabulary.tags)
        proxied = [name for name in _PROXIED if name in vocabulary.tags]
        self.proxies = nn.ModuleDict({n: ClassProxies(DIMENSIONS, len(vocabulary.tags[n])) for n in proxied})
        for name in self.names:
            families = torch.from_numpy(merge_matrix(name, vocabulary.tags[name])).float()
            self.register_buffer(f"may_{name}", torch.from_numpy(vocabulary.mask(name)), persistent=False)
            self.register_buffer(f"families_{name}", families, persistent=False)
            self.register_buffer(f"among_{name}", torch.from_numpy(vocabulary.among(name)), persistent=False)

    def allowed(self, name: str, codes: dict[str, Tensor]) -> Tensor:
        """Return ``[B, V]``: the values that each row's true group can have, all of them where it is unknown."""
        matrix: Tensor = getattr(self, f"may_{name}")
        group = codes[GROUP]
        return matrix[group.clamp(min=0)] | (group < 0)[:, None]

    def has_families(self, name: str) -> bool:
        """Tell whether some values of a head count as one."""
        families: Tensor = getattr(self, f"families_{name}")
        return families.shape[0] > families.shape[1]

    def in_families(self, name: str, scores: Tensor, codes: Tensor, allowed: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return scores ``[B, M]``, codes ``[B]`` and allowed ``[B, M]`` of families for those of single values."""
        families: Tensor = getattr(self, f"families_{name}")
        may = allowed.float() @ families > 0
        scores = scores.masked_fill(~allowed, _FAR)
        top = scores.max(dim=1, keepdim=True).values
        summed = ((scores - top).exp() @ families).clamp(min=1e-9).log() + top
        return summed, torch.where(codes < 0, codes, families.argmax(dim=1)[codes.clamp(min=0)]), may

    def forward(self, scores: Scores, features: Tensor, codes: dict[str, Tensor]) -> Tensor:
        """Return the loss of a batch: its scores, the trunk's features ``[B, F]`` and label codes by head."""
        loss = _RELATION_WEIGHT * relations(scores.embedding, features)
        if self.with_group:
            loss = loss + masked_cross_entropy(scores.group, codes[TAUGHT], smoothing=_SMOOTHING)
        for name, raw in scores.tags.items():
            tag = raw + getattr(self, f"prior_{name}") if name in self.balanced else raw
            allowed = self.allowed(name, codes)
            mine = torch.where(_within(allowed, codes[name]), codes[name], -1)
            if name in self.weak:
                loss = loss + _WEAK_WEIGHT * generalised_cross_entropy(tag, mine, allowed)
            else:
                weight = _WEIGHT.get(name, _OTHER_WEIGHT)
                loss = loss + weight * masked_cross_entropy(tag, mine, allowed, _SMOOTHING)
                if among(name) in codes:
                    loss = loss + weight * self._left_open(name, tag, codes, allowed)
                if self.has_families(name):
                    loss = loss + weight * masked_cross_entropy(*self.in_families(name, tag, mine, allowed), _SMOOTHING)
        for name, proxy in self.proxies.items():
            loss = loss + _METRIC_WEIGHT * proxy(scores.embedding, codes[name])
        return loss

    def _left_open(self, name: str, tag: Tensor, codes: dict[str, Tensor], allowed: Tensor) -> Tensor:
        """Return the loss of rows whose label leaves the value open; such a row weighs as much as a labelled one."""
        sets: Tensor = getattr(self, f"among_{name}")
        open_to = codes[among(name)]
        code = torch.where((sets[open_to.clamp(min=0)] & allowed).any(dim=1), open_to, -1)
        share = int((code >= 0).sum()) / max(1, int((codes[name] >= 0).sum()))
        return share * among_cross_entropy(tag, code, sets, allowed)

    def right(self, scores: Scores, codes: dict[str, Tensor]) -> Iterator[tuple[str, int, Tensor]]:
        """Yield head, labelled rows and the share of them answered rightly: families, within their true group."""
        yield from _share(GROUP, scores.group, codes[TAUGHT])
        for name, tag in scores.tags.items():
            found, code, may = self.in_families(name, tag, codes[name], self.allowed(name, codes))
            yield from _share(name, found.masked_fill(~may, _FAR), code)


def _share(name: str, scores: Tensor, codes: Tensor) -> Iterator[tuple[str, int, Tensor]]:
    known = codes >= 0
    count = int(known.sum())
    if count:
        yield name, count, (scores[known].argmax(dim=1) == codes[known]).float().mean()


def _within(allowed: Tensor, codes: Tensor) -> Tensor:
    """Tell for each row whether its code is known and one that its group can have."""
    return (codes >= 0) & allowed.gather(1, codes.clamp(min=0)[:, None]).squeeze(1)

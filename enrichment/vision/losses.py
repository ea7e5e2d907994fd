"""Losses: masked cross-entropy a head, one that bears wrong labels, and what draws similar pictures together."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

_FAR = -1e4


def masked_cross_entropy(
    scores: Tensor, codes: Tensor, allowed: Tensor | None = None, smoothing: float = 0.0
) -> Tensor:
    """Return the mean cross-entropy of scores ``[B, V]`` over the rows whose code is not negative (0 if none).

    ``allowed`` ``[B, V]`` leaves out the values that a row's group cannot have.
    """
    known = codes >= 0
    if not bool(known.any()):
        return scores.sum() * 0
    if allowed is None:
        return functional.cross_entropy(scores[known], codes[known], label_smoothing=smoothing)
    may = allowed[known]
    scores, codes = scores[known].masked_fill(~may, _FAR), codes[known]
    log = functional.log_softmax(scores, dim=1)
    spread = (log * may).sum(dim=1) / may.sum(dim=1).clamp(min=1)
    right = log.gather(1, codes[:, None]).squeeze(1)
    return -((1 - smoothing) * right + smoothing * spread).mean()


def among_cross_entropy(scores: Tensor, codes: Tensor, sets: Tensor, allowed: Tensor) -> Tensor:
    """Return the mean surprise that scores ``[B, V]`` put into the set ``[S, V]`` of each row with a code (0 if none).

    What is known of such a row is that its value is one of the set's, not which: partial labels, averaged by what the
    model itself believes of them. https://www.jmlr.org/papers/v12/cour11a.html
    """
    known = codes >= 0
    if not bool(known.any()):
        return scores.sum() * 0
    log = functional.log_softmax(scores[known].masked_fill(~allowed[known], _FAR), dim=1)
    return -log.masked_fill(~sets[codes[known]], _FAR).logsumexp(dim=1).mean()


def generalised_cross_entropy(scores: Tensor, codes: Tensor, allowed: Tensor, q: float = 0.5) -> Tensor:
    """Return the mean of (1 - p^q) / q over known rows: between cross-entropy (q to 0) and absolute error (q = 1).

    A wrong label pulls less the surer the model is of another value. https://arxiv.org/abs/1805.07836
    """
    known = codes >= 0
    if not bool(known.any()):
        return scores.sum() * 0
    share = functional.softmax(scores[known].masked_fill(~allowed[known], _FAR), dim=1)
    right = share.gather(1, codes[known][:, None]).squeeze(1).clamp(min=1e-6)
    return ((1 - right**q) / q).mean()


class ClassProxies(nn.Module):
    """A normalised softmax over one learned direction a class: same class near, other classes apart.

    https://arxiv.org/abs/1811.12649 (classification is a strong baseline for metric learning).
    """

    def __init__(self, dimensions: int, classes: int, scale: float = 16.0) -> None:
        """Start with random directions; ``scale`` sharpens the softmax over cosines."""
        super().__init__()
        self.directions = nn.Parameter(torch.randn(classes, dimensions))
        self.scale = scale

    def forward(self, embedding: Tensor, codes: Tensor) -> Tensor:
        """Return the loss of unit embeddings ``[B, D]`` whose class codes are ``[B]`` (negative = unknown)."""
        cosines = embedding @ functional.normalize(self.directions, dim=1).T
        return masked_cross_entropy(self.scale * cosines, codes)


def relations(embedding: Tensor, features: Tensor) -> Tensor:
    """Return how far cosines between embeddings ``[B, D]`` stray from those between trunk features ``[B, F]``.

    Keeps what tells two products of one class apart. https://arxiv.org/abs/1904.05068
    """
    centred = features.detach() - features.detach().mean(dim=0, keepdim=True)
    target = functional.normalize(centred, dim=1)
    return functional.mse_loss(embedding @ embedding.T, target @ target.T)

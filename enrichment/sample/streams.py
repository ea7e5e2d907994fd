"""Random numbers of one product: each purpose has a stream of its own, so that a change in one shifts no other."""

from __future__ import annotations

import numpy as np

from enrichment.sample.fabric import Rng

LOOK, PICTURE, WORDS, FILING, TRADE, SHOT, VIEWS, MUTE = range(8)


def stream(seed: int, i: int, purpose: int, version: int = 0) -> Rng:
    """Return the random numbers of one purpose of product ``i``: they depend on the arguments alone."""
    return np.random.default_rng(np.random.SeedSequence((seed, i, purpose, version)))

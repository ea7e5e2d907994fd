"""How often each head is right over all held-out batches, and the one number that says which epoch is kept."""

from __future__ import annotations

from collections.abc import Iterable

from torch import Tensor

from enrichment.vision.vocabulary import GATED, GROUP

_GATED = frozenset(GATED)


class HeldRights:
    """Right and labelled rows by head, summed over batches: a batch without labels of a head says nothing of it."""

    def __init__(self) -> None:
        """Start with nothing measured."""
        self._right: dict[str, float] = {}
        self._labelled: dict[str, int] = {}

    def add(self, rights: Iterable[tuple[str, int, Tensor]]) -> None:
        """Add one batch: head, labelled rows and the share of them that is right."""
        for name, count, share in rights:
            self._right[name] = self._right.get(name, 0.0) + float(share) * count
            self._labelled[name] = self._labelled.get(name, 0) + count

    def shares(self) -> dict[str, float]:
        """Return the share of labelled rows answered rightly, by head."""
        return {name: right / self._labelled[name] for name, right in sorted(self._right.items())}

    def wrong(self) -> float:
        """Return the mean share wrong over the heads that gate a promotion, over all where no tag of these is labelled.

        The loss is no guide to the better epoch: it rises with a few confident mistakes while the heads still get
        better.
        """
        shares = self.shares()
        watched = {GROUP, *_GATED} if _GATED & shares.keys() else shares.keys()
        chosen = [share for name, share in shares.items() if name in watched]
        return 1 - sum(chosen) / len(chosen) if chosen else 0.0

"""Hierarchical precision, recall and F1: partial credit for the levels that are right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hierarchical:
    """Micro-averaged over products: nodes shared, nodes answered, nodes true."""

    shared: int
    answered: int
    true: int

    @property
    def precision(self) -> float | None:
        """Share of answered nodes that are true; None where nothing was answered."""
        return self.shared / self.answered if self.answered else None

    @property
    def recall(self) -> float | None:
        """Share of true nodes that were answered."""
        return self.shared / self.true if self.true else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both."""
        total = self.answered + self.true
        return 2 * self.shared / total if total else None

    def as_json(self) -> dict[str, object]:
        """Return the scores as plain values."""
        return {"precision": self.precision, "recall": self.recall, "f1": self.f1, "nodes": self.true}


def hierarchical(cases: Iterable[tuple[Sequence[str], Sequence[str]]]) -> Hierarchical:
    """Score ``(true path, answered path)`` cases over their sets of ancestors, the node itself included.

    Kiritchenko, Matwin, Nock and Famili 2006, https://doi.org/10.1007/11766247_34, as in hiclass,
    https://hiclass.readthedocs.io/en/latest/algorithms/metrics.html: sums over all products of the nodes in both
    paths, by the nodes answered (precision) and the nodes true (recall). A path that ends early loses recall only.

    >>> hierarchical([(("Women", "Shoes", "Heels"), ("Women", "Shoes"))]).f1
    0.8
    """
    shared = answered = true = 0
    for truth, answer in cases:
        wanted, got = _ancestors(truth), _ancestors(answer)
        shared, answered, true = shared + len(wanted & got), answered + len(got), true + len(wanted)
    return Hierarchical(shared, answered, true)


def _ancestors(path: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(path[: depth + 1]) for depth in range(len(path))}

"""How a forest is built and how good it must be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from schemas.errors import UsageError

METRIC: Final[Literal["angular"]] = "angular"
RECALL_K = 10


@dataclass(frozen=True, slots=True)
class ForestSettings:
    """Where the search for trees and ``search_k`` starts and ends, and the recall@10 a bundle must reach.

    Trees double from ``trees`` to ``max_trees``; for each forest ``search_k`` doubles up to ``max_search_k``.
    ``queries`` is the size of the fixed query set.
    """

    trees: int = 20
    target_recall: float = 0.95
    seed: int = 17
    metric: str = METRIC
    max_trees: int = 80
    max_search_k: int = 200_000
    queries: int = 256

    def __post_init__(self) -> None:
        """Refuse settings under which no forest can be built or measured."""
        if self.metric != METRIC:
            raise UsageError(f"forest metric: got {self.metric!r}; allowed: {METRIC!r} (vectors are of unit norm)")
        if not 0 < self.target_recall <= 1:
            raise UsageError(f"forest target_recall: got {self.target_recall}; allowed: above 0, at most 1")
        if not 1 <= self.trees <= self.max_trees or self.queries < 1 or self.max_search_k < 1:
            raise UsageError(f"forest settings {self}: expected 1 <= trees <= max_trees, queries and max_search_k >= 1")


DEFAULTS = ForestSettings()

"""Truths whose path the run's hierarchy does not know, as after a rename: no answer can match them whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from enrichment.evaluate.pairs import LEVELS, Pair
from schemas.paths import join_path

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class UnknownPaths:
    """``rows`` of ``of`` truths with a path have an unknown one; ``examples`` are ``(path, rows)``, commonest first."""

    rows: int
    of: int
    examples: tuple[tuple[str, int], ...]

    def as_json(self) -> dict[str, object]:
        """Return the counts as plain values."""
        examples = [{"path": path, "rows": rows} for path, rows in self.examples]
        return {"rows": self.rows, "of": self.of, "examples": examples}


def unknown_paths(pairs: Iterable[Pair], known: Callable[[Sequence[str]], bool]) -> UnknownPaths:
    """Count the truths with a path that is not ``known``; one that ends early is asked for as far as it goes."""
    paths = Counter(path for path in map(_true_levels, pairs) if path)
    unknown = [(join_path(path), rows) for path, rows in paths.items() if not known(path)]
    unknown.sort(key=lambda found: (-found[1], found[0]))
    return UnknownPaths(sum(rows for _, rows in unknown), paths.total(), tuple(unknown[:EXAMPLES]))


def _true_levels(pair: Pair) -> tuple[str, ...]:
    levels = [pair.truth[level] for level in LEVELS]
    depth = next((at for at, level in enumerate(levels) if not level), len(levels))
    return tuple(levels[:depth])

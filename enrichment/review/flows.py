"""How many products moved from which node to which, level by level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from enrichment.review.changes import Change
from schemas.paths import prefix, split_path
from schemas.records import LEVELS

NOWHERE = "(nowhere)"
_FULL_PATH = 4


@dataclass(frozen=True, slots=True)
class Flow:
    """``count`` products went from one node to another at ``level``.

    ``basis`` tells what "from" is: the ``catalogue`` of the compared run, or the ``vendor``'s own filing.
    """

    level: str
    basis: str
    origin: str
    to: str
    count: int


def count_flows(changes: Iterable[Change]) -> list[Flow]:
    """Return all flows, per level and basis the largest first; a product that keeps its node is no flow."""
    flows: Counter[tuple[int, str, str, str]] = Counter()
    for change in changes:
        for basis, origin in (("catalogue", change.previous), ("vendor", change.vendor_path)):
            if _belongs(change, basis):
                _add(flows, basis, origin, change.path)
    ordered = sorted(flows.items(), key=lambda item: (item[0][1], item[0][0], -item[1], item[0]))
    return [Flow(LEVELS[level], basis, a, b, count) for (level, basis, a, b), count in ordered]


def _belongs(change: Change, basis: str) -> bool:
    return change.change == "refiled" if basis == "catalogue" else change.change in ("new", "refiled")


def _add(flows: Counter[tuple[int, str, str, str]], basis: str, origin: str, to: str) -> None:
    # A vendor with fewer levels than ours files at none of them in particular: its path is taken whole.
    whole = basis == "vendor" and len(split_path(origin)) < _FULL_PATH
    for depth in range(1, len(LEVELS) + 1):
        before = (origin if whole else prefix(origin, depth)) or NOWHERE
        after = prefix(to, depth) or NOWHERE
        if before != after:
            flows[(depth - 1, basis, before, after)] += 1

"""What a changed hierarchy, a model or a rule would move, before it does."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from schemas.records import HierarchyDecision, HierarchyPath

_EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Flow:
    """``count`` products (``locked`` of them by a person) that would go from one path to another."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    count: int
    locked: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    """What a change would move; locked products stay and are only counted.

    ``products`` of the ``published`` were examined; of the vendors ``unplaced`` none was. ``lost`` locks and
    corrections name a place that there is no more, and of which no map says where it went: they end.
    """

    name: str
    products: int
    flows: tuple[Flow, ...]
    published: int = 0
    unplaced: tuple[str, ...] = ()
    lost: int = 0

    @property
    def moved(self) -> int:
        """Products that would get another path."""
        return sum(flow.count for flow in self.flows)

    @property
    def locked(self) -> int:
        """Products among them that a lock holds where they are."""
        return sum(flow.locked for flow in self.flows)

    @property
    def ended(self) -> str:
        """Say how many locks and corrections would hold nothing any more, with the way out; nothing where none."""
        if not self.lost:
            return ""
        return (
            f"Locks and corrections on a place that {self.name} does not have: {self.lost:,}. They would hold nothing; "
            "map the old node's id in `moved`, or decide anew."
        )

    def __str__(self) -> str:
        """Return the one line a merchandiser decides by: "v7 moves 3,114 products, 212 locked"."""
        return f"{self.name} moves {self.moved:,} products, {self.locked:,} locked"


def simulate(
    name: str,
    before: Iterable[tuple[str, str, HierarchyPath]],
    after: Iterable[HierarchyDecision],
    locked: Collection[tuple[str, str]] = (),
    lost: int = 0,
) -> Simulation:
    """Compare published paths (vendor, sku, path) with what the changed hierarchy, model or rule decides.

    ``after`` are placements without locks. A product that is not published is left out; vendors of which nothing
    was placed are named, for of their products nothing is known.
    """
    held = frozenset(locked)
    stood = {(vendor, sku): path.levels for vendor, sku, path in before}
    unseen = {vendor for vendor, _ in stood}
    moved: dict[tuple[tuple[str, ...], tuple[str, ...]], list[tuple[str, str]]] = {}
    products = 0
    for decision in after:
        at = (decision.vendor, decision.sku)
        if at in stood:
            products += 1
            unseen.discard(decision.vendor)
            if stood[at] != decision.path.levels:
                moved.setdefault((stood[at], decision.path.levels), []).append(at)
    flows = [
        Flow(was, now, len(who), sum(w in held for w in who), tuple(key_of(w) for w in sorted(who)[:_EXAMPLES]))
        for (was, now), who in moved.items()
    ]
    ranked = tuple(sorted(flows, key=lambda f: (-f.count, f.before, f.after)))
    return Simulation(name, products, ranked, len(stood), tuple(sorted(unseen)), lost)


def key_of(product: tuple[str, str]) -> str:
    """Return "vendor/sku"."""
    return "/".join(product)

"""Whether tonight's mix of groups, placements and attributes still looks like the last 28 nights.

The measure is the population stability index. Small tables move by chance alone; what chance explains
(Yurdakul 2018, https://scholarworks.wmich.edu/dissertations/3208) is added to the limit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.review.tiles import WINDOW

Mix = dict[str, dict[str, int]]
LIMIT = 0.2
# Below this a share says more about chance than about the catalogue.
_LEAST_PRODUCTS = 50
_PLAIN = ("image_group", "placement", "division", "department")


@dataclass(frozen=True, slots=True)
class DriftSignal:
    """One mix against its past: the index, its limit, and ``(value, share before, share now)`` of the movers."""

    name: str
    index: float
    limit: float
    movers: tuple[tuple[str, float, float], ...]

    @property
    def tripped(self) -> bool:
        """Tell whether the mix moved further than the limit."""
        return self.index > self.limit

    def sentence(self) -> str:
        """Say what moved, in one line."""
        moved = ", ".join(f"{value} {before:.0%} to {now:.0%}" for value, before, now in self.movers)
        return f"{self.name}: index {self.index:.2f} over {self.limit:.2f} ({moved})"


@dataclass(frozen=True, slots=True)
class DriftReport:
    """All signals, the worst first, and how many nights they were compared with."""

    signals: tuple[DriftSignal, ...]
    nights: int

    @property
    def tripped(self) -> bool:
        """Tell the publish gate whether a person should be asked."""
        return any(signal.tripped for signal in self.signals)

    @property
    def reasons(self) -> tuple[str, ...]:
        """One sentence a tripped signal."""
        return tuple(signal.sentence() for signal in self.signals if signal.tripped)


def count_mix(products: pa.Table) -> Mix:
    """Count values of group, placement, upper levels and attributes, and what each vendor's levels are."""
    mix: Mix = {}
    attributes = [name for name in products.column_names if name.startswith("attr_")]
    for name in (*_PLAIN, *attributes):
        counts = _counts(products.column(name))
        if counts:
            mix[name.removeprefix("attr_")] = counts
    vendors = products.column("vendor")
    for vendor in sorted(set(vendors.unique().to_pylist())):
        own = products.column("levels_seen").filter(pc.equal(vendors, vendor))
        mix[f"filing of {vendor}"] = _counts(pc.list_flatten(own))
    return mix


def measure_drift(mix: Mapping[str, Mapping[str, int]], history: Sequence[Mapping[str, Any]]) -> DriftReport:
    """Compare ``mix`` with that of the last 28 nights' ``summary.json``; quiet where there is no past.

    A night that a person approved is the new measure: what stood before it was answered then, and is asked no more.
    """
    nights = history[-WINDOW:]
    since = max((at for at, night in enumerate(nights) if night.get("approved")), default=0)
    past = [dict(night.get("mix", {})) for night in nights[since:]]
    signals = []
    for name, counts in sorted(mix.items()):
        before = [night[name] for night in past if sum(night.get(name, {}).values()) >= _LEAST_PRODUCTS]
        if before and sum(counts.values()) >= _LEAST_PRODUCTS:
            signals.append(_signal(name, counts, before))
    signals.sort(key=lambda signal: (-signal.index / signal.limit, signal.name))
    return DriftReport(tuple(signals), len(past))


def stability_index(before: Mapping[str, float], now: Mapping[str, float]) -> float:
    """Return the population stability index of two distributions with the same values, all above 0.

    >>> round(stability_index({"dress": 0.5, "top": 0.5}, {"dress": 0.8, "top": 0.2}), 3)
    0.416
    """
    return sum((now[value] - before[value]) * math.log(now[value] / before[value]) for value in sorted(before))


def _signal(name: str, counts: Mapping[str, int], nights: Sequence[Mapping[str, int]]) -> DriftSignal:
    values = sorted(set(counts).union(*nights))
    now = _smooth(counts, values)
    # Nights count alike: a night in which a large vendor came first would otherwise outweigh the rest.
    each = [_smooth(night, values) for night in nights]
    before = {value: sum(night[value] for night in each) / len(each) for value in values}
    size, past = sum(counts.values()), sum(nights[-1].values())
    free = len(values) - 1
    # Mean and three standard deviations of the index when nothing moved (chi-square with ``free`` degrees).
    chance = (free + 3 * math.sqrt(2 * free)) * (1 / size + 1 / past)
    movers = sorted(values, key=lambda value: (-abs(now[value] - before[value]), value))[:3]
    told = tuple((value, round(before[value], 4), round(now[value], 4)) for value in movers)
    return DriftSignal(name, round(stability_index(before, now), 6), round(LIMIT + chance, 6), told)


def _smooth(counts: Mapping[str, int], values: Sequence[str]) -> dict[str, float]:
    # Half a product is added to each value: the index is not defined for a share of zero.
    total = sum(counts.values()) + 0.5 * len(values)
    return {value: (counts.get(value, 0) + 0.5) / total for value in values}


def _counts(column: pa.ChunkedArray) -> dict[str, int]:
    pairs = ((row["values"], int(row["counts"])) for row in column.value_counts().to_pylist())
    return dict(sorted((str(value), count) for value, count in pairs if value is not None))

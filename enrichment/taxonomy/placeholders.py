"""Learned placeholders: what a vendor writes where it has nothing to say, proposed for its YAML."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from enrichment.taxonomy.filing import Filing
from enrichment.taxonomy.spelling import key
from schemas.records import LEVELS, LevelState, bounded

# A value is judged once it was seen this often; fewer sightings are a coincidence.
LEAST_SEEN = 8
_EVERYTHING = 0.9
# A value says nothing when the products under it are almost as mixed as all of the vendor's products.
_MIXED = 0.6
_REPEATING = 0.05


class Kind(StrEnum):
    """Why a value is taken for a placeholder."""

    ONE_FOR_EVERYTHING = "one_for_everything"
    MEANS_NOTHING = "means_nothing"
    REPEATS_PARENT = "repeats_parent"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value to be added to ``placeholders`` of the vendor's YAML (a repeating level has no value of its own).

    ``count`` products bear it, ``share`` of the vendor's filled ones; ``mixed`` is how mixed they are, 0 to 1.
    """

    vendor: str
    level: str
    value: str
    kind: Kind
    count: int
    share: float
    mixed: float


@dataclass(slots=True)
class _Column:
    values: Counter[str]
    kinds: dict[str, Counter[str]]
    unknown: set[str]
    repeated: Counter[str]
    filled: int = 0


def propose(vendor: str, seen: Iterable[tuple[Filing, str | None]]) -> list[Proposal]:
    """Return the placeholders that ``vendor``'s filings betray, most frequent first within their level.

    ``seen`` pairs each product's filing with what words and pictures make of it (its article type or image
    group), None where they say nothing. A value that the hierarchy knows is never proposed for being frequent:
    a shoe seller may well file everything under Shoes.
    """
    columns = [_Column(Counter(), defaultdict(Counter), set(), Counter()) for _ in LEVELS]
    everything: Counter[str] = Counter()
    for filing, kind in seen:
        if kind is not None:
            everything[kind] += 1
        for at, column in enumerate(columns):
            _count(column, filing, at, kind)
    found: list[Proposal] = []
    unknown = {value for column in columns for value in column.unknown}
    for level, column in zip(LEVELS, columns, strict=True):
        found += _of_column(vendor, level, column, _entropy(everything))
        found += _repeating(vendor, level, column, unknown)
    return found


def _count(column: _Column, filing: Filing, at: int, kind: str | None) -> None:
    text, state = filing.levels[at], filing.states[at]
    if text is None or not key(text) or state is LevelState.PLACEHOLDER:
        return
    column.filled += 1
    column.values[text.strip()] += 1
    if state is LevelState.REPEATED:
        column.repeated[text.strip()] += 1
    if state is LevelState.UNKNOWN and not filing.nodes[at]:
        column.unknown.add(text.strip())
    if kind is not None:
        column.kinds[text.strip()][kind] += 1


def _of_column(vendor: str, level: str, column: _Column, overall: float) -> list[Proposal]:
    found = []
    for value, count in sorted(column.values.items(), key=lambda item: (-item[1], item[0])):
        share = count / column.filled
        if count < LEAST_SEEN or value not in column.unknown:
            continue
        mixed = _entropy(column.kinds[value]) / overall if overall > 0 else 0.0
        if share >= _EVERYTHING:
            kind = Kind.ONE_FOR_EVERYTHING
        elif mixed >= _MIXED:
            kind = Kind.MEANS_NOTHING
        else:
            continue
        found.append(Proposal(vendor, level, bounded(value), kind, count, share, min(1.0, mixed)))
    return found


def _repeating(vendor: str, level: str, column: _Column, unknown: set[str]) -> list[Proposal]:
    """Report a level that often repeats its parent; a placeholder sent twice is no repetition."""
    count = sum(n for value, n in column.repeated.items() if value not in unknown)
    if count < LEAST_SEEN or count / column.filled < _REPEATING:
        return []
    return [Proposal(vendor, level, "", Kind.REPEATS_PARENT, count, count / column.filled, 0.0)]


def _entropy(counts: Mapping[str, int]) -> float:
    """Return Shannon's entropy in bits (https://en.wikipedia.org/wiki/Entropy_(information_theory))."""
    total = sum(counts.values())
    return -sum(n / total * math.log2(n / total) for n in sorted(counts.values()) if n) if total else 0.0

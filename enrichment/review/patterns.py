"""Changes that are alike, told as one: same vendor, from, to, reason and cause."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median

from enrichment.review.changes import Change, risk

PatternKey = tuple[str, str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Pattern:
    """``count`` products that one vendor filed alike and that go one way for one reason.

    ``least`` and ``middle`` are the minimum and median confidence, 0 to 1; ``risk`` sums the products' own.
    """

    vendor: str
    change: str
    cause: str
    origin: str
    to: str
    reason: str
    count: int
    least: float
    middle: float
    risk: float

    @property
    def key(self) -> PatternKey:
        """What its changes have in common."""
        return self.vendor, self.change, self.cause, self.origin, self.to, self.reason


def pattern_key(change: Change) -> PatternKey:
    """Return the key of the pattern that ``change`` belongs to."""
    return change.vendor, change.change, change.cause, change.origin, change.path, change.reason


def find_patterns(changes: Iterable[Change], impact: Callable[[str, str], float] | None = None) -> list[Pattern]:
    """Return the patterns, the one with the largest summed risk first."""
    groups: dict[PatternKey, list[Change]] = {}
    for change in changes:
        groups.setdefault(pattern_key(change), []).append(change)
    patterns = [_summarise(key, members, impact) for key, members in groups.items()]
    return sorted(patterns, key=lambda p: (-p.risk, p.key))


def _summarise(key: PatternKey, members: list[Change], impact: Callable[[str, str], float] | None) -> Pattern:
    confidences = sorted(change.confidence for change in members)
    # Sorted, because a sum of floats depends on its order and the bytes must not.
    total = sum(sorted(risk(change, impact) for change in members))
    middle = round(float(median(confidences)), 4)
    return Pattern(*key, count=len(members), least=confidences[0], middle=middle, risk=round(total, 4))

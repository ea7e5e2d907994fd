"""Shares with their uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """``right`` of ``n``, and the 95 % interval of the share; an empty share is None with interval 0 to 1."""

    right: int
    n: int

    def __post_init__(self) -> None:
        """Refuse more right ones than there are."""
        if not 0 <= self.right <= self.n:
            raise ValueError(f"share: got {self.right} of {self.n}; allowed: 0 to n")

    @property
    def value(self) -> float | None:
        """The share, None where nothing was counted."""
        return self.right / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % Wilson interval of the share."""
        return wilson(self.right, self.n)

    def as_json(self) -> dict[str, object]:
        """Return the share as plain values."""
        low, high = self.interval
        return {"right": self.right, "n": self.n, "share": self.value, "low": low, "high": high}


def wilson(right: int, n: int, z: float = Z_95) -> tuple[float, float]:
    """Return the Wilson score interval of ``right`` in ``n`` trials, within 0 to 1.

    Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953: unlike the normal approximation it keeps inside
    0 to 1 and is honest at 0 and at n.

    >>> tuple(round(bound, 3) for bound in wilson(9, 10))
    (0.596, 0.982)
    """
    if n == 0:
        return 0.0, 1.0
    share, square = right / n, z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * sqrt(share * (1 - share) / n + square / (4 * n * n))
    return (0.0 if right == 0 else max(0.0, middle - half)), (1.0 if right == n else min(1.0, middle + half))

"""Shares with their uncertainty."""

from __future__ import annotations

from dataclasses import dataclass

from enrichment.wilson import wilson


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

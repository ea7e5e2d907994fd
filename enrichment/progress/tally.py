"""The count behind every back end that shows numbers: done of total, rate, time left, failures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(slots=True)
class Tally:
    """How far one loop is. ``clock`` returns seconds and never goes back."""

    total: int | None
    what: str
    clock: Callable[[], float]
    done: int = 0
    failed: int = 0
    began: float = 0.0

    def __post_init__(self) -> None:
        """Start the clock."""
        self.began = self.clock()

    @property
    def rate(self) -> float:
        """Return units a second since the start, 0.0 before any time has passed."""
        passed = self.clock() - self.began
        return self.done / passed if passed > 0 else 0.0

    @property
    def eta(self) -> float | None:
        """Return the seconds left at the rate so far, None where total or rate is unknown."""
        rate = self.rate
        return None if self.total is None or rate <= 0 else max(0, self.total - self.done) / rate

    def line(self) -> str:
        """Return one line: ``fetch acme: 120/200, 40.0/s, eta 0:00:02, 3 failed``."""
        whole = "?" if self.total is None else str(self.total)
        eta = "unknown" if self.eta is None else str(timedelta(seconds=round(self.eta)))
        return f"{self.what}: {self.done}/{whole}, {self.rate:.1f}/s, eta {eta}, {self.failed} failed"

"""What the gate found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from schemas.errors import GateRefused
from schemas.records import bounded

_SHOWN = 10
_CAUSES, _CAUSE = 3, 500


@dataclass(frozen=True, slots=True)
class GateFailure:
    """One expectation that did not hold: on which table, what was observed, what is allowed."""

    table: str
    expectation: str
    observed: str
    allowed: str

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.table}: {self.expectation}: observed {self.observed}; allowed: {self.allowed}"


@dataclass(frozen=True, slots=True)
class GateResult:
    """How many expectations were asked of each table, and which failed."""

    checks: dict[str, int]
    failures: tuple[GateFailure, ...]

    @property
    def passed(self) -> bool:
        """Whether the tables may leave; a gate that asked nothing has not passed."""
        return bool(self.checks) and not self.failures

    def require(self, causes: Sequence[str] = ()) -> None:
        """Raise ``GateRefused``, naming the first failures and what may be behind them, unless the gate passed."""
        if not self.passed:
            shown = "\n".join(f"- {failure}" for failure in self.failures[:_SHOWN])
            if causes:
                behind = "".join(f"\n- {bounded(cause, _CAUSE)}" for cause in causes[:_CAUSES])
                more = f"\n- {len(causes) - _CAUSES} more" if len(causes) > _CAUSES else ""
                shown += f"\nNot read tonight:{behind}{more}"
            raise GateRefused(
                f"publish gate: {len(self.failures)} of {sum(self.checks.values())} expectations failed, nothing was "
                f"published; readers keep what they had.\n{shown}\nMend the cause, then resume the run."
            )

    def to_json(self) -> dict[str, object]:
        """Return plain JSON data for the manifest."""
        return {"passed": self.passed, "checks": self.checks, "failures": [asdict(f) for f in self.failures]}

"""Progress that remembers every call, for tests and for callers that show it later."""

from __future__ import annotations

from dataclasses import dataclass, field

from enrichment.progress.port import Progress


@dataclass(frozen=True, slots=True)
class Step:
    """One call: ``kind`` is start, advance or close; counts are the loop's sums after it."""

    kind: str
    what: str
    total: int | None
    done: int
    failed: int


@dataclass(slots=True)
class ListProgress(Progress):
    """Keep each call as a :class:`Step` in ``steps``, oldest first."""

    steps: list[Step] = field(default_factory=list)

    def start(self, total: int | None, what: str) -> None:
        """Remember the start of a loop, and the end of one still open."""
        self.close()
        self.steps.append(Step("start", what, total, 0, 0))

    def advance(self, n: int = 1, failed: int = 0) -> None:
        """Remember the new sums; a count before any start opens a loop without name."""
        if not self._open:
            self.start(None, "")
        last = self.steps[-1]
        self.steps.append(Step("advance", last.what, last.total, last.done + n, last.failed + failed))

    def close(self) -> None:
        """Remember the end once."""
        if self._open:
            last = self.steps[-1]
            self.steps.append(Step("close", last.what, last.total, last.done, last.failed))

    @property
    def _open(self) -> bool:
        return bool(self.steps) and self.steps[-1].kind != "close"

"""Progress as a live bar on the terminal's error stream."""

from __future__ import annotations

from rich import progress as bars
from rich.console import Console

from enrichment.progress.port import Progress


class _Rate(bars.ProgressColumn):
    """Units a second, and how many failed."""

    def render(self, task: bars.Task) -> str:
        rate = task.finished_speed or task.speed or 0.0
        return f"{rate:.1f}/s {task.fields['failed']} failed"


class RichProgress(Progress):
    """Show a bar with done/total, rate, time left and failures; finished loops stay above the live one."""

    def __init__(self, console: Console | None = None) -> None:
        """Draw on ``console``, by default the error stream: standard output stays free for ``--json``."""
        self._console = console or Console(stderr=True)
        self._bars: bars.Progress | None = None
        self._task = bars.TaskID(0)
        self._failed = 0

    def start(self, total: int | None, what: str) -> None:
        """Draw a new bar."""
        self.close()
        self._failed = 0
        self._bars = bars.Progress(
            bars.TextColumn("{task.description}", markup=False),
            bars.BarColumn(),
            bars.MofNCompleteColumn(),
            bars.TimeRemainingColumn(),
            _Rate(),
            console=self._console,
        )
        self._task = self._bars.add_task(what, total=total, failed=0)
        self._bars.start()

    def advance(self, n: int = 1, failed: int = 0) -> None:
        """Move the bar."""
        if self._bars is None:
            self.start(None, "progress")
        if self._bars is not None:
            self._failed += failed
            self._bars.update(self._task, advance=n, failed=self._failed)

    def close(self) -> None:
        """Leave the bar as it stands and free the terminal."""
        if self._bars is not None:
            self._bars.stop()
            self._bars = None

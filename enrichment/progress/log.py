"""Progress as log lines, for schedulers and files: at the start, at the end, and now and then between."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from enrichment.progress.port import Progress
from enrichment.progress.tally import Tally

_LOG = logging.getLogger(__name__)


class LogProgress(Progress):
    """Log done/total, rate, time left and failures, at most one line in ``every`` seconds."""

    def __init__(self, every: float = 5.0, clock: Callable[[], float] = time.monotonic) -> None:
        """Throttle to one line in ``every`` seconds of ``clock``."""
        self._every = every
        self._clock = clock
        self._said = clock()
        self._tally: Tally | None = None

    def start(self, total: int | None, what: str) -> None:
        """Log that the loop begins."""
        self.close()
        self._tally = Tally(total, what, self._clock)
        self._said = self._clock()
        _LOG.info("%s: starts, %s to do", what, "unknown number" if total is None else total)

    def advance(self, n: int = 1, failed: int = 0) -> None:
        """Count, and log where the last line is old enough."""
        if self._tally is None:
            self._tally = Tally(None, "progress", self._clock)
        self._tally.done += n
        self._tally.failed += failed
        if self._clock() - self._said >= self._every:
            self._said = self._clock()
            _LOG.info("%s", self._tally.line())

    def close(self) -> None:
        """Log the last count."""
        if self._tally is not None:
            _LOG.info("%s; ended", self._tally.line())
            self._tally = None

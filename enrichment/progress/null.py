"""Progress that nobody hears."""

from __future__ import annotations

from enrichment.progress.port import Progress


class NullProgress(Progress):
    """Take every count and say nothing."""

    def start(self, total: int | None, what: str) -> None:
        """Begin quietly."""

    def advance(self, n: int = 1, failed: int = 0) -> None:
        """Count nothing."""

    def close(self) -> None:
        """End quietly."""

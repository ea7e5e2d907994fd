"""The progress port: a long loop says how far it is, and a back end decides who hears it."""

from __future__ import annotations

from typing import Protocol, Self


class Progress(Protocol):
    """What every back end can do. One thread calls it; it never raises for a wrong count."""

    def start(self, total: int | None, what: str) -> None:
        """Begin a loop of ``total`` units (None where unknown) named ``what``; ends the one before."""
        ...

    def advance(self, n: int = 1, failed: int = 0) -> None:
        """Count ``n`` more units as done, ``failed`` of them without success."""
        ...

    def close(self) -> None:
        """End the loop and say its last count; a second call is quiet."""
        ...

    def __enter__(self) -> Self:
        """Return itself, so that ``with`` closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close, whatever happened inside."""
        self.close()

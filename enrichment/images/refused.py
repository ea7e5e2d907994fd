"""One picture was refused: the exception that becomes a ``RowProblem``."""

from __future__ import annotations

from schemas.errors import Terminal
from schemas.records import ProblemReason, bounded


class PictureRefused(Terminal, ValueError):
    """A picture cannot be used; ``reason`` says why, ``detail`` (bounded) says what was got and is allowed."""

    def __init__(self, reason: ProblemReason, detail: str) -> None:
        """Keep reason and detail; vendor text in ``detail`` loses its control characters."""
        self.reason = reason
        self.detail = bounded(detail)
        super().__init__(f"{reason}: {self.detail}")

"""The reader port: a file of any format becomes rows, or refusals of single rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from schemas.records import ProblemReason, bounded
from schemas.vendor_spec import VendorSpec

Row: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that cannot be a product: why, in which column, and a bounded excerpt."""

    reason: ProblemReason
    excerpt: str
    column: str = ""

    def __post_init__(self) -> None:
        """Bound the excerpt, whatever the vendor sent."""
        # The only way to set a field of a frozen record while it is made.
        object.__setattr__(self, "excerpt", bounded(self.excerpt.strip()))


def malformed(why: str, got: str) -> Refusal:
    """Return the refusal of a row that is no row of its format, and says ``why``."""
    return Refusal(ProblemReason.ROW_MALFORMED, f"{why}: {got}")


class Reader(Protocol):
    """What every format can do. The same file yields the same rows on every call."""

    def __call__(self, spec: VendorSpec, path: Path) -> Iterator[Row | Refusal]:
        """Yield the rows of ``path`` in order: column -> cell; blank rows are not rows.

        Raises:
            DropError: the file as a whole cannot be read: column missing, other encoding, truncated, empty.

        """
        ...

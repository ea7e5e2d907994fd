"""What a vendor's drop is written through: one line a product and night, whatever the format."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from enrichment.sample.item import Item

# One moment for every archive member and document, so that equal drops are equal bytes.
STAMP = (2026, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Sent:
    """A product as one vendor sends it on one night; ``photos`` are JPEG bytes, first view first."""

    sku: str
    item: Item
    withdrawn: bool = False
    photos: tuple[bytes, ...] = ()


class DropWriter(Protocol):
    """Writes one drop of one vendor; ``add`` returns how the vendor filed the product, as the truth names it."""

    def __init__(self, folder: Path) -> None:
        """Start the drop in ``folder``, which exists and is empty."""
        ...

    def add(self, sent: Sent) -> str:
        """Write one product."""
        ...

    def close(self) -> None:
        """Finish all files; nothing may be added after."""
        ...

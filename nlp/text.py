"""What the text room is given: the words of one product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# What a reader counts: every product, and as withheld:vendor:language those in a language without a vocabulary.
READ, WITHHELD = "read", "withheld"


@dataclass(frozen=True, slots=True)
class ProductText:
    """The words of one product as its vendor sent them; ``fields`` are further vendor columns by name."""

    vendor: str
    sku: str
    name: str = ""
    description: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

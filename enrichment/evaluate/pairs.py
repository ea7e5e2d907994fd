"""The truth beside the answer: one pair a published product, joined by vendor and sku."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from schemas.errors import UsageError

LEVELS = ("division", "department", "class", "subclass")
_KEY = ("vendor", "sku")
_NEEDED = (*_KEY, "night", "filing", *LEVELS)
# Published columns that are looked at, besides those of the truth's attributes.
_SHOWN = (
    *_KEY,
    "name",
    "description",
    "image_sha256",
    "image_group",
    *LEVELS,
    *(f"vendor_{level}" for level in LEVELS),
)
_WORD = re.compile(r"[A-Za-z]{3,}")
# Words that feeds put where a name is missing.
_EMPTY_WORDS = frozenset({"item", "product", "style", "article", "sku", "untitled", "name"})


@dataclass(frozen=True, slots=True)
class Pair:
    """One product: its truth (None unknown, '' outside the taxonomy) and its published row."""

    truth: Mapping[str, Any]
    answer: Mapping[str, Any]

    @property
    def true_path(self) -> tuple[str, ...] | None:
        """The true four levels; None where one is unknown or the product is outside the taxonomy."""
        levels = tuple(self.truth[level] for level in LEVELS)
        return levels if all(levels) else None

    @property
    def outside(self) -> bool:
        """Whether the product is known to be outside the taxonomy."""
        return bool(self.truth["department"] == "")

    @property
    def path(self) -> tuple[str, ...]:
        """The published path, as deep as it was decided, at most four levels."""
        levels = (self.answer[level] for level in LEVELS)
        kept: list[str] = []
        for level in levels:
            if not level:
                break
            kept.append(level)
        return tuple(kept)

    @property
    def has_picture(self) -> bool:
        """Whether a usable picture was found."""
        return bool(self.answer.get("image_sha256"))

    @property
    def has_words(self) -> bool:
        """Whether name or description hold a word: three letters in a row, none of a filler such as Item."""
        text = f"{self.answer.get('name') or ''} {self.answer.get('description') or ''}"
        tokens = (token for token in text.split() if not any(c.isdigit() for c in token))
        words = (word.casefold() for token in tokens for word in _WORD.findall(token))
        return any(word not in _EMPTY_WORDS for word in words)


def joined(published: pa.Table, truth: pa.Table, night: str | None = None) -> list[Pair]:
    """Return a pair for each published product that has a truth, in the published order.

    A product that was sent on several nights is held against its latest truth; ``night`` (ISO) leaves out truths
    of later nights.

    Raises:
        UsageError: the truth lacks a column that is needed.

    """
    missing = sorted(set(_NEEDED) - set(truth.schema.names))
    if missing:
        raise UsageError(f"truth table: columns {missing} are missing; needed: {', '.join(_NEEDED)}.")
    known: dict[tuple[str, str], Mapping[str, Any]] = {}
    for row in _rows(truth):
        key, when = (row["vendor"], row["sku"]), row["night"]
        if (night is None or when <= night) and (key not in known or when >= known[key]["night"]):
            known[key] = row
    wanted = {*_SHOWN, *(f"attr_{name}" for name in truth.schema.names)}
    shown = published.select([name for name in published.schema.names if name in wanted])
    pairs = ((known.get((row["vendor"], row["sku"])), row) for row in _rows(shown))
    return [Pair(found, row) for found, row in pairs if found is not None]


def _rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    for batch in table.to_batches(max_chunksize=10_000):
        yield from batch.to_pylist()

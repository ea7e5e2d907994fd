"""The page's data, compact: columns instead of rows, and every repeated text once.

A row names its *combination* (pattern, paths, status, reasons), of which there are few; what is its own are
sku, name, the start of the content hash and six confidences of two characters each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from enrichment.review.listing import Line, Listing
from enrichment.review.patterns import Pattern, pattern_key
from enrichment.review.shown import shown
from enrichment.review.thumbs import thumbnail_name
from schemas.records import LEVELS

# Two characters a whole percent, "A0" for 100; "--" where there is no confidence.
_TENS = "0123456789A"
_NO_CONFIDENCE = "--"
_TEXT_LIMIT = 240
_SHOWN = 6


class Texts:
    """A dictionary of texts: each is kept once and named by its position."""

    def __init__(self) -> None:
        """Start with the empty text at position 0."""
        self._at: dict[str, int] = {"": 0}

    def add(self, text: str) -> int:
        """Return the position of ``text``, bounded for display."""
        return self._at.setdefault(shown(text, _TEXT_LIMIT), len(self._at))

    def list(self) -> list[str]:
        """Return all texts by position."""
        return list(self._at)


def encode_rows(
    listing: Listing, patterns: Sequence[Pattern], pictures: Mapping[str, Any], name_limit: int
) -> dict[str, Any]:
    """Return ``texts``, ``patterns``, ``combos`` and ``rows`` of the page; names are cut to ``name_limit``."""
    texts = Texts()
    numbers = {pattern.key: at for at, pattern in enumerate(patterns)}
    combos: dict[tuple[Any, ...], int] = {}
    chosen = [combos.setdefault(_combo(line, numbers, texts), len(combos)) for line in listing.lines]
    lines = listing.lines
    rows = {
        "combo": chosen,
        "sku": [line.change.sku for line in lines],
        "name": [shown(line.name, name_limit) if name_limit else "" for line in lines],
        "content": [line.content for line in lines],
        "confidence": "".join(_confidences(line) for line in lines),
        "pictured": [at for at, line in enumerate(lines) if line.picture in pictures],
        "pictures": [thumbnail_name(line.picture) for line in lines if line.picture in pictures],
        "pictureless": [at for at, line in enumerate(lines) if not line.picture],
    }
    samples = _pattern_rows(listing, patterns, pictures)
    told = [_pattern(pattern, texts, samples[pattern.key]) for pattern in patterns]
    return {"texts": texts.list(), "patterns": told, "combos": [list(combo) for combo in combos], "rows": rows}


def _combo(line: Line, numbers: Mapping[Any, int], texts: Texts) -> tuple[Any, ...]:
    change = line.change
    return (
        numbers.get(pattern_key(change), -1),
        texts.add(change.vendor),
        texts.add(change.change),
        texts.add(change.cause),
        texts.add(change.level),
        texts.add(change.vendor_path),
        texts.add(change.previous),
        texts.add(change.path),
        texts.add(change.status),
        texts.add(" ".join(change.reasons)),
        texts.add(line.group),
    )


def _pattern(pattern: Pattern, texts: Texts, rows: Sequence[int]) -> list[Any]:
    named = [texts.add(text) for text in pattern.key]
    return [*named, pattern.count, pattern.least, pattern.middle, list(rows)]


def _pattern_rows(listing: Listing, patterns: Sequence[Pattern], pictures: Mapping[str, Any]) -> dict[Any, list[int]]:
    """Return up to six pictured lines a pattern, in the page's order."""
    samples: dict[Any, list[int]] = {pattern.key: [] for pattern in patterns}
    for at, line in enumerate(listing.lines):
        rows = samples.get(pattern_key(line.change))
        if rows is not None and len(rows) < _SHOWN and line.picture in pictures:
            rows.append(at)
    return samples


def wanted_pictures(listing: Listing) -> list[str]:
    """Return pictures by how much they are needed: six a pattern, the audit block, then line by line."""
    seen: dict[Any, int] = {}
    first: list[str] = []
    rest: list[str] = []
    for line in listing.lines:
        if line.picture:
            key = pattern_key(line.change)
            seen[key] = seen.get(key, 0) + 1
            (first if seen[key] <= _SHOWN else rest).append(line.picture)
    audit = [listing.lines[at].picture for at in listing.special.get("audit", ()) if listing.lines[at].picture]
    # The limit cuts from the end: a reviewer works by patterns and audit before single lines.
    return [*first, *audit, *rest]


def whole_percent(confidence: float) -> int:
    """Return a confidence as the page tells it: whole percent, never more than it is.

    What is less than a ten-thousandth short of the next percent is there: 0.29 at rest is 0.28999999.

    >>> whole_percent(0.9958), whole_percent(0.29), whole_percent(1.0)
    (99, 29, 100)
    """
    return min(100, max(0, round(confidence * 10_000) // 100))


def _confidences(line: Line) -> str:
    own = [*line.confidences, *[None] * len(LEVELS)][: len(LEVELS)]
    return "".join(_NO_CONFIDENCE if c is None else _two_characters(c) for c in (line.change.confidence, *own))


def _two_characters(confidence: float) -> str:
    tens, ones = divmod(whole_percent(confidence), 10)
    return f"{_TENS[tens]}{ones}"

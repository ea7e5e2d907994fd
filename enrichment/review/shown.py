"""Vendor text as the page may show it."""

from __future__ import annotations

from schemas.records import EXCERPT_LIMIT, bounded


def shown(text: str, limit: int = EXCERPT_LIMIT) -> str:
    """Return :func:`schemas.records.bounded` text; quick for the many that are harmless as they are."""
    return text if len(text) <= limit and text.isprintable() else bounded(text, limit)

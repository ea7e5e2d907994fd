"""The declared wordings of ``wording.yaml``: how vendors name things and say values."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from schemas.declared import Declared, load


class Wording(Declared):
    """Brands, nouns by article type, phrases by attribute and value, and what else feeds say."""

    version: int
    brands: tuple[str, ...]
    nouns: dict[str, tuple[str, ...]]
    wording: dict[str, dict[str, tuple[str, ...]]]
    heads: dict[str, str]
    wearers: dict[str, tuple[str, ...]]
    titles: dict[str, str]
    materials: dict[str, tuple[str, ...]]
    closers: tuple[str, ...]


@cache
def wording() -> Wording:
    """Return the declared wordings."""
    return load(Path(__file__).with_name("wording.yaml"), Wording)

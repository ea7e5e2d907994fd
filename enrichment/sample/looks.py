"""The declared looks of ``looks.yaml``: what is drawn, and how often."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from schemas.declared import Declared, load


class Looks(Declared):
    """Weights of groups, of article types in a group, of patterns, of necklines and collars by article type."""

    version: int
    groups: dict[str, float]
    types: dict[str, dict[str, float]]
    women: frozenset[str]
    men: frozenset[str]
    children: frozenset[str]
    patterns: dict[str, float]
    necks: dict[str, dict[str, float]]
    collars: frozenset[str]


@cache
def looks() -> Looks:
    """Return the declared looks."""
    return load(Path(__file__).with_name("looks.yaml"), Looks)

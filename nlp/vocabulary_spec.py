"""The text room's own declarations: how article types are written, and which words turn a meaning."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from schemas.declared import Declared, load

VOCABULARY_DIR = Path(__file__).parent / "vocabulary"


class ArticleWords(Declared):
    """How shops write one article type, the group it is seen as, and its standard categories."""

    name: str
    group: str
    words: tuple[str, ...]
    shopify: str | None = None
    google: str | None = None


class ArticleVocabulary(Declared):
    """All article types that can be read from words."""

    article_types: tuple[ArticleWords, ...]


class Context(Declared):
    """Words of one language that change what the words beside them mean; see ``nlp/scope.py``."""

    language: str
    group_nouns: dict[str, tuple[str, ...]]
    parts: tuple[str, ...]
    things: tuple[str, ...]
    accessories: tuple[str, ...]
    keeping: tuple[str, ...]
    elsewhere: tuple[str, ...]
    negators: tuple[str, ...]
    negator_exceptions: tuple[str, ...]
    seeming: tuple[str, ...]
    stops: tuple[str, ...]
    traps: tuple[str, ...]
    person: tuple[str, ...]
    undone: tuple[str, ...]


@cache
def article_vocabulary(path: Path = VOCABULARY_DIR / "article_types.yaml") -> ArticleVocabulary:
    """Return how article types are written."""
    return load(path, ArticleVocabulary)


@cache
def context(language: str) -> Context:
    """Return the meaning-changing words of ``language``; ``DeclarationError`` where nobody declared it."""
    return load(VOCABULARY_DIR / f"context_{language}.yaml", Context)

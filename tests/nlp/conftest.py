from __future__ import annotations

from pathlib import Path

import pytest

from nlp.catalog import ProductText, TextReader, build
from nlp.lexicon import Lexicon
from nlp.vocabulary_spec import article_vocabulary, context
from schemas.attribute_spec import attributes
from schemas.records import AttributeClaim

SHARED = Path(__file__).parents[3] / "shared"


@pytest.fixture(scope="session")
def reader() -> TextReader:
    return build(ner=False)


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return Lexicon(attributes(), article_vocabulary(), context("en"))


def claims(reader: TextReader, name: str = "", description: str = "", brand: str = "") -> list[AttributeClaim]:
    return reader.read([ProductText("v", "1", name, description, {"brand": brand} if brand else {})])[0]


def said(reader: TextReader, name: str = "", description: str = "", brand: str = "") -> set[tuple[str, str]]:
    """What is claimed with at least the confidence that its attribute asks for."""
    least = {a.name: a.threshold for a in attributes().attributes}
    found = claims(reader, name, description, brand)
    return {(c.attribute, c.value) for c in found if c.confidence >= least[c.attribute]}

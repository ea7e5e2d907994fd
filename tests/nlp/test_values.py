from __future__ import annotations

import csv
from collections import Counter

import numpy as np
import pytest

from nlp.catalog import STARTER
from nlp.values import ValueResolver
from nlp.vectors import WordVectors
from schemas.attribute_spec import attributes
from tests.nlp.conftest import SHARED


@pytest.fixture(scope="module")
def resolver() -> ValueResolver:
    return ValueResolver(attributes(), WordVectors.load(STARTER))


@pytest.mark.parametrize(
    ("attribute", "spelling", "value", "by"),
    [
        ("neckline", "O-Neck", "round", "exact"),
        ("sleeve_length", "threequarter", "three_quarter", "spelling"),
        ("sleeve_length", "Sleeevless", "sleeveless", "spelling"),
        ("material", "POLYSTER", "polyester", "exact"),
        ("material", "chiffonfabric", "chiffon", "within"),
        ("material", "sattin", "satin", "spelling"),
        ("pattern", "leopard", "animal", "exact"),
        ("season", "Automn", "autumn", "exact"),
        ("neckline", "a beautiful v neck", "v_neck", "within"),
    ],
)
def test_spellings_resolve(resolver: ValueResolver, attribute: str, spelling: str, value: str, by: str) -> None:
    found = resolver.resolve(attribute, spelling)
    assert found is not None
    assert (found.value, found.by) == (value, by)


@pytest.mark.parametrize("text", ["", "???", "null", "xqzzy", "a" * 5_000, "none of these"])
def test_what_is_near_nothing_resolves_to_nothing(resolver: ValueResolver, text: str) -> None:
    assert resolver.resolve("collar", text) is None
    assert resolver.resolve("composition", text) is None


def test_most_real_misspelt_values_resolve(resolver: ValueResolver) -> None:
    path = SHARED / "data" / "dress-values" / "Attribute DataSet.csv"
    if not path.exists():
        pytest.skip("the shared values are not here")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = {
        "NeckLine": "neckline",
        "SleeveLength": "sleeve_length",
        "Material": "material",
        "Pattern Type": "pattern",
    }
    seen: Counter[bool] = Counter()
    for column, attribute in columns.items():
        for row in rows:
            if row[column].lower() not in ("null", "", "other", "none"):
                seen[resolver.resolve(attribute, row[column]) is not None] += 1
    assert seen[True] / seen.total() > 0.9


def test_words_used_alike_are_near() -> None:
    vectors = WordVectors.load(STARTER)
    assert "georgette" in vectors
    georgette, crepe, denim = (vectors.of([word]) for word in ("georgette", "crepe", "denim"))
    assert georgette @ crepe > 0.5 > georgette @ denim
    assert vectors.of(["zzzz"]) is None
    mean = vectors.of(["cotton", "linen"])
    assert mean is not None
    assert np.isclose(np.linalg.norm(mean), 1.0, atol=1e-3)


@pytest.mark.parametrize("code", ["SS27", "S/S 2027", "26SS", "Spring/Summer 2027", "FW26", "AW25", "A/W-26", "fw2041"])
def test_season_codes_need_no_list_of_years(resolver: ValueResolver, code: str) -> None:
    resolved = resolver.resolve("season", code)
    assert resolved is not None
    assert resolved.value == ("winter" if "w" in code.lower() else "summer")

"""Whatever a vendor sends, the reader answers in bounded time and quotes only what stands there."""

from __future__ import annotations

import time
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nlp.catalog import ProductText, TextReader, build

_WORDS = st.sampled_from(
    ["Men", "shirt", "no", "round", "neck", "80%", "cotton", "20%", "<b>", "</b>", "&amp;", "22 in", "Colour:", "Black",
     "with", "belt loops", "lockOne", "â€™", "\u202e", "½", "kurta", "½ in", "\n", "Length: 5 m", "dial", "14 1/4 mm",
     "Women Slimm Fit Jeans", "cottonn shirt", "has a sprad collar", "100% SİLK", "5 İN", "3 \u0131nch", "fİve pocket"]
)  # fmt: skip
_MISSPELT = {"name": "Acme Men <b>Blue</b>&nbsp;Shirt \u202e", "description": "½ in hem, has a sprad collar"}
_TEXT = st.lists(_WORDS, max_size=25).map(" ".join) | st.text(max_size=120)


@pytest.mark.parametrize("ner", [False, True], ids=["rules", "ner"])
@settings(max_examples=200, deadline=None)
@given(name=_TEXT, description=_TEXT)
@example(**_MISSPELT)
def test_every_span_lies_inside_its_text_and_equals_its_quote(ner: bool, name: str, description: str) -> None:
    texts = {"name": name, "description": description}
    for claim in _reader(ner).read([ProductText("v", "1", name, description)])[0]:
        evidence = claim.evidence
        assert texts[evidence.field][evidence.start : evidence.end] == evidence.quote
        assert 0 <= evidence.start < evidence.end <= len(texts[evidence.field])


@pytest.mark.parametrize(
    "hostile",
    [
        "red " * 500_000,
        "round neck, " * 200_000,
        "no " * 700_000,
        "1 1/2 1/2 " * 200_000,
        "80% " * 500_000,
        "Colour: " * 300_000,
        "\U0001f600" * 1_000_000,
        "A" * 2_000_000,
        "aB" * 1_000_000,
        "\x00\x01\u202e" * 600_000,
        "cotton 5" * 250_000,
        "with " * 400_000,
    ],
    ids=range(12),
)
def test_two_megabytes_take_bounded_time(reader: TextReader, hostile: str) -> None:
    before = reader.counts["capped"]
    start = time.process_time()
    reader.read([ProductText("v", "1", "Shirt", hostile)])
    assert time.process_time() - start < 10
    assert reader.counts["capped"] == before + 1


def test_absent_texts_are_empty_texts(reader: TextReader) -> None:
    nothing = ProductText("v", "1", None, None)  # type: ignore[arg-type]
    assert reader.read([nothing]) == [[]]


def test_an_answer_does_not_depend_on_batch_mates(reader: TextReader) -> None:
    one = ProductText("v", "1", "Acme Men Navy Blue Slim Fit Shirt", "Has a spread collar")
    other = ProductText("w", "2", "Acme Damen Kleid mit Blumen", "")
    assert reader.read([one])[0] == reader.read([other, one, other])[1] == build(ner=False).read([one])[0]


def test_the_recogniser_has_its_say_among_them() -> None:
    found = _reader(ner=True).read([ProductText("v", "1", **_MISSPELT)])[0]
    assert [claim.evidence.quote for claim in found if claim.producer.startswith("ner@")] == ["sprad collar"]


@cache
def _reader(ner: bool) -> TextReader:
    return build(ner=ner)

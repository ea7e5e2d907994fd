from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.normalise import LIMIT, normalise
from nlp.tokens import tokenise


@pytest.mark.parametrize(
    ("vendor", "clean"),
    [
        ("plain text", "plain text"),
        ("<p>Round&nbsp;neck</p>", "\nRound neck\n"),
        ("Levi&#39;s &amp; co", "Levi's & co"),
        ("menâ€™s shoe", "men's shoe"),
        ("cafÃ© colour", "café colour"),
        ("14½ mm", "14 1/2 mm"),
        ("22″ long", '22" long'),
        ("a<br/>b", "a\nb"),
        ("keep<script>alert('x')</script>this", "keep\nthis"),
        ("keep<STYLE>p{color:red}</Style>this", "keep\nthis"),
        ("İ" * 12 + "<style>p{}</style>kept", "İ" * 12 + "\nkept"),
        ("\u202eright\u200bleft", "rightleft"),
        ("5 < 6 and 7 > 2", "5 < 6 and 7 > 2"),
    ],
)
def test_vendor_text_is_cleaned(vendor: str, clean: str) -> None:
    assert normalise(vendor).text == clean


def test_every_kept_character_knows_where_it_stood() -> None:
    text = "<b>Menâ€™s</b> red&nbsp;shirt"
    normal = normalise(text)
    at = normal.text.index("red")
    start, end = normal.span(at, at + 3)
    assert text[start:end] == "red"
    at = normal.text.index("'")
    start, end = normal.span(at, at + 1)
    assert text[start:end] == "â€™"


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=200) | st.text("<>&;#xabc12 é½â€™\u202e\x00", max_size=80))
def test_spans_of_any_text_lie_inside_it(text: str) -> None:
    normal = normalise(text)
    tokens = tokenise(normal, frozenset())
    last = 0
    for word, start, end in zip(tokens.words, tokens.starts, tokens.ends, strict=True):
        assert 0 <= start <= end <= len(text)
        assert start >= last or start == end or normal.starts is not None
        assert word
        last = start


@pytest.mark.parametrize(
    "hostile",
    [
        "<" * 2_000_000,
        "<script" * 300_000,
        "&" * 2_000_000,
        "1/2 " * 500_000,
        "a-" * 1_000_000,
        "éà" * 1_000_000,
        "\x00" * 2_000_000,
        "<a " + "b" * 2_000_000,
    ],
)
def test_hostile_text_is_bounded_in_time(hostile: str) -> None:
    start = time.process_time()
    normal = normalise(hostile)
    tokenise(normal, frozenset())
    assert normal.capped
    assert time.process_time() - start < 3
    assert len(normal.text) <= 4 * LIMIT


def test_sentences_glued_together_are_told_apart() -> None:
    text = "secured with a TSA lockOne handle, has 5 pocketsLeather upperTextured outsole, DressBerry tag"
    tokens = tokenise(normalise(text), frozenset({"dressberry"}))
    assert tokens.words[4:8] == ["lock", ".", "one", "handle"]
    assert "pockets . leather upper . textured" in " ".join(tokens.words)
    assert "dressberry" in tokens.words

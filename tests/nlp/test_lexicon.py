"""The fast ways of cutting and matching words, beside slow ones that are plainly right."""

from __future__ import annotations

import gc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from nlp.collection import uncollected
from nlp.lexicon import Lexicon, phrase_words
from nlp.meaning import Kind, Match, Meaning, Sense
from nlp.normalise import Normal
from nlp.tokens import BREAKS, _piece, tokenise
from nlp.vocabulary_spec import article_vocabulary, context
from schemas.attribute_spec import attributes

_PIECES = st.sampled_from(
    ["suitBlue", "V-neck", "off-white", "-", " - ", "sleeves2", "pocketsRegular", "5", "3.5", "½", "lockOne", "TSA",
     " ", "  ", "\n", "T-shirt", "don't", "\u2019", "McCoy", "iPhone", ",", ":", "!", "&", "kurta", "MEN", "x" * 70,
     "aB" * 40]
)  # fmt: skip
_DECLARED = sorted(
    {" ".join(phrase_words(s)) for a in attributes().attributes for v in a.values for s in (*v.synonyms, *v.words)}
    | {" ".join(phrase_words(w)) for a in article_vocabulary().article_types for w in a.words}
    | {" ".join(phrase_words(t)) for t in (*context("en").traps, *context("en").elsewhere, *context("en").undone)}
)
# A clause ends at a break, so no phrase of one can hold any.
_PHRASES = [phrase for phrase in _DECLARED if BREAKS.isdisjoint(phrase.split())]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(_PIECES | st.text(max_size=8), max_size=30).map("".join),
    st.none() | st.frozensets(st.sampled_from(["lockone", "mccoy", "iphone", "suitblue"])),
)
def test_cutting_at_spaces_first_changes_no_word(text: str, whole: frozenset[str] | None) -> None:
    tokens = tokenise(Normal(text), whole)
    words, starts, ends, _ = _piece(text, whole)
    assert (tokens.words, tokens.starts, tokens.ends) == (list(words), list(starts), list(ends))


@settings(max_examples=200, deadline=None)
@given(clause=st.lists(st.sampled_from(_PHRASES) | st.sampled_from(["zibbly", "with", "a"]), min_size=1, max_size=12))
def test_the_tree_finds_what_a_phrase_matcher_finds(lexicon: Lexicon, clause: list[str]) -> None:
    words = tuple(w for phrase in clause for w in phrase.split())
    matcher, vocab = _matcher()
    expected = {(s, e) for _, s, e in matcher(Doc(vocab, words=list(words)))}
    found = lexicon._find(words)
    spans = [(m.start, m.end) for m in found]
    assert expected <= set(spans)
    assert spans == sorted(set(spans), key=lambda s: (s[0], -s[1]))
    assert lexicon.match(words) is lexicon.match(words)


def test_a_match_tells_what_its_phrase_means() -> None:
    match = Match(2, 4, Meaning((Sense(Kind.VALUE, "colour", "red"),)))
    assert match.senses == match.meaning.senses
    assert match.mask == 1 << Kind.VALUE


def test_the_collector_comes_back() -> None:
    def fail() -> None:
        with uncollected():
            assert not gc.isenabled()
            raise ValueError

    with pytest.raises(ValueError):
        fail()
    assert gc.isenabled()
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def _matcher() -> tuple[PhraseMatcher, Vocab]:
    if not _BUILT:
        vocab = Vocab()
        matcher = PhraseMatcher(vocab, attr="ORTH")
        matcher.add("all", [Doc(vocab, words=p.split()) for p in _PHRASES if p])
        _BUILT.append((matcher, vocab))
    return _BUILT[0]


_BUILT: list[tuple[PhraseMatcher, Vocab]] = []

"""Every declared phrase in one spaCy ``PhraseMatcher``, and what each phrase may mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from nlp.normalise import normalise
from nlp.tokens import BREAKS, tokenise
from nlp.vocabulary_spec import ArticleVocabulary, Context
from schemas.attribute_spec import Attributes

_REMEMBERED = 50_000
_STRANGE = "\N{MIDDLE DOT}"


class Kind(IntEnum):
    """What a phrase is."""

    VALUE = 1
    WORD = 2
    HEAD = 3
    ARTICLE = 4
    NOUN = 5
    PART = 6
    KEY = 7
    NEGATOR = 8
    EXCEPTION = 9
    ELSEWHERE = 10
    SEEMING = 11
    UNDONE = 12
    TRAP = 13


VALUES = 1 << Kind.VALUE
NOUNS = 1 << Kind.ARTICLE | 1 << Kind.NOUN
PARTS = 1 << Kind.PART | 1 << Kind.TRAP
GENDERS = 1 << (max(Kind) + 1)
"""The bit of phrases that name a gender."""


class Sense(NamedTuple):
    """One thing a phrase may mean: a value of an attribute, an article type, a part, a negator."""

    kind: Kind
    attribute: str = ""
    value: str = ""


class Meaning:
    """All that one phrase may mean; ``mask`` has the bit ``1 << kind`` of each of its kinds, and ``GENDERS``."""

    __slots__ = ("mask", "senses")

    def __init__(self, senses: tuple[Sense, ...]) -> None:
        """Take the senses in their stable order."""
        self.senses = senses
        self.mask = 0
        for sense in senses:
            self.mask |= 1 << sense.kind
            if sense.attribute == "gender":
                self.mask |= GENDERS


class Match(NamedTuple):
    """A phrase found at words ``[start, end)``, with what it may mean there."""

    start: int
    end: int
    meaning: Meaning

    @property
    def senses(self) -> tuple[Sense, ...]:
        """What the phrase may mean here."""
        return self.meaning.senses

    @property
    def mask(self) -> int:
        """The kinds among the senses, one bit each."""
        return self.meaning.mask


class Lexicon:
    """All phrases of one language, found in one pass over the words of a text."""

    def __init__(self, attributes: Attributes, articles: ArticleVocabulary, context: Context) -> None:
        """Compile the declared phrases; the same declarations always give the same lexicon."""
        self.vocab = Vocab()
        self.groups = {a.name: a.group for a in articles.article_types}
        self.worn = frozenset(a.name for a in articles.article_types if a.shopify is not None)
        self.stops = frozenset(context.stops)
        table: dict[tuple[str, ...], set[Sense]] = defaultdict(set)
        keys: dict[tuple[str, ...], set[Sense]] = defaultdict(set)
        for phrase, sense in _senses(attributes, articles, context):
            words = phrase_words(phrase)
            if words and BREAKS.isdisjoint(words):
                (keys if sense.kind is Kind.KEY else table)[words].add(sense)
        self.words = frozenset(w for words in (*table, *keys) for w in words)
        self.keys = {words: tuple(sorted(senses)) for words, senses in keys.items()}
        self._matcher = PhraseMatcher(self.vocab, attr="ORTH")
        self._meaning: dict[int, Meaning] = {}
        self._seen: dict[tuple[str, ...], tuple[Match, ...]] = {}
        for number, words in enumerate(sorted(table)):
            name = f"p{number}"
            self._matcher.add(name, [Doc(self.vocab, words=list(words))])
            self._meaning[self.vocab.strings[name]] = Meaning(tuple(sorted(table[words])))

    def match(self, clause: tuple[str, ...]) -> tuple[Match, ...]:
        """Return every phrase in the words of one clause, by start, longer ones first.

        Vendors repeat their clauses, so clauses are remembered; words of no phrase are all one to the matcher, which
        keeps its string store from growing with the catalogue.
        """
        found = self._seen.get(clause)
        if found is None:
            known, meaning = self.words, self._meaning
            doc = Doc(self.vocab, words=[w if w in known else _STRANGE for w in clause])
            found = tuple(
                sorted((Match(s, e, meaning[k]) for k, s, e in self._matcher(doc)), key=lambda m: (m.start, -m.end))
            )
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            self._seen[clause] = found
        return found


def phrase_words(phrase: str) -> tuple[str, ...]:
    """Cut a declared phrase exactly as a vendor's text is cut."""
    return tuple(tokenise(normalise(phrase)).words)


def _senses(attributes: Attributes, articles: ArticleVocabulary, context: Context) -> Iterable[tuple[str, Sense]]:
    for attribute in attributes.attributes:
        name = attribute.name
        for value in attribute.values:
            yield from ((s, Sense(Kind.VALUE, name, value.name)) for s in value.synonyms)
            yield from ((w, Sense(Kind.WORD, name, value.name)) for w in value.words)
        yield from ((h, Sense(Kind.HEAD, name)) for h in attribute.heads)
        yield from ((k, Sense(Kind.KEY, name)) for k in attribute.keys)
    for article in articles.article_types:
        yield from ((w, Sense(Kind.ARTICLE, "article_type", article.name)) for w in article.words)
    for group, nouns in context.group_nouns.items():
        yield from ((n, Sense(Kind.NOUN, "image_group", group)) for n in nouns)
    for kind, phrases in (
        (Kind.PART, context.parts),
        (Kind.NEGATOR, context.negators),
        (Kind.EXCEPTION, context.negator_exceptions),
        (Kind.ELSEWHERE, (*context.elsewhere, *context.person)),
        (Kind.SEEMING, context.seeming),
        (Kind.UNDONE, context.undone),
        (Kind.TRAP, context.traps),
    ):
        yield from ((p, Sense(kind)) for p in phrases)

"""Every declared phrase in one tree of words, and what each phrase may mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from nlp.meaning import Kind, Match, Meaning, Sense
from nlp.normalise import normalise
from nlp.standing import standing
from nlp.tokens import BREAKS, tokenise
from nlp.vocabulary_spec import ArticleVocabulary, Context
from schemas.attribute_spec import Attributes

_REMEMBERED = 50_000


class _Node:
    """What the words so far mean as a phrase (None = they are only the beginning of one), and how one may go on."""

    __slots__ = ("after", "meaning")

    def __init__(self) -> None:
        self.after: dict[str, _Node] = {}
        self.meaning: Meaning | None = None


class Lexicon:
    """All phrases of one language, found in one pass over the words of a clause."""

    def __init__(self, attributes: Attributes, articles: ArticleVocabulary, context: Context) -> None:
        """Compile the declared phrases; the same declarations always give the same lexicon."""
        self.groups = {a.name: a.group for a in articles.article_types}
        self.worn = frozenset(a.name for a in articles.article_types if a.shopify is not None)
        self.stops = frozenset(context.stops)
        self.accessories = frozenset(context.accessories)
        self.keeping = frozenset(context.keeping)
        table: dict[tuple[str, ...], set[Sense]] = defaultdict(set)
        keys: dict[tuple[str, ...], set[Sense]] = defaultdict(set)
        for phrase, sense in _senses(attributes, articles, context):
            words = phrase_words(phrase)
            if words and BREAKS.isdisjoint(words):
                (keys if sense.kind is Kind.KEY else table)[words].add(sense)
        self.words = frozenset(w for words in (*table, *keys) for w in words)
        self.keys = {words: tuple(sorted(senses)) for words, senses in keys.items()}
        self._first: dict[str, _Node] = {}
        self._seen: dict[tuple[str, ...], list[Match]] = {}
        for words in sorted(table):
            self._add(words, Meaning(tuple(sorted(table[words]))))

    def match(self, clause: tuple[str, ...]) -> list[Match]:
        """Return every phrase that stands in the words of one clause, by start, longer ones first.

        Vendors repeat their clauses, so clauses are remembered.
        """
        found = self._seen.get(clause)
        if found is None:
            found = standing(self._find(clause))
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            self._seen[clause] = found
        return found

    def _add(self, words: tuple[str, ...], meaning: Meaning) -> None:
        node = self._first.setdefault(words[0], _Node())
        for word in words[1:]:
            node = node.after.setdefault(word, _Node())
        node.meaning = meaning

    def _find(self, clause: tuple[str, ...]) -> list[Match]:
        found: list[Match] = []
        for start, word in enumerate(clause):
            node = self._first.get(word)
            end, shorter = start + 1, len(found)
            while node is not None:
                if node.meaning is not None:
                    found.insert(shorter, Match(start, end, node.meaning))
                node = node.after.get(clause[end]) if end < len(clause) else None
                end += 1
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
        (Kind.PART, (*context.parts, *context.things)),
        (Kind.NEGATOR, context.negators),
        (Kind.EXCEPTION, context.negator_exceptions),
        (Kind.ELSEWHERE, (*context.elsewhere, *context.person)),
        (Kind.SEEMING, context.seeming),
        (Kind.UNDONE, context.undone),
        (Kind.TRAP, context.traps),
    ):
        yield from ((p, Sense(kind)) for p in phrases)

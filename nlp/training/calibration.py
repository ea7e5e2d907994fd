"""How often a rule or the recogniser is right: the confidence that their claims carry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from nlp.extractors.articles import Articles
from nlp.lexicon import Lexicon, phrase_words
from nlp.reading import read
from nlp.text import ProductText
from nlp.training.corpus import Example
from nlp.training.held_out_spellings import Held, Phrase, spelling_fold
from nlp.values import ValueResolver
from nlp.vectors import WordVectors
from schemas.attribute_spec import Attribute, Attributes

_PRIOR, _WEIGHT = 0.93, 10
_CLAIM_PRIOR = 0.5
_LACKING = 0.1
"""A tenth of the spellings is held out, a hundredth is taken to be lacking at work: held-out ones count this much."""


class Judgement(NamedTuple):
    """Whether a person takes a phrase for a value of the attribute, and which declared value it means (None = none)."""

    right: bool
    value: str | None


class Measured(NamedTuple):
    """The shares of right claims of ``held`` out spellings and of ``others``, how many they are, and the confidence.

    The confidence is what to expect at work, drawn to one half where claims are few.
    """

    held: float
    of_held: int
    others: float
    of_others: int
    confidence: float


def noun_confidence(lexicon: Lexicon, labelled: Sequence[Example]) -> dict[str, dict[str, float]]:
    """Return ``{"article_type": {type: p}, "image_group": {type: p}}``, drawn to a prior where examples are few."""
    rule = Articles(lexicon)
    seen: Counter[str] = Counter()
    right: dict[str, Counter[str]] = {"article_type": Counter(), "image_group": Counter()}
    for example in labelled:
        reading = read(lexicon, ProductText("train", example.id, example.name, ""))
        said = {f.attribute: f.value for f in rule.find(reading)}
        article = said.get("article_type")
        if article is None or example.article_type is None:
            continue
        seen[article] += 1
        right["article_type"][article] += article == example.article_type
        right["image_group"][article] += said["image_group"] == lexicon.groups.get(example.article_type)
    return {
        name: {a: round((hits[a] + _PRIOR * _WEIGHT) / (n + _WEIGHT), 3) for a, n in sorted(seen.items())}
        for name, hits in right.items()
    }


def claim_confidence(
    found: Mapping[int, Sequence[Held]],
    leaning: float,
    declared: Attributes,
    vectors: WordVectors,
    judged: Mapping[Phrase, Judgement],
) -> dict[str, Measured]:
    """Return how often the recogniser's claims are right, by how the value was resolved (``Resolution.by``).

    ``found`` are the findings of each fold of spellings; values are resolved by a vocabulary without that fold. A claim
    is right where it says the value that the hidden spelling is declared for, or that a person named.
    """
    full = ValueResolver(declared)
    seen: Counter[tuple[str, bool]] = Counter()
    right: Counter[tuple[str, bool]] = Counter()
    for spellings, rows in found.items():
        resolver = ValueResolver(_without(declared, spellings), vectors)
        for held in rows:
            said = resolver.resolve(*held.phrase) if held.score is not None and held.score >= leaning else None
            if said is None or said.by == "exact":
                continue
            truth = full.resolve(*held.phrase) if held.true else judged.get(held.phrase)
            seen[said.by, held.true] += 1
            right[said.by, held.true] += truth is not None and truth.value == said.value
    return {by: _measured(seen, right, by) for by in sorted({by for by, _ in seen})}


def _measured(seen: Counter[tuple[str, bool]], right: Counter[tuple[str, bool]], by: str) -> Measured:
    n, m = seen[by, True], seen[by, False]
    hits = _LACKING * right[by, True] + right[by, False] + _CLAIM_PRIOR * _WEIGHT
    confidence = round(hits / (_LACKING * n + m + _WEIGHT), 2)
    return Measured(right[by, True] / max(1, n), n, right[by, False] / max(1, m), m, confidence)


def _without(declared: Attributes, spellings: int) -> Attributes:
    """Return the vocabulary without the spellings of a fold; a value's own name stays."""

    def kept(phrases: Sequence[str]) -> tuple[str, ...]:
        return tuple(p for p in phrases if spelling_fold(" ".join(phrase_words(p))) != spellings)

    def thinned(attribute: Attribute) -> Attribute:
        values = [v.model_copy(update={"synonyms": kept(v.synonyms), "words": kept(v.words)}) for v in attribute.values]
        return attribute.model_copy(update={"values": tuple(values)})

    return declared.model_copy(update={"attributes": tuple(thinned(a) for a in declared.attributes)})

"""Measure the recogniser on spellings and brands that were held out: what it finds, how surely, and what is wrong."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.lexicon import phrase_words
from nlp.ner import Recogniser, Span
from nlp.training.corpus import fold
from nlp.training.ner_training import CLAUSES, sample, train_recogniser
from nlp.training.silver import Clause
from nlp.training.word_class_training import train_word_classes
from schemas.attribute_spec import Attributes

SPELLING_FOLDS = 10
LEANINGS = (-1.0, 0.0, 0.5, 1.0, 2.0, 3.0)
"""How far a recogniser is leaned towards finding nothing: a finding's score is the furthest at which it is made."""
_RESAMPLED = 1000
_Scores = dict[tuple[str, ...], dict[Span, float]]
Phrase = tuple[str, str]
"""An attribute and the words of a value."""


@dataclass(frozen=True, slots=True)
class Held:
    """An occurrence of a held-out spelling, or (``true`` = False) a finding where the gazetteer has none.

    ``score`` is the furthest leaning at which it was found (None = it was missed).
    """

    clause: Clause
    span: Span
    score: float | None
    true: bool

    @property
    def phrase(self) -> Phrase:
        """The attribute and the words."""
        return self.span[0], self.clause.phrase(self.span)


@dataclass(frozen=True, slots=True)
class Point:
    """Recall and precision (with 95 % intervals over phrases) of findings made at ``leaning``; ``n`` counts them.

    ``recall`` is over occurrences, ``spellings`` is the mean over spellings of the share of its occurrences found.
    """

    leaning: float
    n: int
    recall: float
    recall_interval: tuple[float, float]
    precision: float
    precision_interval: tuple[float, float]
    spellings: float
    spellings_interval: tuple[float, float]


def spelling_fold(phrase: str) -> int:
    """Return the fold of a spelling, 0 to ``SPELLING_FOLDS - 1``: a tenth of the vocabulary each."""
    return int(hashlib.sha256(f"held {phrase}".encode()).hexdigest(), 16) % SPELLING_FOLDS


def declared_spellings(declared: Attributes) -> frozenset[str]:
    """Return every spelling of a value that the vocabulary declares, as words of a clause."""
    spellings = (s for a in declared.attributes for v in a.values for s in (*v.synonyms, *v.words))
    return frozenset(" ".join(phrase_words(s)) for s in spellings)


@dataclass(frozen=True, slots=True)
class Corpus:
    """What a recogniser learns from: silver clauses, unlabelled clauses by brand, words it may know, brand words."""

    clauses: Sequence[Clause]
    texts: Sequence[tuple[str, list[str]]]
    known: frozenset[str]
    private: frozenset[str]


def measures(corpus: Corpus, spellings: int, brand: int, vocabulary: Collection[str]) -> tuple[list[Held], list[Held]]:
    """Train without the labels of a fold of spellings and without a fold of brands; return what is found there.

    No training clause holds a held-out spelling, its words have no label and are not known by themselves. In the first
    answer other brands' unlabelled uses of them may give them a mark, as word vectors are trained on the catalogue; in
    the second they have none, as words that no training text holds. Both answers cost one training. ``vocabulary`` are
    all declared spellings: a declared one that is not held out is no finding of the recogniser's.
    """
    seen, hidden = _shown(corpus.clauses, spellings, brand)
    texts = [(b, words) for b, words in corpus.texts if fold(b) != brand]
    classes = train_word_classes(texts, seen, corpus.private, hidden)
    recogniser = train_recogniser(sample(seen, CLAUSES), corpus.known - hidden, classes)
    asked = [c for c in corpus.clauses if fold(c.brand) == brand]
    declared = {p for p in vocabulary if spelling_fold(p) != spellings}
    scores = _scores(recogniser, asked, spellings)
    # Without a held-out word nothing differs, so only clauses that hold one are read again.
    again = [c for c in asked if not hidden.isdisjoint(c.words)]
    strict = scores | _scores(recogniser.marked(classes.without(hidden)), again, spellings)
    return _judged(asked, spellings, declared, scores), _judged(asked, spellings, declared, strict)


def _shown(data: Sequence[Clause], spellings: int, brand: int) -> tuple[list[Clause], frozenset[str]]:
    """Return the clauses to train on, and the words that are held out with their spellings."""

    def held(clause: Clause) -> list[str]:
        return [p for s in clause.spans if spelling_fold(p := clause.phrase(s)) == spellings]

    seen = [c for c in data if fold(c.brand) != brand and not held(c)]
    shown = {w for c in seen for _, s, e in c.spans for w in c.words[s:e]}
    phrases = [p.split() for c in data for p in held(c)]
    hidden = frozenset(w for p in phrases for w in p if len(p) == 1 or w not in shown)
    # A value nobody declared is no plain word of any clause either: it would be learnt as one.
    return [c for c in seen if not any(c.words[i] in hidden for i in _plain(c))], hidden


def _plain(clause: Clause) -> set[int]:
    return set(range(len(clause.words))) - {i for _, s, e in clause.spans for i in range(s, e)}


def _scores(recogniser: Recogniser, asked: Sequence[Clause], spellings: int) -> _Scores:
    """Return each clause's findings and the furthest leaning at which each is made, as the extractor takes them."""
    scores: _Scores = {c.words: {} for c in asked}
    strange: dict[tuple[str, ...], set[int]] = {}
    free: dict[tuple[str, ...], set[int]] = {}
    for clause in asked:
        free[clause.words] = set(range(len(clause.words))) - clause.closed - _covered(clause, spellings)
        own = recogniser.strange(clause.words)
        strange[clause.words] = {i for i in free[clause.words] if own[i]}
    opened = [c.words for c in asked if strange[c.words]]
    at = 0.0
    for leaning in LEANINGS:
        recogniser.lean(leaning - at)
        at = leaning
        recogniser.learn(opened)
        for words in opened:
            for span in recogniser.spans(words):
                places = set(range(span[1], span[2]))
                if places <= free[words] and places & strange[words]:
                    scores[words][span] = leaning
    recogniser.lean(-at)
    return scores


def _judged(asked: Sequence[Clause], spellings: int, declared: Collection[str], scores: _Scores) -> list[Held]:
    found: list[Held] = []
    for clause in asked:
        said = scores[clause.words]
        for truth in clause.spans:
            if spelling_fold(clause.phrase(truth)) == spellings:
                hits = [v for s, v in said.items() if _same(s, truth)]
                found.append(Held(clause, truth, max(hits, default=None), true=True))
        for span, score in said.items():
            if not any(_same(span, t) for t in clause.spans) and clause.phrase(span) not in declared:
                found.append(Held(clause, span, score, true=False))
    return found


def _covered(clause: Clause, spellings: int) -> set[int]:
    """Return the places that the vocabulary without the held-out spellings covers."""
    held = [s for s in clause.spans if spelling_fold(clause.phrase(s)) == spellings]
    return {
        i
        for start, end in clause.covered
        if spelling_fold(" ".join(clause.words[start:end])) != spellings
        and not any(s <= start and end <= e for _, s, e in held)
        for i in range(start, end)
    }


def _same(one: Span, other: Span) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


def points(found: Sequence[Held], is_right: Callable[[Held], bool] = lambda held: held.true) -> list[Point]:
    """Return recall of held-out spellings and precision at each leaning; ``is_right`` judges findings."""
    return [_point(found, leaning, is_right) for leaning in LEANINGS]


def _point(found: Sequence[Held], leaning: float, is_right: Callable[[Held], bool]) -> Point:
    """Count hits, truths, right and all findings a phrase, and resample phrases: one word's uses stand together."""
    rows: dict[Phrase, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for held in found:
        row = rows[held.phrase]
        said = held.score is not None and held.score >= leaning
        row[0] += held.true and said
        row[1] += held.true
        row[2] += said and is_right(held)
        row[3] += said
    counts = np.array([rows[k] for k in sorted(rows)], dtype=np.float64)
    # A fifth and a sixth column: the share found of a held-out spelling's occurrences, and one for each spelling.
    counts = np.column_stack((counts, counts[:, 0] / np.maximum(1, counts[:, 1]), counts[:, 1] > 0))
    drawn = np.random.default_rng(0).integers(len(counts), size=(_RESAMPLED, len(counts)))
    every = np.vstack((counts.sum(axis=0), counts[drawn].sum(axis=1)))
    recall, precision, spellings = (every[:, i] / np.maximum(1, every[:, j]) for i, j in ((0, 1), (2, 3), (4, 5)))
    return Point(
        leaning, int(every[0, 3]), float(recall[0]), _middle(recall[1:]), float(precision[0]), _middle(precision[1:]),
        float(spellings[0]), _middle(spellings[1:]),
    )  # fmt: skip


def _middle(values: NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.quantile(values, (0.025, 0.975))
    return float(low), float(high)

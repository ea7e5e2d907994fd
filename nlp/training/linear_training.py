"""Train the linear models of ``nlp/linear.py`` on names, with terms that no single brand owns."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from nlp.extractors.articles import Articles
from nlp.extractors.whole_text import features
from nlp.lexicon import Lexicon
from nlp.linear import Head, LinearModels
from nlp.reading import read
from nlp.text import ProductText
from nlp.training.corpus import Example, fold
from nlp.vocabulary_spec import ArticleVocabulary, article_vocabulary

LOG = logging.getLogger(__name__)
LEAST_DOCUMENTS, LEAST_BRANDS = 5, 3
HEADS: dict[str, Callable[[Example], str | None]] = {
    "article_type": lambda e: e.article_type,
    "gender": lambda e: e.gender,
    "occasion": lambda e: e.occasion,
}
_INVERSE_TEMPERATURES = np.geomspace(0.5, 16.0, 26)
_COST = 0.5


@dataclass(frozen=True, slots=True)
class Featured:
    """Examples and their terms, aligned."""

    examples: tuple[Example, ...]
    terms: tuple[tuple[str, ...], ...]

    def part(self, keep: Callable[[Example], bool]) -> Featured:
        """Return the examples that ``keep`` accepts."""
        rows = [i for i, e in enumerate(self.examples) if keep(e)]
        return Featured(tuple(self.examples[i] for i in rows), tuple(self.terms[i] for i in rows))


def featured(lexicon: Lexicon, examples: Sequence[Example]) -> Featured:
    """Read each example's name and return its terms."""
    terms = []
    for example in examples:
        reading = read(lexicon, ProductText("train", example.id, example.name, ""))
        terms.append(tuple(t for t, _, _ in features(reading.name)))
    return Featured(tuple(examples), tuple(terms))


def silver(lexicon: Lexicon, examples: Sequence[Example], known: frozenset[str]) -> list[Example]:
    """Label names by their head noun where it names a type that no labelled example has (bed linen, toys)."""
    rule = Articles(lexicon)
    found = []
    for example in examples:
        reading = read(lexicon, ProductText("train", example.id, example.name, ""))
        article = next((f.value for f in rule.find(reading) if f.attribute == "article_type"), None)
        if article is not None and article not in known:
            found.append(replace(example, article_type=article))
    return found


def declared_examples(articles: ArticleVocabulary) -> list[Example]:
    """Return each declared spelling of an article type as a name of its own, so that rare types are never unknown."""
    return [
        Example(f"declared {a.name} {i}", f"declared {i}", word, article_type=a.name)
        for a in articles.article_types
        for i, word in enumerate(a.words)
    ]


def shared_terms(data: Featured, brand_words: frozenset[str], common: frozenset[str]) -> list[str]:
    """Return the terms seen in enough documents of enough brands; brand words stay out unless ``common``."""
    documents: Counter[str] = Counter()
    owners: dict[str, set[str]] = defaultdict(set)
    for example, terms in zip(data.examples, data.terms, strict=True):
        for term in set(terms):
            documents[term] += 1
            owners[term].add(example.brand)
    private = brand_words - common
    return sorted(
        t
        for t, n in documents.items()
        if ":" in t or (n >= LEAST_DOCUMENTS and len(owners[t]) >= LEAST_BRANDS and private.isdisjoint(t.split()))
    )


def matrix(
    terms: Sequence[str], data: Featured, idf: NDArray[np.float32] | None = None
) -> tuple[csr_matrix, NDArray[np.float32]]:
    """Return unit rows ``[documents, terms]`` of ``1 + ln(count)`` times idf, and the idf ``[terms]``."""
    index = {t: i for i, t in enumerate(terms)}
    indptr = [0]
    columns: list[int] = []
    values: list[float] = []
    for row in data.terms:
        counts = Counter(index[t] for t in row if t in index)
        columns.extend(counts)
        values.extend(1.0 + np.log(n) for n in counts.values())
        indptr.append(len(columns))
    x = csr_matrix((np.asarray(values, dtype=np.float32), columns, indptr), shape=(len(data.terms), len(terms)))
    if idf is None:
        seen = np.asarray((x > 0).sum(axis=0)).ravel()
        idf = (np.log((1 + x.shape[0]) / (1 + seen)) + 1).astype(np.float32)
    x = x.multiply(idf).tocsr()
    norms = np.sqrt(np.asarray(x.multiply(x).sum(axis=1)).ravel())
    norms[norms == 0] = 1.0
    return csr_matrix(x.multiply(1.0 / norms[:, None])), idf


def fit(data: Featured, brand_words: frozenset[str], common: frozenset[str], scales: dict[str, float]) -> LinearModels:
    """Fit every head on ``data``; the same data gives the same weights."""
    terms = shared_terms(data, brand_words, common)
    x, idf = matrix(terms, data)
    heads, blocks, first = [], [], 0
    for name, label in HEADS.items():
        labels = [label(e) for e in data.examples]
        enough = {c for c, n in Counter(labels).items() if c is not None and n >= 3}
        rows = [i for i, c in enumerate(labels) if c in enough]
        model = LinearSVC(C=_COST, random_state=0).fit(x[rows], [labels[i] for i in rows])
        classes = tuple(map(str, model.classes_))
        weights, bias = model.coef_, model.intercept_
        if len(classes) == 2:  # scikit-learn keeps one row for two classes
            weights, bias = np.concatenate([-weights, weights]), np.concatenate([-bias, bias])
        blocks.append(weights.T.astype(np.float32))
        heads.append(Head(name, classes, first, scales.get(name, 1.0), bias.astype(np.float32)))
        first += len(classes)
    return LinearModels(terms, idf, np.concatenate(blocks, axis=1), heads)


def inverse_temperatures(models: LinearModels, held: Featured) -> dict[str, float]:
    """Return per head the factor of the margins of least loss on held-out brands; that of ``models`` must be 1.

    Temperature scaling: Guo et al., On Calibration of Modern Neural Networks, https://arxiv.org/abs/1706.04599. They
    divide by a temperature T; the factor is 1 / T.
    """
    answers = [models.answer([(t, 0, 1) for t in terms]) for terms in held.terms]
    found = {}
    for head in models.heads:
        truths = [HEADS[head.name](e) for e in held.examples]
        rows = [i for i, t in enumerate(truths) if t in head.classes and answers[i]]
        # The log of a softmax is the margins up to a constant, which a softmax does not see.
        margins = np.log(np.maximum(1e-12, np.stack([answers[i][head.name].scores for i in rows])))
        columns = np.array([head.classes.index(str(truths[i])) for i in rows])
        found[head.name] = float(min(_INVERSE_TEMPERATURES, key=partial(_loss, margins, columns)))
    return found


def _loss(margins: NDArray[np.float32], truth: NDArray[np.int64], inverse_temperature: float) -> float:
    scaled = margins * inverse_temperature
    top = scaled.max(axis=1, keepdims=True)
    totals = top[:, 0] + np.log(np.exp(scaled - top).sum(axis=1))
    return float((totals - scaled[np.arange(len(truth)), truth]).mean())


def train(lexicon: Lexicon, labelled: Sequence[Example], extra: Sequence[Example]) -> LinearModels:
    """Fit on all brands, with inverse temperatures found on brands held out of a first fit."""
    known = frozenset(e.article_type for e in labelled if e.article_type)
    everything = [*labelled, *silver(lexicon, extra, known), *declared_examples(article_vocabulary())]
    data = featured(lexicon, everything)
    brand_words = frozenset(e.brand for e in (*labelled, *extra))
    part, held = data.part(lambda e: _inner(e) != 0), data.part(lambda e: _inner(e) == 0)
    found = inverse_temperatures(fit(part, brand_words, lexicon.words, {}), held)
    LOG.info("inverse temperatures %s", found)
    return fit(data, brand_words, lexicon.words, found)


def _inner(example: Example) -> int:
    """Return a fold of brands that is independent of the outer one."""
    return fold(f"inner {example.brand}")

"""Learn what kind of value each word is used like, from the words that stand around it."""

from __future__ import annotations

import warnings
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.preprocessing import normalize

from nlp.ner import LABELS
from nlp.training.silver import Clause
from nlp.training.vectors_training import shared_words
from nlp.word_classes import WordClasses

_PLACES = (-2, -1, 1, 2)
_FURTHEST, _SIDES = 2, 5
_LEAST_SEEN, _LEAST_WORDS, _VALUE = 3, 4, 0.4
_PARTS, _COST = 10, 30.0
_STEPS = (0.1, 0.3, 0.6, 0.85)
"""Where the steps of a mark begin: "colour3" is a probability of .6 to .85."""
_OTHER = len(LABELS)
_Probabilities = NDArray[np.float64]


def train_word_classes(
    texts: Sequence[tuple[str, list[str]]],
    labelled: Sequence[Clause],
    private: frozenset[str],
    hidden: frozenset[str] = frozenset(),
) -> WordClasses:
    """Return the mark of each word of ``texts`` (brand, clause) that several brands use, but for ``private`` ones.

    A word's contexts are compared with those of words whose labels are known from ``labelled``; no word's own labels
    make its own mark, and the labels of ``hidden`` words make none.
    """
    words = shared_words(texts, private)
    contexts = normalize(_contexts(words, texts))
    classes = _classes(words, labelled, hidden)
    told = classes >= 0
    scores = np.zeros((len(words), _OTHER + 1))
    columns = np.unique(classes[told])
    folds = StratifiedKFold(_PARTS, shuffle=True, random_state=0)
    with warnings.catch_warnings():
        # A class of fewer words than parts is absent from some: no harm, its other words are in all models.
        warnings.filterwarnings("ignore", "The least populated class", UserWarning)
        scores[np.ix_(told, columns)] = cross_val_predict(
            _model(), contexts[told], classes[told], cv=folds, method="predict_proba"
        )
    if not told.all():
        model = _model().fit(contexts[told], classes[told])
        scores[np.ix_(~told, columns)] = model.predict_proba(contexts[~told])
    return WordClasses({w: _mark(row) for w, row in zip(words, scores, strict=True)})


def _model() -> LogisticRegression:
    return LogisticRegression(C=_COST, max_iter=300, class_weight="balanced")


def _mark(scores: _Probabilities) -> str:
    best = int(scores[:_OTHER].argmax())
    step = sum(bool(scores[best] >= least) for least in _STEPS)
    return f"{LABELS[best]}{step}" if step else "none"


def _classes(words: Sequence[str], labelled: Sequence[Clause], hidden: frozenset[str]) -> NDArray[np.int64]:
    """Return each word's class ``[words]``: a label, ``_OTHER``, or -1 where nothing is known of it."""
    seen: Counter[str] = Counter()
    inside: dict[str, Counter[str]] = defaultdict(Counter)
    for clause in labelled:
        seen.update(clause.words)
        for label, start, end in clause.spans:
            for word in clause.words[start:end]:
                inside[word][label] += 1
    found = np.full(len(words), -1, dtype=np.int64)
    for i, word in enumerate(words):
        if seen[word] >= _LEAST_SEEN and word not in hidden:
            own = inside[word]
            valued = own.total() > _VALUE * seen[word]
            # Ties go to the label that is declared first, so that runs agree.
            found[i] = max(range(_OTHER), key=lambda k: (own[LABELS[k]], -k)) if valued else _OTHER
    sizes = Counter(found.tolist())
    rare = [k for k in range(_OTHER) if sizes[k] < _LEAST_WORDS]
    found[np.isin(found, rare)] = _OTHER
    return found


def _contexts(words: Sequence[str], texts: Sequence[tuple[str, list[str]]]) -> csr_matrix:
    """Return positive pointwise mutual information ``[words, contexts]``; a context is a word at one of ``_PLACES``.

    Levy and Goldberg, Linguistic Regularities in Sparse and Explicit Word Representations,
    https://aclanthology.org/W14-1618/
    """
    index = {w: i for i, w in enumerate(words)}
    strange, before, after = len(words), len(words) + 1, len(words) + 2
    counts: Counter[tuple[int, int]] = Counter()
    for _, clause in texts:
        ids = [index.get(w, strange) for w in clause]
        padded = [before] * _FURTHEST + ids + [after] * _FURTHEST
        for at, row in enumerate(ids, _FURTHEST):
            if row != strange:
                counts.update((row, padded[at + k] * _SIDES + k + _FURTHEST) for k in _PLACES)
    pairs = sorted(counts)
    rows = np.array([p[0] for p in pairs])
    contexts, columns = np.unique(np.array([p[1] for p in pairs]), return_inverse=True)
    values = np.array([counts[p] for p in pairs], dtype=np.float64)
    row_sums = np.bincount(rows, values, len(words))
    # Smoothing the contexts' counts (power 0.75) keeps rare contexts from outweighing all others.
    context_sums = np.bincount(columns, values, len(contexts)) ** 0.75
    pmi = np.log(values * context_sums.sum() / (row_sums[rows] * context_sums[columns]))
    return csr_matrix((np.maximum(pmi, 0), (rows, columns)), shape=(len(words), len(contexts)))

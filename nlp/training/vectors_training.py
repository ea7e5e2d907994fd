"""Train the word vectors of ``nlp/vectors.py`` on names and descriptions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.decomposition import TruncatedSVD

from nlp.normalise import normalise
from nlp.tokens import BREAKS, tokenise
from nlp.training.corpus import Example
from nlp.vectors import WordVectors

WIDTH, WINDOW, LEAST_DOCUMENTS, LEAST_BRANDS = 64, 3, 5, 3


def sentences(examples: Iterable[Example]) -> list[tuple[str, list[str]]]:
    """Return the brand and the words of each clause of each text; a clause many products share counts once a brand."""
    seen: set[tuple[str, ...]] = set()
    found = []
    for example in examples:
        name = tokenise(normalise(example.name)).words
        for words in (name, tokenise(normalise(example.description), set(name)).words):
            for clause in _clauses(words):
                key = (example.brand, *clause)
                if key not in seen:
                    seen.add(key)
                    found.append((example.brand, clause))
    return found


def train_vectors(
    clauses: Sequence[tuple[str, list[str]]], brand_words: frozenset[str], common: frozenset[str]
) -> WordVectors:
    """Factorise positive pointwise mutual information of words within ``WINDOW``, seeded, so runs agree.

    Levy and Goldberg, Neural Word Embedding as Implicit Matrix Factorization,
    https://papers.nips.cc/paper/5477-neural-word-embedding-as-implicit-matrix-factorization
    """
    words = shared_words(clauses, brand_words - common)
    index = {w: i for i, w in enumerate(words)}
    counts: Counter[tuple[int, int]] = Counter()
    for _, clause in clauses:
        ids = [index.get(w, -1) for w in clause]
        for i, row in enumerate(ids):
            if row >= 0:
                counts.update((row, c) for c in ids[max(0, i - WINDOW) : i] + ids[i + 1 : i + 1 + WINDOW] if c >= 0)
    pairs = sorted(counts)
    rows, columns = np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])
    values = np.array([counts[p] for p in pairs], dtype=np.float64)
    # Smoothing the contexts' counts (power 0.75) keeps rare words from looking all alike.
    row_sums = np.bincount(rows, values, len(words))
    context = np.bincount(columns, values, len(words)) ** 0.75
    pmi = np.log(values * context.sum() / (row_sums[rows] * context[columns]))
    matrix = csr_matrix((np.maximum(pmi, 0), (rows, columns)), shape=(len(words), len(words)))
    svd = TruncatedSVD(WIDTH, random_state=0, n_iter=7)
    factors = svd.fit_transform(matrix) / np.sqrt(np.maximum(svd.singular_values_, 1e-9))
    return WordVectors(words, factors.astype(np.float32))


def _clauses(words: Sequence[str]) -> Iterable[list[str]]:
    clause: list[str] = []
    for word in words:
        if word in BREAKS:
            if clause:
                yield clause
            clause = []
        elif word.isalpha() or "'" in word:
            clause.append(word)
    if clause:
        yield clause


def shared_words(clauses: Sequence[tuple[str, list[str]]], private: frozenset[str]) -> list[str]:
    """Return the words that several brands use often enough to learn from, but for ``private`` ones, sorted."""
    documents: Counter[str] = Counter()
    owners: dict[str, set[str]] = defaultdict(set)
    for brand, clause in clauses:
        for word in set(clause):
            documents[word] += 1
            owners[word].add(brand)
    return sorted(
        w for w, n in documents.items() if n >= LEAST_DOCUMENTS and len(owners[w]) >= LEAST_BRANDS and w not in private
    )

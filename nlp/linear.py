"""TF-IDF with linear models over a name's words: article type, image group, gender, occasion."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from nlp.tokens import BREAKS

ORDER = 3
Feature = tuple[str, int, int]
"""A term, and the words ``[start, end)`` that it stands for."""


def grams(words: Sequence[str]) -> Iterator[Feature]:
    """Yield each run of one to ``ORDER`` words that crosses no break, with its word span."""
    for start, word in enumerate(words):
        if word in BREAKS:
            continue
        gram = word
        yield gram, start, start + 1
        for end in range(start + 1, min(len(words), start + ORDER)):
            if words[end] in BREAKS:
                break
            gram = f"{gram} {words[end]}"
            yield gram, start, end + 1


class Answer(NamedTuple):
    """A model's best class, its calibrated probability, and the term that spoke most for it (words, -1 = a noun)."""

    value: str
    probability: float
    scores: NDArray[np.float32]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Head:
    """One model: its classes stand in columns ``[first, first + len(classes))`` of the shared weights.

    ``inverse_temperature`` is what the margins are multiplied by before the softmax.
    """

    name: str
    classes: tuple[str, ...]
    first: int
    inverse_temperature: float
    bias: NDArray[np.float32]


class _Terms(NamedTuple):
    """One product's known terms: how often each was met, and where it was met first."""

    counts: dict[int, int]
    spans: list[tuple[int, int]]


class LinearModels:
    """Several linear models ``[terms, classes]`` over one TF-IDF vocabulary, kept as plain arrays."""

    def __init__(
        self, terms: Sequence[str], idf: NDArray[np.float32], weights: NDArray[np.float32], heads: Sequence[Head]
    ) -> None:
        """Take ``V`` terms, their idf ``[V]``, weights ``[V, sum of classes]`` and the heads that share them."""
        self._index = {term: i for i, term in enumerate(terms)}
        self._idf = idf
        self._weights = weights
        self.heads = tuple(heads)

    def __contains__(self, term: str) -> bool:
        return term in self._index

    def answer(self, features: Sequence[Feature], sure: float = 0.0) -> dict[str, Answer]:
        """Return the answers to one product's ``features``; see :meth:`answers`."""
        return self.answers([features], sure)[0]

    def answers(self, asked: Sequence[Sequence[Feature]], sure: float = 0.0) -> list[dict[str, Answer]]:
        """Return each head's best class for the features (term, word span) of each product asked about.

        A product without a known term gets no answer; where the first head is less than ``sure``, the others are not
        asked. A product's answers do not depend on the others'.

        Term weights are ``1 + ln(count)`` times idf, scaled to unit length, as in
        https://scikit-learn.org/stable/modules/feature_extraction.html#tfidf-term-weighting
        """
        found: list[dict[str, Answer]] = [{} for _ in asked]
        known = [(i, terms) for i, features in enumerate(asked) if (terms := self._known(features))]
        if not known:
            return found
        x = self._rows([terms for _, terms in known])
        totals = x @ self._weights
        ends = x.indptr.tolist()
        asked_on = list(range(len(known)))
        for head in self.heads:
            own = np.ascontiguousarray(totals[:, head.first : head.first + len(head.classes)])
            scores = _softmax((own + head.bias).astype(np.float64) * head.inverse_temperature)
            best = scores.argmax(axis=1)
            parts = self._weights[x.indices, head.first + np.repeat(best, np.diff(x.indptr))] * x.data
            # Five digits: what differs with the order of a sum must not show.
            classes, probabilities = best.tolist(), scores.max(axis=1).astype(np.float64).round(5).tolist()
            for row in asked_on:
                i, terms = known[row]
                start, end = terms.spans[int(parts[ends[row] : ends[row + 1]].argmax())]
                value = head.classes[classes[row]]
                found[i][head.name] = Answer(value, probabilities[row], scores[row], start, end)
            asked_on, sure = [row for row in asked_on if probabilities[row] >= sure], 0.0
        return found

    def _known(self, features: Sequence[Feature]) -> _Terms | None:
        counts: dict[int, int] = {}
        spans: list[tuple[int, int]] = []
        index = self._index
        for term, start, end in features:
            i = index.get(term)
            if i is None:
                continue
            if i in counts:
                counts[i] += 1
            else:
                counts[i] = 1
                spans.append((start, end))
        return _Terms(counts, spans) if counts else None

    def _rows(self, known: Sequence[_Terms]) -> csr_matrix:
        """Return unit rows ``[products, terms]``; a row's terms stand in the order in which they were met."""
        columns = np.fromiter(chain.from_iterable(terms.counts for terms in known), dtype=np.int64)
        counts = np.fromiter(chain.from_iterable(terms.counts.values() for terms in known), dtype=np.float32)
        sizes = [len(terms.counts) for terms in known]
        ends = list(accumulate(sizes, initial=0))
        values = (1.0 + np.log(counts)) * self._idf[columns]
        # Summed in double precision: a single-precision dot product differs with where the row lies in memory.
        squares = np.add.reduceat(values.astype(np.float64) ** 2, ends[:-1])
        values /= np.repeat(np.sqrt(squares).astype(np.float32), sizes)
        return csr_matrix((values, columns, ends), shape=(len(known), len(self._idf)))

    def save(self, folder: Path) -> None:
        """Write the arrays (half precision) and the names as ``linear.npz`` and ``linear.json``."""
        np.savez_compressed(folder / "linear.npz", idf=self._idf, weights=self._weights.astype(np.float16))
        heads = [
            {
                "name": h.name,
                "classes": h.classes,
                "first": h.first,
                # The key is older than the name, and files have it.
                "temperature": h.inverse_temperature,
                "bias": h.bias.tolist(),
            }
            for h in self.heads
        ]
        names = {"terms": list(self._index), "heads": heads}
        (folder / "linear.json").write_text(json.dumps(names, ensure_ascii=False, indent=0), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> LinearModels:
        """Read what :meth:`save` wrote."""
        names = json.loads((folder / "linear.json").read_text(encoding="utf-8"))
        with np.load(folder / "linear.npz", allow_pickle=False) as arrays:
            idf, weights = arrays["idf"].astype(np.float32), arrays["weights"].astype(np.float32)
        heads = [
            Head(h["name"], tuple(h["classes"]), h["first"], h["temperature"], np.asarray(h["bias"], dtype=np.float32))
            for h in names["heads"]
        ]
        return cls(names["terms"], idf, weights, heads)


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float32]:
    exp = np.exp(logits - logits.max(axis=1, keepdims=True))
    scores: NDArray[np.float32] = (exp / exp.sum(axis=1, keepdims=True)).astype(np.float32)
    return scores

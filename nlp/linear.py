"""TF-IDF with linear models over a name's words: article type, image group, gender, occasion."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.tokens import BREAKS

ORDER = 3


def grams(words: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Yield each run of one to ``ORDER`` words that crosses no break, with its word span."""
    for start in range(len(words)):
        gram = ""
        for end in range(start + 1, min(len(words), start + ORDER) + 1):
            word = words[end - 1]
            if word in BREAKS:
                break
            gram = f"{gram} {word}" if gram else word
            yield gram, start, end


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's best class, its calibrated probability, and the term that spoke most for it (words, -1 = a noun)."""

    value: str
    probability: float
    scores: NDArray[np.float32]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Head:
    """One model: its classes stand in columns ``[first, first + len(classes))`` of the shared weights."""

    name: str
    classes: tuple[str, ...]
    first: int
    temperature: float
    bias: NDArray[np.float32]


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

    def answer(self, features: Sequence[tuple[str, int, int]], sure: float = 0.0) -> dict[str, Answer]:
        """Return each head's best class for ``features`` (term, word span); empty where no term is known.

        Where the first head is less than ``sure``, the others are not asked.

        Term weights are ``1 + ln(count)`` times idf, scaled to unit length, as in
        https://scikit-learn.org/stable/modules/feature_extraction.html#tfidf-term-weighting
        """
        counts: dict[int, int] = {}
        spans: dict[int, tuple[int, int]] = {}
        for term, start, end in features:
            i = self._index.get(term, -1)
            if i >= 0:
                counts[i] = counts.get(i, 0) + 1
                spans.setdefault(i, (start, end))
        if not counts:
            return {}
        rows = np.fromiter(counts, dtype=np.int64)
        values = (1.0 + np.log(np.fromiter(counts.values(), dtype=np.float32))) * self._idf[rows]
        values /= np.linalg.norm(values)
        parts = (self._weights[rows] * values[:, None]).astype(np.float32)
        totals = parts.sum(axis=0)
        places = list(spans.values())
        found: dict[str, Answer] = {}
        for head in self.heads:
            found[head.name] = _best(head, totals, parts, places)
            if found[head.name].probability < sure:
                break
            sure = 0.0
        return found

    def save(self, folder: Path) -> None:
        """Write the arrays (half precision) and the names as ``linear.npz`` and ``linear.json``."""
        np.savez_compressed(folder / "linear.npz", idf=self._idf, weights=self._weights.astype(np.float16))
        heads = [
            {
                "name": h.name,
                "classes": h.classes,
                "first": h.first,
                "temperature": h.temperature,
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


def _best(
    head: Head, totals: NDArray[np.float32], parts: NDArray[np.float32], spans: Sequence[tuple[int, int]]
) -> Answer:
    columns = slice(head.first, head.first + len(head.classes))
    logits = (totals[columns] + head.bias) * head.temperature
    exp = np.exp(logits - logits.max())
    scores: NDArray[np.float32] = (exp / exp.sum()).astype(np.float32)
    best = int(scores.argmax())
    top = int(parts[:, head.first + best].argmax())
    return Answer(head.classes[best], float(scores[best]), scores, *spans[top])

"""Accuracy of one field: how many were decided, how many of these are right, and what was taken for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from enrichment.evaluate.interval import Share
from enrichment.evaluate.normal import ARTICLE_TYPE, COLOUR, near_colour, value_name
from enrichment.evaluate.pairs import LEVELS, Pair
from schemas.paths import join_path

PATH = "path"
FIELDS = ("image_group", ARTICLE_TYPE, COLOUR, *LEVELS, PATH)
# Truth columns that describe the row, not the product.
_ABOUT = frozenset({"vendor", "night", "sku", "filing"})
SEVERAL = "|"
CONFUSIONS = 20


@dataclass(frozen=True, slots=True)
class FieldScore:
    """One field: ``accuracy`` of what was decided, ``coverage`` = decided among all whose truth is known.

    ``near`` counts declared near colours as right too (None for other fields). ``confusions`` are
    ``(truth, answer, count)``, the most frequent first.
    """

    field: str
    accuracy: Share
    coverage: Share
    near: Share | None
    confusions: tuple[tuple[str, str, int], ...]

    def as_json(self) -> dict[str, object]:
        """Return the score as plain values."""
        shares = {"accuracy": self.accuracy.as_json(), "coverage": self.coverage.as_json()}
        near = {"near": self.near.as_json()} if self.near else {}
        return {"field": self.field, **shares, **near, "confusions": [list(c) for c in self.confusions]}


Reading = Callable[[Pair], tuple[str, str] | None]


def reading(field: str) -> Reading:
    """Return how ``field`` is read: a pair's true value and answer ('' where undecided), None where unknown.

    Of several colours the first, the base colour, is the answer; of another attribute's values any may be the true one.
    """
    if field == PATH:
        return _path
    return lambda pair: _value(pair, field)


def score_field(field: str, pairs: Iterable[Pair]) -> FieldScore:
    """Score one field over ``pairs``; pairs whose truth is unknown or outside the taxonomy do not count."""
    read = reading(field)
    cases = [case for case in map(read, pairs) if case is not None]
    decided = [(truth, answer) for truth, answer in cases if answer]
    right = sum(truth == answer for truth, answer in decided)
    near = Share(sum(near_colour(t, a) for t, a in decided), len(decided)) if field == COLOUR else None
    wrong = Counter((t, a) for t, a in decided if t != a)
    confusions = tuple((t, a, n) for (t, a), n in sorted(wrong.items(), key=lambda kv: (-kv[1], kv[0]))[:CONFUSIONS])
    return FieldScore(field, Share(right, len(decided)), Share(len(decided), len(cases)), near, confusions)


def fields_of(truth_columns: Sequence[str], published_columns: Sequence[str]) -> tuple[str, ...]:
    """Return the fields to score: the fixed ones, then each attribute that truth and published table both hold."""
    extra = [c for c in truth_columns if c not in _ABOUT and c not in FIELDS and f"attr_{c}" in published_columns]
    return (*FIELDS, *extra)


def _path(pair: Pair) -> tuple[str, str] | None:
    truth = pair.true_path
    if truth is None:
        return None
    return join_path(truth), join_path(pair.path) if len(pair.path) == len(LEVELS) else ""


def _value(pair: Pair, field: str) -> tuple[str, str] | None:
    truth = pair.truth.get(field)
    if not truth:
        return None
    if field in LEVELS:
        return str(truth), str(pair.answer.get(field) or "")
    answer = pair.answer.get("image_group" if field == "image_group" else f"attr_{field}") or ""
    wanted = value_name(field, str(truth))
    values = [value_name(field, value) for value in str(answer).split(SEVERAL) if value]
    if field != COLOUR and wanted in values:
        return wanted, wanted
    return wanted, values[0] if values else ""

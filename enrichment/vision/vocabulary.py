"""What the heads of one trained version answer with: values by attribute, and which values a group can have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enrichment.vision.splits import TRAIN
from enrichment.vision.training_labels import training_labels
from enrichment.vision.training_rows import TrainingRow
from schemas.group_spec import groups

GROUP, TYPE = "image_group", "article_type"
# The group as the group head may learn it: a drawing says which tags apply, not what a photograph looks like.
TAUGHT = "taught_group"
# The tags whose accuracy a successor may not fall below; they choose the best epoch as well.
GATED = (TYPE, "colour", "gender")
MISSING = -1
# Training rows that a value must show: in all, and within a group, where fewer are taken for a slip of the labels.
_LEAST, _LEAST_IN_GROUP = 8, 3


def among(attribute: str) -> str:
    """Return the name under which codes of the sets that labels leave open go beside the attribute's own."""
    return f"{attribute} among"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Values of every tag head in score order, and the group -> value matrix.

    ``tags[attribute]`` are the values; ``allowed[attribute][group]`` are those that pictures of the group were
    seen with (none = the attribute does not apply to the group, or nothing taught it there).
    """

    groups: tuple[str, ...]
    tags: dict[str, tuple[str, ...]]
    allowed: dict[str, dict[str, tuple[str, ...]]]

    def mask(self, attribute: str) -> NDArray[np.bool_]:
        """Return the matrix ``[G, V]`` of values that each group can have."""
        values = self.tags[attribute]
        table = self.allowed[attribute]
        return np.array([[value in table.get(group, ()) for value in values] for group in self.groups], dtype=bool)

    def code(self, attribute: str, value: str | None) -> int:
        """Return the value's place in its head, ``MISSING`` where the head does not have it."""
        values = self.groups if attribute == GROUP else self.tags[attribute]
        return values.index(value) if value in values else MISSING

    def among(self, attribute: str) -> NDArray[np.bool_]:
        """Return ``[S, V]``: the values of each set that labels of ``attribute`` leave open."""
        sets = training_labels().among(attribute)
        values = self.tags[attribute]
        return np.array([[value in one for value in values] for one in sets], dtype=bool).reshape(-1, len(values))

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data from which :meth:`from_json` builds an equal object."""
        return {
            "groups": list(self.groups),
            "tags": {name: list(values) for name, values in self.tags.items()},
            "allowed": {n: {g: list(v) for g, v in table.items()} for n, table in self.allowed.items()},
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Vocabulary:
        """Build the vocabulary from :meth:`to_json` data."""
        return cls(
            tuple(data["groups"]),
            {name: tuple(values) for name, values in data["tags"].items()},
            {n: {g: tuple(v) for g, v in table.items()} for n, table in data["allowed"].items()},
        )


def vocabulary_of(rows: Iterable[TrainingRow]) -> Vocabulary:
    """Collect the values that enough training rows show, an attribute and group at a time."""
    counts: dict[str, Counter[str]] = {}
    seen: dict[str, dict[str, Counter[str]]] = {}
    for row in rows:
        if row.split != TRAIN or GROUP not in row.labels:
            continue
        for name, value in row.labels.items():
            if name != GROUP:
                counts.setdefault(name, Counter())[value] += 1
                seen.setdefault(name, {}).setdefault(row.labels[GROUP], Counter())[value] += 1
    kept = {name: tuple(sorted(v for v, n in count.items() if n >= _LEAST)) for name, count in counts.items()}
    tags = {name: values for name, values in sorted(kept.items()) if len(values) > 1}
    return Vocabulary(groups().names, tags, {name: _by_group(seen[name], tags[name]) for name in tags})


def value_shares(
    rows: Sequence[TrainingRow], vocabulary: Vocabulary, drawn: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Return for each head the share ``[V]`` of each value among the labelled rows that an epoch draws.

    ``drawn`` ``[N]`` is the probability of drawing each row; each value counts one average row more than it has.
    """
    counts = {name: np.ones(len(values)) for name, values in vocabulary.tags.items()}
    for row, times in zip(rows, drawn * len(rows), strict=True):
        for name, value in row.labels.items():
            code = vocabulary.code(name, value) if name in counts else MISSING
            if code != MISSING:
                counts[name][code] += times
    return {name: count / count.sum() for name, count in counts.items()}


def _by_group(seen: dict[str, Counter[str]], values: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    table = {group: tuple(v for v in values if count[v] >= _LEAST_IN_GROUP) for group, count in seen.items()}
    return {group: shown for group, shown in sorted(table.items()) if shown}

"""What an audit reads: items with a label, a picture and features, and who gave the label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schemas.errors import UsageError


@dataclass(frozen=True, slots=True)
class Labelled:
    """``N`` items of one attribute: ids, labels, features ``[N, F]``, families and, if there are, pictures.

    Items of one family (same picture or product) are never parted between folds. ``votes`` are further
    annotators' labels by name, empty where an annotator gave none.
    """

    attribute: str
    ids: Sequence[str]
    labels: Sequence[str]
    features: NDArray[np.floating[Any]]
    families: Sequence[str]
    pictures: Sequence[bytes] = ()
    votes: Mapping[str, Sequence[str]] | None = None

    def __post_init__(self) -> None:
        """Refuse columns of unequal length."""
        lengths = {len(self.ids), len(self.labels), len(self.features), len(self.families)}
        lengths |= {len(self.pictures)} if self.pictures else set()
        lengths |= {len(column) for column in (self.votes or {}).values()}
        if len(lengths) != 1:
            raise UsageError(f"audit of {self.attribute}: columns have lengths {sorted(lengths)}; allowed: one length")

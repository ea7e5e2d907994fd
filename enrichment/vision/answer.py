"""From raw scores to calibrated answers: the group, and a value with its confidence for each tag of that group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from enrichment.vision.calibrate import softmax
from enrichment.vision.engine import RawScores
from enrichment.vision.training_labels import training_labels
from enrichment.vision.vocabulary import GROUP, Vocabulary

Chosen = tuple[NDArray[np.intp], NDArray[np.float64]]

# Tags that any picture has, whatever its group; the others are only as sure as the group they hang on.
EVERYWHERE = frozenset({"colour", "gender", "occasion", "season"})


@dataclass(frozen=True, slots=True)
class Answers:
    """Calibrated answers of ``N`` pictures.

    ``group`` ``[N, G]`` probabilities; ``tags[name]`` ``[N, V]`` probabilities given the group, all 0 in a row
    whose group does not have the tag.
    """

    group: NDArray[np.float64]
    tags: dict[str, NDArray[np.float64]]


def answers(raw: RawScores, vocabulary: Vocabulary, temperatures: Mapping[str, float]) -> Answers:
    """Calibrate raw scores; tags are limited to the values that the likeliest group can have."""
    group = softmax(raw.group, temperatures.get(GROUP, 1.0))
    found = group.argmax(axis=1)
    tags = {
        name: softmax(scores, temperatures.get(name, 1.0), vocabulary.mask(name)[found])
        for name, scores in raw.tags.items()
    }
    return Answers(group, tags)


def claimed(
    name: str, confidence: NDArray[np.float64], sure: NDArray[np.float64], ceilings: Mapping[str, float]
) -> NDArray[np.float64]:
    """Return how sure a claim of a tag is ``[N]``, from its confidence given the group and how sure the group is.

    A tag that hangs on the group is no surer than the group; none is surer than its head's ceiling.
    """
    joint = confidence if name in EVERYWHERE else confidence * sure
    return joint.clip(max=ceilings.get(name, 1.0))


def merged_names(attribute: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the ``M`` names under which near-equal values of an attribute count as one, sorted.

    >>> merged_names("colour", ("charcoal", "grey", "red"))
    ('grey', 'red')
    """
    return tuple(sorted({training_labels().merge(attribute, value) for value in values}))


@cache
def merge_matrix(attribute: str, values: tuple[str, ...]) -> NDArray[np.float64]:
    """Return ``[V, M]`` that sums near-equal values of an attribute into one (columns as :func:`merged_names`)."""
    names = merged_names(attribute, values)
    merged = [training_labels().merge(attribute, value) for value in values]
    return np.array([[1.0 if name == into else 0.0 for into in names] for name in merged])


def best(attribute: str, values: tuple[str, ...], shares: NDArray[np.float64]) -> Chosen:
    """Return the chosen value's place ``[N]`` and its probability ``[N]``.

    Near-equal values stand together: of the family with the largest sum the largest member is chosen, so that
    grey and charcoal do not lose to blue by splitting their votes.
    """
    matrix = merge_matrix(attribute, values)
    family = (shares @ matrix).argmax(axis=1)
    inside = shares * matrix[:, family].T
    place = inside.argmax(axis=1)
    return place, inside[np.arange(len(inside)), place]

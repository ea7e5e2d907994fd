"""All rows of a training run with their cached pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray

from enrichment.progress.port import Progress
from enrichment.vision.batches import LabelledPictures
from enrichment.vision.frame import Frame
from enrichment.vision.picture_cache import cached_pictures
from enrichment.vision.settings import TrainSettings
from enrichment.vision.splits import TRAIN, VALIDATION
from enrichment.vision.training_rows import PHONE, WORN, TrainingRow, read_rows
from enrichment.vision.vocabulary import GROUP, TYPE, Vocabulary
from enrichment.vision.weak_labels import read_claims, weakly_labelled
from schemas.errors import UsageError
from schemas.taxonomy_spec import taxonomy

_SCENES, _EVERY = 512, 5


class JoinedPictures:
    """Several arrays of cached pictures under one running number."""

    def __init__(self, parts: Sequence[NDArray[np.uint8]]) -> None:
        """Put ``parts`` one after the other."""
        self.parts = list(parts)
        self.starts = np.cumsum([0, *[len(part) for part in parts[:-1]]])

    def __getitem__(self, at: int) -> NDArray[np.uint8]:
        """Return picture number ``at`` as uint8 ``[S, S, 4]``."""
        part = int(np.searchsorted(self.starts, at, side="right")) - 1
        picture: NDArray[np.uint8] = self.parts[part][at - self.starts[part]]
        return picture


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Rows and their cached pictures, in one order."""

    rows: list[TrainingRow]
    pictures: JoinedPictures

    def part(self, split: str, vocabulary: Vocabulary) -> LabelledPictures:
        """Return the rows of one split as labelled pictures."""
        chosen = [at for at, row in enumerate(self.rows) if row.split == split]
        return LabelledPictures([self.rows[at] for at in chosen], self.pictures, chosen, vocabulary)

    def scenes(self) -> torch.Tensor | None:
        """Return training phone photos whose corners serve as backgrounds, uint8 ``[M, S, S, 3]``, None without any."""
        at = [i for i, row in enumerate(self.rows) if row.source == PHONE and row.split == TRAIN][::_EVERY]
        chosen = [self.pictures[i][..., :3] for i in at[:_SCENES]]
        return torch.from_numpy(np.stack(chosen)) if chosen else None


def labelled_rows(settings: TrainSettings) -> list[TrainingRow]:
    """Read every source of ``settings``, in the order of their names, with mined and reviewed labels.

    Raises:
        UsageError: a file is absent, a source holds no training rows, the claims are none of these rows', or
            research data would reach a version that is not marked as research.

    """
    if WORN in settings.sources and not settings.research:
        raise UsageError(f"source {WORN!r} is for research only: set research=True, and never ship the version")
    claims = read_claims(settings.claims) if settings.claims else {}
    read = [row for source, path in sorted(settings.sources.items()) for row in read_rows(source, path)]
    rows = [corrected(row, settings.corrections) for row in weakly_labelled(read, claims)]
    if claims and not any((row.source, row.key) in claims for row in rows):
        raise UsageError(f"claims: none is about a row of {sorted(settings.sources)}; mine them from these sources")
    for split in (TRAIN, VALIDATION):
        if not any(row.split == split for row in rows):
            raise UsageError(f"no {split} rows in {sorted(settings.sources)}; splits are by hash, so give a larger set")
    return rows


def training_set(settings: TrainSettings, frame: Frame, progress: Progress) -> TrainingSet:
    """Read every source of ``settings`` (:func:`labelled_rows`) and decode its pictures once, as ``frame`` says."""
    rows = labelled_rows(settings)
    cache = settings.work / "cache"
    by_source = [[row.picture for row in rows if row.source == source] for source in sorted(settings.sources)]
    parts = [cached_pictures(pictures, frame, cache, progress) for pictures in by_source]
    return TrainingSet(rows, JoinedPictures(parts))


@cache
def groups_of_types() -> dict[str, str]:
    """Return the declared image group of every article type."""
    return {one.name: one.group for one in taxonomy().placed_types()}


def corrected(row: TrainingRow, corrections: Mapping[tuple[str, str], str]) -> TrainingRow:
    """Return ``row`` with its reviewed labels in place of the old ones; a reviewed label is weak no more.

    A reviewed article type brings its declared image group along, where the group was not reviewed itself: a picture
    of a kurta filed as a belt shows a top.
    """
    mine = {name: value for (key, name), value in corrections.items() if key == row.key} if corrections else {}
    if not mine:
        return row
    group = groups_of_types().get(mine.get(TYPE, ""))
    mine = {GROUP: group, **mine} if group else mine
    labels = {name: value for name, value in {**row.labels, **mine}.items() if value}
    regrouped = labels.get(GROUP) != row.labels.get(GROUP)
    among = {} if regrouped else {name: values for name, values in row.among.items() if name not in mine}
    return replace(row, labels=labels, weak=row.weak - set(mine), among=among)

"""Train a version: rows, cached pictures, network, Lightning run, calibrated version folder."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from enrichment.progress.port import Progress
from enrichment.vision import backbones
from enrichment.vision.augment import Augment
from enrichment.vision.batches import LabelledPictures
from enrichment.vision.fit import fit
from enrichment.vision.learner import Learner
from enrichment.vision.net import LookNet
from enrichment.vision.picture_cache import cached_pictures
from enrichment.vision.settings import TrainSettings, frozen_stages
from enrichment.vision.splits import TRAIN, VALIDATION
from enrichment.vision.training_rows import PHONE, TrainingRow, read_rows
from enrichment.vision.vocabulary import Vocabulary, vocabulary_of
from schemas.errors import UsageError

LOG = logging.getLogger(__name__)
_SCENES = 512


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """All rows of a run with their cached pictures ``[N, S, S, 4]``."""

    rows: list[TrainingRow]
    pictures: list[NDArray[np.uint8]]
    starts: list[int]

    def part(self, split: str, vocabulary: Vocabulary) -> LabelledPictures:
        """Return the rows of one split as labelled pictures."""
        chosen = [at for at, row in enumerate(self.rows) if row.split == split]
        return LabelledPictures([self.rows[at] for at in chosen], _Joined(self.pictures, self.starts), chosen, vocabulary)


class _Joined:
    """Several memory maps under one running number."""

    def __init__(self, parts: Sequence[NDArray[np.uint8]], starts: Sequence[int]) -> None:
        self.parts, self.starts = parts, np.asarray(starts)

    def __getitem__(self, at: int) -> NDArray[np.uint8]:
        part = int(np.searchsorted(self.starts, at, side="right")) - 1
        picture: NDArray[np.uint8] = self.parts[part][at - self.starts[part]]
        return picture


def training_set(settings: TrainSettings, progress: Progress) -> TrainingSet:
    """Read every source and decode its pictures once."""
    rows: list[TrainingRow] = []
    parts: list[NDArray[np.uint8]] = []
    starts: list[int] = []
    for source, path in sorted(settings.sources.items()):
        mine = read_rows(source, path)
        starts.append(len(rows))
        parts.append(cached_pictures([r.picture for r in mine], settings.serve_side, settings.work / "cache", progress))
        rows.extend(mine)
    return TrainingSet(rows, parts, starts)


def build(settings: TrainSettings, data: TrainingSet, vocabulary: Vocabulary) -> Learner:
    """Put the network together with its first weights and say which stages move."""
    lightning_seed(settings.seed)
    trunk = backbones.trunk(settings.backbone, settings.weights, settings.hub)
    tags = {name: len(values) for name, values in vocabulary.tags.items()}
    net = LookNet(trunk, backbones.width(trunk), len(vocabulary.groups), tags)
    stages = len(backbones.depth_groups(trunk))
    training = [row for row in data.rows if row.split == TRAIN]
    weak = {name for row in training for name in row.weak}
    return Learner(
        net.to(memory_format=torch.channels_last),
        vocabulary,
        backbones.preprocessing(settings.backbone, settings.serve_side),
        Augment(settings.side, settings.seed, scenes(data)),
        (settings.rate, settings.head_rate, settings.stage_decay),
        frozen_stages(settings, len(training), stages),
        frozenset(weak),
    )


def lightning_seed(seed: int) -> None:
    """Seed the generator that first weights are drawn from."""
    torch.manual_seed(seed)


def scenes(data: TrainingSet) -> torch.Tensor | None:
    """Return the training phone photos whose corners serve as backgrounds, uint8 ``[M, S, S, 3]``, None without any."""
    joined = _Joined(data.pictures, data.starts)
    at = [i for i, row in enumerate(data.rows) if row.source == PHONE and row.split == TRAIN][:: 5]
    chosen = [joined[i][..., :3] for i in at[:_SCENES]]
    return torch.from_numpy(np.stack(chosen)) if chosen else None


def train_group(settings: TrainSettings, progress: Progress) -> Path:
    """Train trunk, group head, taggers and embedding together; return the best checkpoint's path."""
    data = training_set(settings, progress)
    vocabulary = vocabulary_of(data.rows)
    if not vocabulary.tags and not data.rows:
        raise UsageError("no training rows: give sources with pictures and labels")
    learner = build(settings, data, vocabulary)
    LOG.info("training %d pictures, heads %s", len(data.rows), {n: len(v) for n, v in vocabulary.tags.items()})
    return fit(learner, data.part(TRAIN, vocabulary), data.part(VALIDATION, vocabulary), settings, progress)

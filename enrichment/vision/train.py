"""Train a version: `train_group` moves trunk and heads together, `train_taggers` the heads on a frozen trunk."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader

from enrichment.models.version import METRICS, Kind, ModelVersion, open_version, read_json
from enrichment.progress.port import Progress
from enrichment.vision import backbones
from enrichment.vision.augment import Augment
from enrichment.vision.backbones import Preprocessing
from enrichment.vision.bands import width
from enrichment.vision.batches import BalancedSampler, balance, loader
from enrichment.vision.began import same_run
from enrichment.vision.calibration import calibrated
from enrichment.vision.card import card
from enrichment.vision.engine import CALIBRATION, LABELS, Engine, read_inputs, read_net
from enrichment.vision.features import FeatureSet, extract
from enrichment.vision.figures import gates
from enrichment.vision.fit import fit
from enrichment.vision.frame import WHOLE, Frame
from enrichment.vision.head_loss import HeadLoss
from enrichment.vision.learner import Learner
from enrichment.vision.measured import measure
from enrichment.vision.net import LookNet
from enrichment.vision.package import finish, learned_state, write_json, write_parts
from enrichment.vision.picture_cache import decode_trusted
from enrichment.vision.resumable import ResumableLoader
from enrichment.vision.settings import TrainSettings, frozen_stages
from enrichment.vision.splits import TRAIN, VALIDATION
from enrichment.vision.tagger_learner import TaggerLearner
from enrichment.vision.training_rows import UNTAUGHT, TrainingRow, untrained_groups
from enrichment.vision.training_set import training_set
from enrichment.vision.vocabulary import Vocabulary, value_shares, vocabulary_of
from schemas.errors import UsageError

LOG = logging.getLogger(__name__)
_HELD_BATCH = 256


@dataclass(frozen=True, slots=True)
class Made:
    """A trained network with what is needed to write it down."""

    net: LookNet
    vocabulary: Vocabulary
    backbone: str
    inputs: Preprocessing


def train_group(settings: TrainSettings, progress: Progress) -> Path:
    """Train trunk, group head, taggers and embedding together; return the version folder under ``settings.out``."""
    frame = _frame(settings)
    data = training_set(settings, frame, progress)
    vocabulary = vocabulary_of(data.rows)
    torch.manual_seed(settings.seed)
    made = _begun(settings, vocabulary, frame)
    training = [row for row in data.rows if row.split == TRAIN]
    frozen = frozen_stages(settings, len(training), len(backbones.depth_groups(made.net.trunk)))
    rates = (settings.rate, settings.head_rate, settings.stage_decay)
    augment = Augment(settings.side, settings.seed, data.scenes())
    loss = HeadLoss(vocabulary, weak_heads(training), priors=_priors(settings, training, vocabulary))
    learner = Learner(made.net, loss, made.inputs, augment, rates, frozen, settings.cut_mix)
    LOG.info("%d training pictures; heads %s", len(training), {n: len(v) for n, v in vocabulary.tags.items()})
    sampler = BalancedSampler(training, settings.shares, settings.epoch_pictures, settings.seed)
    train = ResumableLoader(data.part(TRAIN, vocabulary), settings.batch, sampler=sampler, drop_last=True)
    held = loader(data.part(VALIDATION, vocabulary), settings.batch)
    best = _fit(learner, train, held, settings, data.rows, progress)
    made.net.load_state_dict(learned_state(best), strict=False)
    return write_version(made, data.rows, settings, progress)


def train_taggers(settings: TrainSettings, progress: Progress) -> Path:
    """Train taggers and embedding on a frozen trunk; return the new version folder.

    The trunk is that of the version ``settings.start``, whose group head stays with it unless ``settings.regroup``;
    without one it has its first weights, and every head is trained: few pictures, unlike those a version was trained
    on, are often told apart better by what a trunk knew before.

    Raises:
        UsageError: the version to start from knows other image groups.

    """
    frame = _frame(settings)
    data = training_set(settings, frame, progress)
    vocabulary = vocabulary_of(data.rows)
    torch.manual_seed(settings.seed)
    if settings.start and not settings.regroup:
        _require_groups(settings.start, vocabulary)
    made = _begun(settings, vocabulary, frame)
    net = made.net
    views = [None, *(Augment(frame.side, settings.seed + n, data.scenes()) for n in range(1, settings.views))]
    engine = Engine(net, made.inputs)
    train = extract(data.part(TRAIN, vocabulary), engine, views, progress)
    held = extract(data.part(VALIDATION, vocabulary), engine, [None], progress)
    training = [row for row in data.rows if row.split == TRAIN]
    with_group = settings.regroup or settings.start is None
    loss = HeadLoss(vocabulary, weak_heads(training), with_group, _priors(settings, training, vocabulary))
    learner = TaggerLearner(net, loss, settings.head_rate)
    sampler = BalancedSampler(training * settings.views, settings.shares, settings.epoch_pictures, settings.seed)
    batches = ResumableLoader(FeatureSet(train), settings.batch, sampler=sampler, drop_last=True)
    # Checkpoints of their own: a group run of the same version and scratch folder is nothing to go on from.
    own = replace(settings, work=settings.work / "taggers")
    best = _fit(learner, batches, loader(FeatureSet(held), _HELD_BATCH), own, data.rows, progress)
    net.load_state_dict(learned_state(best), strict=False)
    return write_version(made, data.rows, settings, progress)


def _require_groups(start: Path, vocabulary: Vocabulary) -> None:
    known = Vocabulary.from_json(read_json(start / LABELS)).groups
    if known != vocabulary.groups:
        raise UsageError(
            f"{start.name} knows the image groups {', '.join(known)}; declared are "
            f"{', '.join(vocabulary.groups)}. Run `enrich train group --start`, or give --regroup."
        )


def _frame(settings: TrainSettings) -> Frame:
    """Return what of a picture is read: the part asked for, else the one of the version to go on from."""
    part = settings.part
    if part is None:
        part = read_inputs(settings.start)[1].part if settings.start else WHOLE
    return Frame(settings.serve_side, part)


def _fit(
    learner: Any,
    train: DataLoader[Any],
    held: DataLoader[Any],
    settings: TrainSettings,
    rows: list[TrainingRow],
    progress: Progress,
) -> Path:
    if not settings.fast_dev_run:
        same_run(settings.work / settings.version, settings, rows)
    return fit(learner, train, held, settings, progress)


def _begun(settings: TrainSettings, vocabulary: Vocabulary, frame: Frame) -> Made:
    """Return what training starts from, reading what ``frame`` says."""
    made = _warm(settings.start, vocabulary) if settings.start else _fresh(settings, vocabulary)
    return replace(made, inputs=replace(made.inputs, side=frame.side, part=frame.part))


def _fresh(settings: TrainSettings, vocabulary: Vocabulary) -> Made:
    """Start from a trunk's first weights."""
    trunk = backbones.trunk(settings.backbone, settings.weights, settings.hub)
    inputs = backbones.preprocessing(settings.backbone, settings.serve_side)
    return Made(_net(trunk, vocabulary), vocabulary, settings.backbone, inputs)


def _warm(start: Path, vocabulary: Vocabulary) -> Made:
    """Start from a version: its trunk and group head, and its taggers where their values are the same."""
    backbone, inputs = read_inputs(start)
    old, known, _ = read_net(start)
    net = _net(old.trunk, vocabulary)
    _carry(old, known, net, vocabulary)
    return Made(net, vocabulary, backbone, inputs)


def weak_heads(rows: list[TrainingRow]) -> frozenset[str]:
    """Return the heads most of whose training labels were mined from words or drawn."""
    labelled: dict[str, list[bool]] = {}
    for row in rows:
        for name in row.labels:
            labelled.setdefault(name, []).append(name in row.weak)
    return frozenset(name for name, weak in labelled.items() if sum(weak) > len(weak) / 2)


def _priors(
    settings: TrainSettings, rows: list[TrainingRow], vocabulary: Vocabulary
) -> dict[str, NDArray[np.float64]] | None:
    if not settings.balanced:
        return None
    return value_shares(rows, vocabulary, balance(rows, settings.shares))


def _net(trunk: torch.nn.Module, vocabulary: Vocabulary) -> LookNet:
    tags = {name: len(values) for name, values in vocabulary.tags.items()}
    net: Any = LookNet(trunk, width(trunk), len(vocabulary.groups), tags)
    placed: LookNet = net.to(memory_format=torch.channels_last)
    return placed


def _carry(old: LookNet, known: Vocabulary, net: LookNet, vocabulary: Vocabulary) -> None:
    """Start from the old heads where their values are the same; other image groups leave the trunk and embedding."""
    if known.groups != vocabulary.groups:
        LOG.info("image groups changed from %s to %s: heads start afresh", known.groups, vocabulary.groups)
        kept = {name: t for name, t in old.state_dict().items() if name.startswith(("trunk.", "embed."))}
        net.load_state_dict(kept, strict=False)
        return
    state = {
        name: tensor
        for name, tensor in old.state_dict().items()
        if not name.startswith("taggers.") or any(_same(name, tag, known, vocabulary) for tag in vocabulary.tags)
    }
    net.load_state_dict(state, strict=False)


def _same(name: str, tag: str, known: Vocabulary, vocabulary: Vocabulary) -> bool:
    mine = (f"taggers.shared.{tag}.", f"taggers.up.{tag}", f"taggers.mixed_up.{tag}")
    common = name == "taggers.down" or name.startswith("taggers.mixed.")
    return (common or name.startswith(mine)) and known.tags.get(tag) == vocabulary.tags[tag]


def write_version(
    made: Made,
    rows: list[TrainingRow],
    settings: TrainSettings,
    progress: Progress,
    origin: Mapping[str, Any] | None = None,
) -> Path:
    """Write, calibrate and measure a trained network on held-out rows; seal its folder.

    ``origin`` says, for the metrics and the card, what the weights were put together from.
    """
    folder = settings.out / settings.version
    write_parts(folder, made.net, made.vocabulary, made.backbone, made.inputs)
    held_rows = [row for row in rows if row.split == VALIDATION]
    engine = Engine(read_net(folder)[0], made.inputs)
    held = measure(held_rows, engine, made.vocabulary, decode_trusted, progress)
    calibration = calibrated(held, made.vocabulary)
    photos = [row for row in rows if row.source not in UNTAUGHT]
    history = _history(settings.start)
    figures = {
        "gates": gates(held, made.vocabulary, calibration["temperatures"]),
        "measured_on": VALIDATION,
        "backbone": made.backbone,
        "settings": {**settings.to_json(), "backbone": made.backbone},
        **({"history": history} if history else {}),
        "rows": {s: sum(r.source == s and r.split == TRAIN for r in rows) for s in sorted(settings.sources)},
        "weak_labels": dict(Counter(name for r in rows if r.split == TRAIN for name in sorted(r.weak))),
        "untrained_groups": list(untrained_groups(photos)),
        "research": settings.research,
        **(origin or {}),
    }
    sealed = finish(folder, settings.version, calibration, figures, card(folder.name, calibration, figures, None))
    LOG.info("version %s sealed: %s", sealed.version, figures["gates"])
    return folder


def _history(start: Path | None) -> list[dict[str, Any]]:
    """Return how the version that a run started from was made, and what that one started from: the oldest last."""
    metrics = start / METRICS if start else None
    if start is None or metrics is None or not metrics.is_file():
        return []
    figures = read_json(metrics)
    made: dict[str, Any] = {
        name: figures[name] for name in ("settings", "averaged_from", "group_from") if name in figures
    }
    return [{"version": open_version(start, Kind.VISION).version, **made}, *figures.get("history", [])]


def add_evaluation(version: ModelVersion, evaluation: dict[str, Any]) -> ModelVersion:
    """Seal a version again with its test figures in the metrics and on the card; return it under its new hash."""
    calibration, figures = read_json(version.folder / CALIBRATION), read_json(version.folder / METRICS)
    write_json(version.folder / "evaluation.json", evaluation)
    text = card(version.version, calibration, figures, evaluation)
    return finish(version.folder, version.version, calibration, figures, text)

"""A soup: the averaged weights of versions that grew from one start, which answer better than any one of them.

Weights are averaged, not answers, so that it costs nothing at serving: https://arxiv.org/abs/2203.05482.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from enrichment.models.version import Kind, open_version
from enrichment.progress.port import Progress
from enrichment.vision.backbones import Preprocessing
from enrichment.vision.calibration import calibrated
from enrichment.vision.engine import Engine, read_inputs, read_net
from enrichment.vision.figures import gates
from enrichment.vision.measured import measure
from enrichment.vision.net import LookNet
from enrichment.vision.picture_cache import decode_trusted
from enrichment.vision.settings import TrainSettings
from enrichment.vision.splits import VALIDATION
from enrichment.vision.train import Made, write_version
from enrichment.vision.training_rows import UNTAUGHT, TrainingRow
from enrichment.vision.training_set import labelled_rows
from enrichment.vision.vocabulary import Vocabulary
from schemas.errors import ModelMismatch, UsageError

LOG = logging.getLogger(__name__)
# The shares in which a further version is tried beside what is there.
SHARES = (0.15, 0.3, 0.5)

Weights = dict[str, torch.Tensor]
_Kind = dict[str, Any]


def train_soup(
    settings: TrainSettings, versions: Sequence[Path], progress: Progress, group_from: Path | None = None
) -> Path:
    """Average ``versions``; return the new version folder under ``settings.out``.

    The first version is the base. Each further one is stirred in by that share of :data:`SHARES` with which the gated
    heads are least often wrong on held-out rows, or left out where every share makes them worse. With ``group_from``
    the group head is that version's, which must have grown from the same trunk.

    Raises:
        UsageError: fewer than two versions, or no source whose held-out rows could tell which share is best.
        ModelMismatch: the versions differ in backbone, labels or preprocessing.

    """
    if len(versions) < 2:
        raise UsageError(f"a soup needs two versions or more that grew from one start; got {len(versions)}")
    rows = labelled_rows(settings)
    held = [row for row in rows if row.split == VALIDATION and row.source not in UNTAUGHT]
    if not held:
        names = ", ".join(sorted({row.source for row in rows}))
        raise UsageError(
            f"no held-out row of {names} tells which share is best; allowed: sources whose pictures teach the image "
            "group, such as --source products=FILE or phone=FILE"
        )
    net, base = _read(versions[0])
    backbone, vocabulary, inputs = base["backbone"], base["labels"], base["preprocessing"]
    group = _group_of(group_from, base) if group_from else {}
    kept = {**{name: tensor.clone() for name, tensor in net.state_dict().items()}, **group}
    net.load_state_dict(kept)
    shares = {open_version(versions[0], Kind.VISION).version: 1.0}
    least = _wrong(net, held, vocabulary, inputs, progress)
    for folder in versions[1:]:
        name, theirs = open_version(folder, Kind.VISION).version, {**_weights_like(folder, base), **group}
        tried = {}
        for share in SHARES:
            net.load_state_dict(stirred(kept, theirs, share))
            tried[share] = _wrong(net, held, vocabulary, inputs, progress)
        best = min(tried, key=lambda share: (tried[share], share))
        LOG.info("%s: wrong %.4f without, %s by share", name, least, {s: round(w, 4) for s, w in tried.items()})
        if tried[best] < least:
            kept, least = stirred(kept, theirs, best), tried[best]
            shares = {**{known: part * (1 - best) for known, part in shares.items()}, name: best}
    net.load_state_dict(kept)
    origin: dict[str, Any] = {"averaged_from": {name: round(share, 4) for name, share in shares.items()}}
    if group_from:
        origin["group_from"] = open_version(group_from, Kind.VISION).version
    return write_version(Made(net, vocabulary, backbone, inputs), rows, settings, progress, origin)


def stirred(first: Weights, second: Weights, share: float) -> Weights:
    """Return ``1 - share`` of the first weights and ``share`` of the second; counters stay the first's."""
    return {
        name: torch.lerp(tensor, second[name], share) if tensor.is_floating_point() else tensor
        for name, tensor in first.items()
    }


def _group_of(folder: Path, base: _Kind) -> Weights:
    return {name: tensor for name, tensor in _weights_like(folder, base).items() if name.startswith("group.")}


def _weights_like(folder: Path, base: _Kind) -> Weights:
    net, kind = _read(folder)
    if differing := [what for what in base if kind[what] != base[what]]:
        raise ModelMismatch(
            f"{folder.name}: its {' and '.join(differing)} differ from those of the first version; a soup needs "
            "versions that were trained from one start on the same labels"
        )
    return net.state_dict()


def _read(folder: Path) -> tuple[LookNet, _Kind]:
    """Return a version's network, and what must be the same in all versions of a soup."""
    net, vocabulary, inputs = read_net(folder)
    return net, {"backbone": read_inputs(folder)[0], "labels": vocabulary, "preprocessing": inputs}


def _wrong(
    net: LookNet, held: Sequence[TrainingRow], vocabulary: Vocabulary, inputs: Preprocessing, progress: Progress
) -> float:
    """Return the mean share wrong over the gated heads of held-out rows."""
    measured = measure(held, Engine(net, inputs), vocabulary, decode_trusted, progress)
    right = gates(measured, vocabulary, calibrated(measured, vocabulary)["temperatures"])
    return 1 - sum(right.values()) / max(len(right), 1)

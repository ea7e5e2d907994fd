"""What each choice of the image training bought: ``python -m tests.bench.ablate_look`` (``make ablation``).

Trains the same small budget from ImageNet weights several times, one choice taken back each time, and compares
validation rows (never test rows) one by one with the mean of two runs that keep every choice. ``another seed`` compares
these two, and shows how much a repetition alone moves: a change within it proves nothing. What is done is kept below
``--work``: a killed program started again goes on where it was. A few hundred steps show the way a choice pushes, not
how far it goes in the end.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from enrichment.desk.mine_labels import mine_labels
from enrichment.progress.log import LogProgress
from enrichment.progress.port import Progress
from enrichment.vision import backbones
from enrichment.vision.augment import Augment
from enrichment.vision.bands import BANDS, width
from enrichment.vision.batches import BalancedSampler, loader
from enrichment.vision.calibration import calibrated
from enrichment.vision.engine import Engine
from enrichment.vision.fit import fit
from enrichment.vision.frame import Frame
from enrichment.vision.head_loss import HeadLoss
from enrichment.vision.learner import Learner
from enrichment.vision.letterbox import Pixels
from enrichment.vision.measured import measure
from enrichment.vision.net import LookNet, Scores
from enrichment.vision.package import learned_state
from enrichment.vision.picture_cache import cached_pictures, decode_trusted
from enrichment.vision.resumable import ResumableLoader
from enrichment.vision.settings import TrainSettings, frozen_stages
from enrichment.vision.splits import TRAIN, VALIDATION, fraction
from enrichment.vision.train import weak_heads
from enrichment.vision.training_rows import TrainingRow, read_rows
from enrichment.vision.training_set import JoinedPictures, TrainingSet
from enrichment.vision.vocabulary import vocabulary_of
from enrichment.vision.weak_labels import read_claims, weakly_labelled
from tests.bench.look_rights import Difference, Rights, difference, errors, rights, table

SHARED = Path(__file__).parents[3] / "shared"
COLUMNS = (
    "products/image_group",
    "phone/image_group",
    "products/article_type",
    "products/colour",
    "products/gender",
    "products/pattern",
)
_OLD, _AGAIN = "every choice", "another seed"
NUMBERS = {"steps": 500, "pictures": 6000, "held": 100_000, "batch": 48, "side": 96, "serve-side": 128}


class OwnBackground(Augment):
    """Leaves every product on the background it came with."""

    def _background(self, pictures: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return pictures


class OwnResolution(Augment):
    """Makes no low-resolution copies."""

    def _resolution(self, pictures: torch.Tensor) -> torch.Tensor:
        return pictures


class WholeProduct(Augment):
    """Cuts little off and keeps proportions, so that a hem stays where it is."""

    zoom = (0.85, 1.2)
    stretch = 0.04
    shift = 0.06


class EvenSampler(BalancedSampler):
    """Draws every row as often as any other."""

    def __init__(self, rows: Sequence[TrainingRow], shares: Any, size: int, seed: int) -> None:
        super().__init__(rows, shares, size, seed)
        self.weights = np.full(len(rows), 1 / len(rows))


class WholeNet(LookNet):
    """Sees nothing of where in the picture something is."""

    def heads(self, features: torch.Tensor, colours: torch.Tensor, group: torch.Tensor | None = None) -> Scores:
        whole = features.clone()
        whole[:, features.shape[1] // (1 + BANDS) :] = 0
        return super().heads(whole, colours, group)


@dataclass(frozen=True)
class Plan:
    """The choices of a training run; the defaults are those that are made."""

    augment: type[Augment] = Augment
    sampler: type[BalancedSampler] = BalancedSampler
    adapters: bool = True
    mixed: bool = True
    colours: bool = True
    cut_mix: float = 0.0
    bands: bool = True
    letterboxed: bool = True
    weak: bool = True
    noise_bearing: bool = True
    frozen: int | None = None
    seed: int = 0


PLANS = {
    _OLD: Plan(),
    _AGAIN: Plan(seed=1),
    "no new backgrounds": Plan(augment=OwnBackground),
    "no low-resolution copies": Plan(augment=OwnResolution),
    "whole products, hardly stretched": Plan(augment=WholeProduct),
    "parts of other pictures laid over": Plan(cut_mix=0.5),
    "rows drawn evenly": Plan(sampler=EvenSampler),
    "no group adapters": Plan(adapters=False),
    "no mixed part of the taggers": Plan(mixed=False),
    "no colour shares": Plan(colours=False),
    "pooled over the whole picture only": Plan(bands=False),
    "squeezed, not letterboxed": Plan(letterboxed=False),
    "no weak labels": Plan(weak=False),
    "weak labels believed": Plan(noise_bearing=False),
    "no stage frozen": Plan(frozen=0),
}


def squeezed(side: int) -> Any:
    """Return a decoder that squeezes a picture into a square, so that there is nothing left to letterbox."""

    def decode(data: bytes, _: int) -> Pixels:
        image = Image.fromarray(decode_trusted(data, side))
        return np.asarray(image.resize((side, side), Image.Resampling.BICUBIC))

    return decode


@dataclass(frozen=True)
class Ablation:
    """A budget, and the rows that all runs share."""

    asked: argparse.Namespace
    rows: list[TrainingRow]
    progress: Progress

    def run(self, name: str, plan: Plan) -> tuple[Rights, dict[str, dict[str, float]]]:
        """Train by ``plan`` (or read what an earlier call found); return right rows and calibration errors."""
        kept = self.asked.work / f"{self.folder(name, plan)}.npz"
        if not kept.is_file():
            found, told = self._train(name, plan)
            np.savez(kept, told=np.array(json.dumps(told)), **found)
        with np.load(kept) as data:
            return {key: data[key] for key in data.files if key != "told"}, json.loads(str(data["told"]))

    def folder(self, name: str, plan: Plan) -> str:
        """Return a name for what is kept of a run: another budget or plan is another run."""
        budget = [getattr(self.asked, key.replace("-", "_")) for key in (*NUMBERS, "seed")]
        digest = hashlib.sha256(repr((budget, plan)).encode()).hexdigest()[:8]
        return f"{name.replace(' ', '-').replace(',', '')}-{digest}"

    def _train(self, name: str, plan: Plan) -> tuple[Rights, dict[str, dict[str, float]]]:
        decode = decode_trusted if plan.letterboxed else squeezed(self.asked.serve_side)
        data, settings = self._data(plan, decode), self._settings(self.folder(name, plan))
        vocabulary = vocabulary_of(data.rows)
        torch.manual_seed(self.asked.seed + plan.seed)
        trunk = backbones.trunk(settings.backbone, settings.weights)
        tags = {tag: len(values) for tag, values in vocabulary.tags.items()}
        made = LookNet if plan.bands else WholeNet
        net = made(trunk, width(trunk), len(vocabulary.groups), tags)
        # Both start at zero effect: what may not move stays without any.
        for part, wanted in ((net.taggers.up, plan.adapters), (net.taggers.mixed_up, plan.mixed)):
            part.requires_grad_(wanted)
        if not plan.colours:
            net.taggers.register_forward_pre_hook(_no_colours)
        inputs = backbones.preprocessing(settings.backbone, settings.serve_side)
        training = [row for row in data.rows if row.split == TRAIN]
        frozen = plan.frozen
        if frozen is None:
            # As many as the whole set would freeze: the budget is small, the data are not.
            frozen = frozen_stages(settings, len(training) * 1000, len(backbones.depth_groups(trunk)))
        loss = HeadLoss(vocabulary, weak_heads(training) if plan.noise_bearing else ())
        augment = plan.augment(settings.side, settings.seed + plan.seed, data.scenes())
        rates = (settings.rate, settings.head_rate, settings.stage_decay)
        learner = Learner(net, loss, inputs, augment, rates, frozen, plan.cut_mix)
        sampler = plan.sampler(training, settings.shares, settings.epoch_pictures, settings.seed + plan.seed)
        train = ResumableLoader(data.part(TRAIN, vocabulary), settings.batch, sampler=sampler, drop_last=True)
        held = loader(data.part(VALIDATION, vocabulary), settings.batch)
        net.load_state_dict(learned_state(fit(learner, train, held, settings, self.progress)), strict=False)
        shown = [row for row in self.rows if row.split == VALIDATION]
        measured = measure(shown, Engine(net, inputs), vocabulary, decode, self.progress)
        fitted = calibrated(measured, vocabulary)["temperatures"]
        told = {"fitted": errors(measured, vocabulary, fit=True), "unfitted": errors(measured, vocabulary, fit=False)}
        return rights(measured, vocabulary, fitted), told

    def _data(self, plan: Plan, decode: Any) -> TrainingSet:
        cache = self.asked.work / ("cache" if plan.letterboxed else "squeezed")
        pictures = cached_pictures(
            [r.picture for r in self.rows], Frame(self.asked.serve_side), cache, self.progress, decode
        )
        rows = self.rows if plan.weak else [strong(row) for row in self.rows]
        return TrainingSet(rows, JoinedPictures([pictures]))

    def _settings(self, version: str) -> TrainSettings:
        asked = self.asked
        return TrainSettings(
            {"products": asked.work},
            asked.work / "out",
            asked.work / "work",
            backbones.LITE,
            weights=asked.weights,
            hub=False,
            epochs=1,
            epoch_pictures=asked.steps * asked.batch,
            batch=asked.batch,
            side=asked.side,
            serve_side=asked.serve_side,
            threads=asked.threads,
            seed=asked.seed,
            version=version,
        )


def _no_colours(_: Any, given: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
    features, group, colours = given
    return features, group, torch.zeros_like(colours)


def strong(row: TrainingRow) -> TrainingRow:
    """Return the row without what was mined from words."""
    labels = {name: value for name, value in row.labels.items() if name not in row.weak}
    return replace(row, labels=labels, weak=frozenset())


def rows_of(asked: argparse.Namespace, progress: Progress) -> list[TrainingRow]:
    """Return the share of training rows that is asked for, chosen by a hash, and all validation rows (or ``held``)."""
    sources = {
        "products": asked.data / "fashion-products" / "train.parquet",
        "phone": asked.data / "clothing-photos" / "train.parquet",
    }
    claims = asked.work / "claims.parquet"
    if not claims.is_file():
        mine_labels(sources, claims, progress)
    said = read_claims(claims)
    rows = weakly_labelled([r for name, path in sources.items() for r in read_rows(name, path)], said)
    share = {TRAIN: asked.pictures, VALIDATION: asked.held}
    chosen = []
    for split, most in share.items():
        mine = [row for row in rows if row.split == split]
        chosen += sorted(mine, key=lambda row: fraction("ablation", f"{row.source}-{row.key}"))[:most]
    return chosen


def report(found: dict[str, tuple[Rights, dict[str, dict[str, float]]]]) -> tuple[str, dict[str, Any]]:
    """Return the table and the same figures for machines."""
    first, told = found[_OLD]
    base = {column: (first[column] + found[_AGAIN][0][column]) / 2 for column in COLUMNS}
    changes: dict[str, dict[str, Difference]] = {}
    for name, (mine, _) in found.items():
        if name != _OLD:
            against = first if name == _AGAIN else base
            changes[name] = {c: difference(against[c], mine[c]) for c in COLUMNS if c in mine}
    heads = [f"{head} {told['fitted'][head]:.3f} ({told['unfitted'][head]:.3f})" for head in told["fitted"]]
    words = "Calibration error with fitted temperatures (without): " + ", ".join(heads)
    figures = {name: {c: asdict(d) for c, d in cells.items()} for name, cells in changes.items()}
    return f"{table(changes, COLUMNS)}\n\n{words}\n", {"changes": figures, "calibration_error": told}


def main(arguments: list[str] | None = None) -> None:
    """Train what is asked for and write the table to standard output and, as JSON, below ``--work``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="what is done is kept here")
    parser.add_argument("--data", type=Path, default=SHARED / "data")
    parser.add_argument("--weights", type=Path, default=SHARED / "weights" / "tf_efficientnet_lite0_nohead.safetensors")
    parser.add_argument("--only", nargs="*", choices=sorted(PLANS), help="choices to take back; all by default")
    for name, default in {**NUMBERS, "threads": 2, "seed": 17}.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    asked.work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(asked.threads)
    progress = LogProgress()
    ablation = Ablation(asked, rows_of(asked, progress), progress)
    always = (_OLD, _AGAIN)
    wanted = [*always, *(name for name in PLANS if name not in always and (not asked.only or name in asked.only))]
    words, figures = report({name: ablation.run(name, PLANS[name]) for name in wanted})
    budget = {name.replace("-", "_"): getattr(asked, name.replace("-", "_")) for name in NUMBERS}
    (asked.work / "ablation.json").write_text(json.dumps({"budget": budget, **figures}, indent=1), encoding="utf-8")
    sys.stdout.write(f"{budget}\n\n{words}")


if __name__ == "__main__":
    main()

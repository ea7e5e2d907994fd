"""Compare trunks: ``python -m tests.bench.compare_trunks [--rows N] [--tuned PICTURES [--only TRUNK]]``.

Frozen, each trunk reads the same training and validation pictures at 160 px from its ImageNet weights; a logistic
regression on its features names group and article type. Rates are pictures a processor second of the trunk alone,
folded, in the precision that serving would take. With ``--tuned`` each trunk is trained as a version would be, on so
many pictures drawn, and answers the same validation rows. Validation rows only: a choice of trunk never sees a test
split. Needs ../shared.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from enrichment.desk.mine_labels import mine_labels
from enrichment.progress.log import LogProgress
from enrichment.progress.null import NullProgress
from enrichment.vision import backbones
from enrichment.vision.backbones import LITE, RESNET_STEM, Preprocessing
from enrichment.vision.engine import bf16_is_native
from enrichment.vision.fold import folded
from enrichment.vision.frame import Frame
from enrichment.vision.picture_cache import cached_pictures
from enrichment.vision.settings import TrainSettings
from enrichment.vision.splits import TRAIN, VALIDATION
from enrichment.vision.train import train_group
from enrichment.vision.training_rows import PHONE, PRODUCTS, TrainingRow, read_rows
from enrichment.wilson import wilson

SHARED = Path(__file__).parents[3] / "shared"
WEIGHTS = {LITE: "tf_efficientnet_lite0_nohead.safetensors", RESNET_STEM: "resnetv2_50_relu_stem.stages1-3.safetensors"}
DATA = {
    PRODUCTS: SHARED / "data" / "fashion-products" / "train.parquet",
    PHONE: SHARED / "data" / "clothing-photos" / "train.parquet",
}
SIDE, TUNED_SIDE, BATCH, ROWS = 160, 128, 32, 6_000


def main(arguments: list[str] | None = None) -> dict[str, Any]:
    """Return what is asked for by trunk."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=ROWS, help="training rows of the linear probe")
    parser.add_argument("--tuned", type=int, default=0, help="pictures to fine-tune on, instead of the probe")
    parser.add_argument("--only", choices=sorted(WEIGHTS), help="one trunk alone")
    asked = parser.parse_args(arguments)
    torch.set_num_threads(1)
    chosen = {name: file for name, file in WEIGHTS.items() if asked.only in (None, name)}
    if asked.tuned:
        return {name: tuned(name, SHARED / "weights" / file, asked.tuned) for name, file in chosen.items()}
    return probed(chosen, asked.rows)


def tuned(name: str, weights: Path, pictures: int) -> dict[str, Any]:
    """Return validation accuracies of a trunk fine-tuned on ``pictures``, and the processor minutes that took."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        mine_labels(DATA, scratch / "claims.parquet", LogProgress())
        settings = TrainSettings(
            DATA,
            scratch,
            scratch / "work",
            name,
            weights=weights,
            hub=False,
            epochs=1,
            epoch_pictures=pictures,
            side=TUNED_SIDE,
            serve_side=SIDE,
            threads=1,
            claims=scratch / "claims.parquet",
        )
        before = time.process_time()
        version = train_group(settings, LogProgress())
        minutes = (time.process_time() - before) / 60
        gates = json.loads((version / "metrics.json").read_text(encoding="utf-8"))["gates"]
    return {"pictures": pictures, "processor_minutes": round(minutes, 1), **gates}


def probed(trunks: dict[str, str], rows: int) -> dict[str, Any]:
    """Return accuracy with its interval and pictures a processor second by trunk."""
    every = read_rows(PRODUCTS, DATA[PRODUCTS])
    chosen = [r for r in every if r.split == TRAIN][:: max(1, 17_000 // rows)]
    held = [r for r in every if r.split == VALIDATION]
    with tempfile.TemporaryDirectory() as folder:
        pictures = cached_pictures([r.picture for r in (*chosen, *held)], Frame(SIDE), Path(folder), NullProgress())
        return {name: _probe(name, file, pictures, chosen, held) for name, file in trunks.items()}


def _probe(
    name: str, file: str, pictures: NDArray[np.uint8], chosen: list[TrainingRow], held: list[TrainingRow]
) -> dict[str, Any]:
    features, rate = _features(name, SHARED / "weights" / file, pictures)
    out: dict[str, Any] = {"pictures_a_cpu_second": round(rate, 1), "training_rows": len(chosen)}
    for label in ("image_group", "article_type"):
        probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
        probe.fit(features[: len(chosen)], [r.labels[label] for r in chosen])
        right = probe.predict(features[len(chosen) :]) == np.array([r.labels[label] for r in held])
        low, high = wilson(int(right.sum()), len(right))
        out[label] = {"accuracy": round(float(right.mean()), 4), "low": round(low, 4), "high": round(high, 4)}
    return out


@torch.inference_mode()
def _features(name: str, weights: Path, pictures: NDArray[np.uint8]) -> tuple[NDArray[np.float32], float]:
    """Return features ``[N, F]`` of cached pictures, and pictures a processor second."""
    inputs: Preprocessing = backbones.preprocessing(name, SIDE)
    dtype = torch.bfloat16 if bf16_is_native() else torch.float32
    built: Any = folded(backbones.trunk(name, weights).eval())
    trunk = built.to(dtype=dtype, memory_format=torch.channels_last)
    mean, std = torch.tensor(inputs.mean).view(1, 3, 1, 1), torch.tensor(inputs.std).view(1, 3, 1, 1)
    parts, busy = [], 0.0
    for start in range(0, len(pictures), BATCH):
        plain = torch.from_numpy(pictures[start : start + BATCH, ..., :3].copy()).permute(0, 3, 1, 2).float() / 255
        ready = ((plain - mean) / std).to(dtype, memory_format=torch.channels_last)
        before = time.process_time()
        parts.append(trunk(ready).float().numpy())
        busy += time.process_time() - before
    return np.concatenate(parts), len(pictures) / busy


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(), indent=1) + "\n")

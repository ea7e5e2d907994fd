"""Pictures a second, decode included, against three passes in plain timm: ``python -m tests.bench.bench_look [count]``.

The other design reads every picture three times (group model, tag model, embedding model), each with the same backbone
in float32 as timm builds it. Both run in one process, in turns, on drawn product shots; medians of three are printed
as JSON, with the share of the trunk's own measured forward limit that the whole look stage reaches; the limit is the
faster of threads that run batches apart and threads that share each layer. Ratios are given by the clock and by
processor time, which other work on the machine disturbs less.
"""

from __future__ import annotations

import hashlib
import io
import json
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from PIL import Image, ImageDraw

import enrichment.vision.backbones  # noqa: F401  (readies torchvision for timm)
from enrichment.models.registry import Kind, starter
from enrichment.vision.engine import read_inputs
from enrichment.vision.look import Looker, Picture

import timm  # isort: skip

ROUNDS, THREADS, BATCH = 3, 2, 32


def main(count: int) -> dict[str, float]:
    """Measure ``count`` pictures and return rates in pictures a second and their ratios."""
    pictures = drawn(count)
    looker = Looker(starter(Kind.VISION), THREADS)
    deck = ThreePasses(looker)
    looker.look(pictures[:BATCH])
    work: dict[str, Callable[[], object]] = {
        "look": lambda: looker.look(pictures),
        "three_passes": lambda: deck.run(pictures),
        "trunk_in_batches": lambda: _trunk_in_batches(looker, count),
        "trunk_in_layers": lambda: _trunk_in_layers(looker, count),
    }
    wall: dict[str, list[float]] = {name: [] for name in work}
    busy: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(ROUNDS):
        for name, run in work.items():
            clock, processor = time.perf_counter(), time.process_time()
            run()
            wall[name].append(count / (time.perf_counter() - clock))
            busy[name].append(count / (time.process_time() - processor))
    found = {name: round(statistics.median(values), 1) for name, values in wall.items()}
    for label, rates in (("", wall), ("_by_processor_time", busy)):
        rate = {name: statistics.median(values) for name, values in rates.items()}
        found[f"times_three_passes{label}"] = round(rate["look"] / rate["three_passes"], 2)
        limit = max(rate["trunk_in_batches"], rate["trunk_in_layers"])
        found[f"share_of_limit{label}"] = round(rate["look"] / limit, 3)
    return found


class ThreePasses:
    """Group, tags and embedding from three separate networks, each decoding every picture for itself."""

    def __init__(self, looker: Looker) -> None:
        """Build three plain float32 networks of the looker's backbone, with timm's own evaluation transform."""
        name, inputs = read_inputs(looker.version.folder)
        self.models = [timm.create_model(name, num_classes=classes).eval() for classes in (14, 90, 0)]
        self.transform = timm.data.create_transform(
            (3, inputs.side, inputs.side), is_training=False, mean=inputs.mean, std=inputs.std
        )

    @torch.inference_mode()
    def run(self, pictures: list[Picture]) -> None:
        """Look three times at every picture."""
        torch.set_num_threads(THREADS)
        for model in self.models:
            for start in range(0, len(pictures), BATCH):
                batch = [self._ready(p) for p in pictures[start : start + BATCH]]
                model(torch.stack(batch))

    def _ready(self, picture: Picture) -> torch.Tensor:
        with Image.open(io.BytesIO(picture.data)) as image:
            ready: torch.Tensor = self.transform(image.convert("RGB"))
            return ready


def _trunk_in_batches(looker: Looker, count: int) -> None:
    """Let each thread run batches by itself, as the look stage does."""
    batches = [_batch(looker)] * (count // looker.engine.batch)
    with ThreadPoolExecutor(THREADS, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        list(pool.map(looker.engine.features, batches))


def _trunk_in_layers(looker: Looker, count: int) -> None:
    """Let all threads share every layer of one batch at a time."""
    torch.set_num_threads(THREADS)
    for _ in range(0, count, looker.engine.batch):
        looker.engine.features(_batch(looker))


def _batch(looker: Looker) -> torch.Tensor:
    return torch.rand(looker.engine.batch, 3, looker.inputs.side, looker.inputs.side)


def drawn(count: int, size: tuple[int, int] = (360, 480)) -> list[Picture]:
    """Return ``count`` distinct drawn JPEG pictures of ``size`` pixels."""
    random = np.random.default_rng(0)
    made = []
    for at in range(count):
        image = Image.new("RGB", size, "white")
        corners = [tuple(map(int, random.integers(20, min(size), 2))) for _ in range(6)]
        ImageDraw.Draw(image).polygon(corners, fill=tuple(map(int, random.integers(0, 255, 3))))
        out = io.BytesIO()
        image.save(out, "JPEG", quality=88)
        data = out.getvalue()
        made.append(Picture("bench", str(at), hashlib.sha256(data).hexdigest(), data))
    return made


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(int(sys.argv[1]) if len(sys.argv) > 1 else 256)) + "\n")

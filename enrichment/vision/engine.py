"""A loaded version: letterboxed pictures in, raw scores and embeddings out, the same whatever else is in the batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file

from enrichment.models.version import read_json
from enrichment.vision import backbones
from enrichment.vision.backbones import Preprocessing
from enrichment.vision.bands import BANDS, width
from enrichment.vision.bands import features as features_of
from enrichment.vision.colour import colour_shares
from enrichment.vision.fold import folded
from enrichment.vision.frame import WHOLE, Frame
from enrichment.vision.letterbox import Pixels
from enrichment.vision.net import LookNet
from enrichment.vision.vocabulary import Vocabulary
from schemas.errors import ModelMismatch, UsageError

WEIGHTS, LABELS, INPUTS, CALIBRATION = "model.safetensors", "labels.json", "preprocessing.json", "thresholds.json"
BATCH = 32


@dataclass(frozen=True, slots=True)
class RawScores:
    """Raw scores of ``N`` pictures: group ``[N, G]``, tags by name ``[N, V]``, unit embedding ``[N, D]``."""

    group: NDArray[np.float32]
    tags: dict[str, NDArray[np.float32]]
    embedding: NDArray[np.float32]


def bf16_is_native() -> bool:
    """Tell whether this processor multiplies bfloat16 itself; where it must convert, bf16 is slower than float32."""
    flags = Path("/proc/cpuinfo")
    words = flags.read_text(encoding="utf-8", errors="replace") if flags.is_file() else ""
    return "avx512_bf16" in words or "amx_bf16" in words


class Engine:
    """Scores letterboxed pictures in batches of a fixed size, the last one padded.

    Heads answer in float64, rounded to float32 at the end: how a matrix product sums a row depends on where in the
    batch the row stands, and that must not reach an answer.
    """

    def __init__(self, net: LookNet, inputs: Preprocessing, precision: str = "auto", batch: int = BATCH) -> None:
        """Copy, fold and place the network for inference; ``precision`` is ``auto``, ``bf16`` or ``fp32``."""
        self.inputs, self.batch = inputs, batch
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        native = self.device.type == "cuda" or bf16_is_native()
        self.dtype = torch.bfloat16 if precision == "bf16" or (precision == "auto" and native) else torch.float32
        copied = deepcopy(net).float().eval().requires_grad_(False).to(self.device)
        placed: Any = folded(copied.trunk)
        self._trunk = placed.to(dtype=self.dtype, memory_format=torch.channels_last)
        copied.trunk = torch.nn.Identity()
        self._net = copied.double()
        mean, std = torch.tensor(inputs.mean), torch.tensor(inputs.std)
        self._scale = (1 / std).view(1, 3, 1, 1).to(self.device)
        self._shift = (-mean / std).view(1, 3, 1, 1).to(self.device)

    def stream(self, squares: Iterable[Pixels]) -> Iterator[RawScores]:
        """Yield the scores of full batches of letterboxed pictures ``[S, S, 3]`` as they fill up, then of the rest."""
        held: list[Pixels] = []
        for square in squares:
            held.append(square)
            if len(held) == self.batch:
                yield self.batch_scores(held)
                held = []
        if held:
            yield self.batch_scores(held)

    @torch.inference_mode()
    def batch_scores(self, squares: list[Pixels]) -> RawScores:
        """Score 1 to ``batch`` pictures, padded to the fixed size: kernels and sums never depend on how many came."""
        side, count = self.inputs.side, len(squares)
        filled = np.zeros((self.batch, side, side, 3), dtype=np.uint8)
        filled[:count] = squares
        pictures = torch.from_numpy(filled).to(self.device).permute(0, 3, 1, 2)
        plain = pictures.float() / 255
        scores = self._net.heads(self.features(plain).double(), colour_shares(plain).double())
        tags = {name: _told(tag, count) for name, tag in scores.tags.items()}
        return RawScores(_told(scores.group, count), tags, _told(scores.embedding, count))

    @torch.inference_mode()
    def features(self, plain: torch.Tensor) -> torch.Tensor:
        """Return the trunk's float32 features ``[B, F]`` of pictures 0..1 ``[B, 3, S, S]``."""
        ready = (plain.to(self.device) * self._scale + self._shift).to(self.dtype, memory_format=torch.channels_last)
        return features_of(self._trunk, ready).float()

    def scores(self, squares: Iterable[Pixels]) -> RawScores:
        """Return the scores of all pictures in one piece."""
        parts = list(self.stream(squares))
        names = parts[0].tags if parts else {}
        return RawScores(
            np.concatenate([p.group for p in parts]),
            {name: np.concatenate([p.tags[name] for p in parts]) for name in names},
            np.concatenate([p.embedding for p in parts]),
        )


def _told(scores: torch.Tensor, count: int) -> NDArray[np.float32]:
    """Return the first ``count`` rows as float32."""
    told: NDArray[np.float32] = scores[:count].float().cpu().numpy()
    return told


def read_inputs(folder: Path) -> tuple[str, Preprocessing]:
    """Return a version's backbone name and preprocessing."""
    data = read_json(folder / INPUTS)
    if data.get("bands") != BANDS:
        raise ModelMismatch(
            f"{INPUTS}: bands={data.get('bands')}; this release reads {BANDS}. Train the version again."
        )
    try:
        mean, std = tuple(map(float, data["mean"])), tuple(map(float, data["std"]))
        frame = Frame(int(data["side"]), tuple(map(float, data.get("part", WHOLE))))  # type: ignore[arg-type]
        return str(data["backbone"]), Preprocessing(frame.side, mean, std, frame.part)  # type: ignore[arg-type]
    except (KeyError, TypeError, ValueError, UsageError) as error:
        raise ModelMismatch(f"{INPUTS}: {error!r}. Fetch the version again.") from error


def read_net(folder: Path) -> tuple[LookNet, Vocabulary, Preprocessing]:
    """Build the network of a version folder and load its weights.

    Raises:
        ModelMismatch: weights, labels and backbone do not fit each other.

    """
    vocabulary = Vocabulary.from_json(read_json(folder / LABELS))
    backbone, inputs = read_inputs(folder)
    trunk: Any = backbones.trunk(backbone)
    tags = {name: len(values) for name, values in vocabulary.tags.items()}
    net = LookNet(trunk, width(trunk), len(vocabulary.groups), tags)
    state = {name: tensor.float() for name, tensor in load_file(str(folder / WEIGHTS)).items()}
    try:
        missing, unexpected = net.load_state_dict(state, strict=False)
    except RuntimeError as error:
        raise ModelMismatch(f"{WEIGHTS} does not fit {LABELS} and backbone {backbone}: {error}") from error
    left = [name for name in missing if not name.endswith("num_batches_tracked")]
    if left or unexpected:
        raise ModelMismatch(f"{WEIGHTS} does not fit {LABELS} and backbone {backbone}: {[*left, *unexpected][:4]}")
    return net, vocabulary, inputs

"""What a training run may be told; everything that shapes its result stands here and in the model card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from enrichment.vision.frame import Frame, Part
from schemas.errors import UsageError

FEW_PICTURES = 2_000


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """Settings of ``enrich train group|taggers|soup``.

    ``sources`` names training sets and their Parquet files. ``start`` is a version folder to go on from; otherwise
    the trunk starts from ``weights`` (safetensors), the hub, or at random. ``frozen`` is how many of the trunk's
    first stages stay as they are: None leaves it to the size of the data. ``side`` is the training side in pixels,
    ``serve_side`` the one that the version answers at, ``part`` what of a picture it reads (None: what ``start``
    reads, or the whole). ``views`` is how often the taggers see a picture: once as it is, then augmented;
    ``regroup`` lets them move the group head as well. ``balanced`` lets rare values weigh as much as frequent ones;
    ``cut_mix`` is the share of batches with parts of other pictures laid over. ``keep_every`` is how many batches
    lie between two checkpoints, from which ``resume`` goes on after a kill. ``claims`` is a table of what a text
    reader claims of the rows' words (``enrich labels mine``): the sure ones are weak labels. ``corrections`` are
    reviewed labels by (row id, attribute), "" for none: what ``labels audit`` wrote and a reviewer decided.
    ``research`` marks a version that must never leave.
    """

    sources: Mapping[str, Path]
    out: Path
    work: Path
    backbone: str = "resnet50"
    weights: Path | None = None
    hub: bool = True
    start: Path | None = None
    epochs: int = 8
    epoch_pictures: int = 20_000
    batch: int = 64
    views: int = 2
    regroup: bool = False
    balanced: bool = False
    cut_mix: float = 0.0
    side: int = 160
    serve_side: int = 192
    part: Part | None = None
    rate: float = 4e-4
    head_rate: float = 2e-3
    stage_decay: float = 0.75
    frozen: int | None = None
    patience: int = 4
    precision: str = "auto"
    threads: int = 2
    devices: int | Literal["auto"] = 1
    seed: int = 17
    version: str = "candidate"
    resume: bool = True
    keep_every: int = 100
    fast_dev_run: bool = False
    research: bool = False
    claims: Path | None = None
    corrections: Mapping[tuple[str, str], str] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=lambda: {"phone": 0.22})

    def __post_init__(self) -> None:
        """Refuse sizes that cannot train."""
        for name in ("epochs", "epoch_pictures", "batch", "side", "serve_side", "threads", "views", "keep_every"):
            if getattr(self, name) < 1:
                raise UsageError(f"training setting {name}: got {getattr(self, name)}; allowed: 1 or more")
        if self.part:
            Frame(self.serve_side, self.part)
        if not 0 <= self.cut_mix <= 1:
            raise UsageError(f"training setting cut_mix: got {self.cut_mix}; allowed: a share of batches, 0 to 1")
        if not 0 <= sum(self.shares.values()) <= 1 or min(self.shares.values(), default=0) < 0:
            raise UsageError(
                f"training setting shares: got {dict(self.shares)}; allowed: parts of an epoch, together 0 to 1"
            )
        if not self.sources:
            raise UsageError("training needs at least one source; give products=<file.parquet> or another")

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data, paths by their file name only."""
        data = asdict(self)
        for name in ("out", "work", "weights", "start", "claims"):
            data[name] = Path(data[name]).name if data[name] else None
        return {**data, "sources": sorted(self.sources), "corrections": len(self.corrections)}


def frozen_stages(settings: TrainSettings, pictures: int, stages: int) -> int:
    """Return how many of a trunk's ``stages`` keep their first weights.

    Few pictures move only the last stages, many move all but the first three: transfer as measured in
    https://arxiv.org/abs/1411.1792 (early layers are general, late ones are the task's own).
    """
    if settings.frozen is not None:
        return min(settings.frozen, stages)
    return max(0, stages - 3) if pictures < FEW_PICTURES else min(3, stages - 1)

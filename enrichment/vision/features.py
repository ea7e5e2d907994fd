"""What a frozen trunk says of every training picture, kept so that heads train in minutes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils.data import Dataset

from enrichment.progress.port import Progress
from enrichment.vision.augment import Augment
from enrichment.vision.batches import LabelledPictures
from enrichment.vision.colour import colour_shares
from enrichment.vision.engine import Engine

FeatureBatch = tuple[Tensor, Tensor, dict[str, Tensor]]
_BATCH = 64


@dataclass(frozen=True, slots=True)
class Features:
    """Trunk features ``[N, F]`` and colour shares ``[N, C]`` of ``N`` views, with label codes by head ``[N]``."""

    trunk: Tensor
    colours: Tensor
    codes: dict[str, Tensor]


class FeatureSet(Dataset[FeatureBatch]):
    """Features as a data set that hands out whole batches."""

    def __init__(self, features: Features) -> None:
        """Keep ``features``."""
        self.features = features

    def __len__(self) -> int:
        """Return the number of views."""
        return len(self.features.trunk)

    def __getitems__(self, chosen: list[int]) -> FeatureBatch:
        """Return features ``[B, F]``, colour shares ``[B, C]`` and codes of the views chosen."""
        at = torch.tensor(chosen)
        kept = self.features
        return kept.trunk[at], kept.colours[at], {name: codes[at] for name, codes in kept.codes.items()}

    def __getitem__(self, chosen: int) -> FeatureBatch:
        """Return one view as a batch of one."""
        return self.__getitems__([chosen])


@torch.inference_mode()
def extract(data: LabelledPictures, engine: Engine, augments: Sequence[Augment | None], progress: Progress) -> Features:
    """Run every picture of ``data`` through the trunk once a view: as it is (None) or augmented."""
    progress.start(len(data) * len(augments), "features")
    trunk: list[Tensor] = []
    colours: list[Tensor] = []
    codes: list[dict[str, Tensor]] = []
    for augment in augments:
        for start in range(0, len(data), _BATCH):
            cached, labels = data.__getitems__(list(range(start, min(start + _BATCH, len(data)))))
            pictures = augment(cached) if augment else cached[..., :3].permute(0, 3, 1, 2).float() / 255
            trunk.append(engine.features(pictures))
            colours.append(colour_shares(pictures))
            codes.append(labels)
            progress.advance(len(cached))
    progress.close()
    names: Iterable[str] = codes[0] if codes else ()
    return Features(torch.cat(trunk), torch.cat(colours), {n: torch.cat([c[n] for c in codes]) for n in names})

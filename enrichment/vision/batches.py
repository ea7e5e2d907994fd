"""Feed cached pictures and label codes to the learner, balanced over groups, types and sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Dataset, Sampler

from enrichment.vision.training_labels import training_labels
from enrichment.vision.training_rows import UNTAUGHT, TrainingRow
from enrichment.vision.vocabulary import GROUP, MISSING, TAUGHT, TYPE, Vocabulary, among


class Numbered(Protocol):
    """Cached pictures uint8 ``[S, S, 4]`` by number."""

    def __getitem__(self, at: int, /) -> NDArray[np.uint8]:
        """Return picture number ``at``."""
        ...


Batch = tuple[torch.Tensor, dict[str, torch.Tensor]]


class LabelledPictures(Dataset[Batch]):
    """Rows with cached pictures uint8 ``[N, S, S, 4]`` and a code for every head (-1 = no label)."""

    def __init__(
        self, rows: Sequence[TrainingRow], pictures: Numbered, at: Sequence[int], vocabulary: Vocabulary
    ) -> None:
        """Keep ``rows[i]`` with ``pictures[at[i]]``.

        The group head learns from product pictures; where there are none, from what there is, since the taggers are
        guided by its answer.
        """
        self.rows, self.pictures, self.at = list(rows), pictures, np.asarray(at)
        names = (GROUP, *vocabulary.tags)
        untaught = UNTAUGHT if any(r.source not in UNTAUGHT for r in self.rows) else frozenset()
        taught = [MISSING if r.source in untaught else vocabulary.code(GROUP, r.labels.get(GROUP)) for r in self.rows]
        self.codes = {n: np.array([vocabulary.code(n, r.labels.get(n)) for r in self.rows]) for n in names}
        self.codes[TAUGHT] = np.array(taught)
        for name in vocabulary.tags:
            if sets := training_labels().among(name):
                open_to = [row.among.get(name) for row in self.rows]
                self.codes[among(name)] = np.array([sets.index(s) if s in sets else MISSING for s in open_to])

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def __getitems__(self, chosen: list[int]) -> Batch:
        """Return a whole batch at once: pictures ``[B, S, S, 4]`` uint8 and codes by head."""
        index = np.asarray(chosen)
        pictures = torch.from_numpy(np.stack([self.pictures[self.at[i]] for i in index]))
        return pictures, {name: torch.from_numpy(codes[index]) for name, codes in self.codes.items()}

    def __getitem__(self, chosen: int) -> Batch:
        """Return one row as a batch of one."""
        return self.__getitems__([chosen])


class BalancedSampler(Sampler[int]):
    """Draw rows with replacement, rarer groups and types more often; each epoch has its own seed.

    A row weighs the product of (its group's count)^-0.4 and (its type's count)^-0.3; ``shares`` then sets how
    much of an epoch a source gives.
    """

    def __init__(self, rows: Sequence[TrainingRow], shares: Mapping[str, float], size: int, seed: int) -> None:
        """Draw ``size`` rows an epoch."""
        self.weights = balance(rows, shares)
        self.size, self.seed, self.epoch = size, seed, 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch, so that a resumed run draws what an undisturbed one would."""
        self.epoch = epoch

    def __len__(self) -> int:
        """Return the rows an epoch draws."""
        return self.size

    def __iter__(self) -> Iterator[int]:
        """Yield row numbers."""
        random = np.random.default_rng((self.seed, self.epoch))
        yield from random.choice(len(self.weights), size=self.size, p=self.weights).tolist()


def balance(rows: Sequence[TrainingRow], shares: Mapping[str, float]) -> NDArray[np.float64]:
    """Return the probability ``[N]`` with which each row is drawn."""
    of_group = Counter(row.labels.get(GROUP, "") for row in rows)
    of_type = Counter(row.labels.get(TYPE, "") for row in rows)
    weights = np.array(
        [
            of_group[row.labels.get(GROUP, "")] ** -0.4 * max(20, of_type[row.labels.get(TYPE, "")]) ** -0.3
            for row in rows
        ]
    )
    sources = np.array([row.source for row in rows])
    left = 1.0 - sum(share for name, share in shares.items() if (sources == name).any())
    rest = ~np.isin(sources, list(shares))
    for name, share in shares.items():
        if (sources == name).any():
            weights[sources == name] *= share / weights[sources == name].sum()
    if rest.any():
        weights[rest] *= left / weights[rest].sum()
    probabilities: NDArray[np.float64] = weights / weights.sum()
    return probabilities


def _whole(batch: Any) -> Any:
    return batch


def loader(data: Dataset[Any], batch: int, sampler: BalancedSampler | None = None) -> DataLoader[Any]:
    """Return batches of a data set that hands out whole batches, drawn by ``sampler`` or in order."""
    return DataLoader(data, batch_size=batch, sampler=sampler, collate_fn=_whole, drop_last=sampler is not None)

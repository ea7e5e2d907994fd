"""Batches that can be taken up inside an epoch, and the checkpoints from which they are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import DataLoader

import enrichment.vision.torchvision_shim  # noqa: F401  (must run before Lightning imports torchvision)

from pytorch_lightning.callbacks import Callback  # isort: skip


class ResumableLoader(DataLoader[Any]):
    """Batches of a data set that hands out whole ones; the next epoch leaves out its first ``skip``.

    The sampler must draw the same rows again for the same epoch (:class:`~enrichment.vision.batches.BalancedSampler`):
    batches left out are drawn, but not loaded.
    """

    skip = 0

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override, unused-ignore]
        """Yield the epoch's batches; nothing is drawn before the first is asked for, so the epoch can be set first."""
        skip, self.skip = self.skip, 0
        data: Any = self.dataset
        for chosen in islice(iter(self.batch_sampler or ()), skip, None):
            yield data.__getitems__(chosen)


class KeepEvery(Callback):  # type: ignore[misc, unused-ignore]
    """Overwrite one checkpoint every so many batches and after each epoch: a kill costs no more than these batches.

    An epoch's last batch waits until the epoch is measured. Every checkpoint says how many batches of its epoch were
    done (Lightning would ask the loader for that, but does not tell it on the way back where the optimizer's plan
    asked for the number of steps before) and where the processor's random numbers stand, for what drops out.
    """

    def __init__(self, path: Path, batches: int) -> None:
        """Keep the checkpoint at ``path``, every ``batches`` batches."""
        self.path, self.batches, self.done = path, batches, 0
        self._random: torch.Tensor | None = None

    def state_dict(self) -> dict[str, Any]:
        """Return how many batches of the running epoch are done, 0 after its last, and the random numbers' state."""
        return {"done": self.done, "random": torch.get_rng_state()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what a checkpoint says is done."""
        self.done, self._random = int(state_dict["done"]), state_dict["random"].cpu()

    def on_train_start(self, trainer: Any, _: Any) -> None:
        """Let the loader and the random numbers go on behind the batches that are done."""
        trainer.train_dataloader.skip = self.done
        if self._random is not None:
            torch.set_rng_state(self._random)

    def on_train_batch_end(self, trainer: Any, _: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        """Write the checkpoint, as one rename: a kill leaves the old one or the new one."""
        self.done = (batch_idx + 1) % trainer.num_training_batches
        if self.done and self.done % self.batches == 0:
            trainer.save_checkpoint(self.path)

    def on_train_epoch_end(self, trainer: Any, _: Any) -> None:
        """Write the checkpoint with what the epoch's measuring changed: best model so far, patience left."""
        trainer.save_checkpoint(self.path)

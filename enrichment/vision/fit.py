"""Run Lightning: logs, checkpoints, early stop, resume after a kill, and the project's own progress."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import DataLoader

import enrichment.vision.torchvision_shim  # noqa: F401  (must run before Lightning imports torchvision)
from enrichment.progress.port import Progress
from enrichment.vision.began import LAST
from enrichment.vision.resumable import KeepEvery
from enrichment.vision.settings import TrainSettings

import pytorch_lightning as lightning  # isort: skip
from pytorch_lightning.callbacks import Callback, EarlyStopping, ModelCheckpoint, WeightAveraging  # isort: skip
from pytorch_lightning.loggers import CSVLogger, TensorBoardLogger  # isort: skip

LOG = logging.getLogger(__name__)
# Weights are averaged over about 500 steps, sooner at the start of a run.
_AVERAGED, _SOONER = 0.998, 10


class _Told(Callback):  # type: ignore[misc, unused-ignore]
    """Pass Lightning's batches on to the progress port and each epoch's figures to the log."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress

    def on_train_start(self, trainer: Any, _: Any) -> None:
        self.progress.start(int(trainer.estimated_stepping_batches) - trainer.global_step, "train")

    def on_train_batch_end(self, *_: Any) -> None:
        self.progress.advance()

    def on_validation_end(self, trainer: Any, _: Any) -> None:
        figures = {name: round(float(value), 4) for name, value in sorted(trainer.callback_metrics.items())}
        LOG.info("epoch %d of %d: %s", trainer.current_epoch + 1, trainer.max_epochs, figures)

    def on_train_end(self, *_: Any) -> None:
        self.progress.close()


class _Stop(EarlyStopping):  # type: ignore[misc, unused-ignore]
    """Stop early, also where a run is taken up that had stopped and was killed while it was measured."""

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        super().load_state_dict({**state_dict, "patience": self.patience})

    def on_train_start(self, trainer: Any, _: Any) -> None:
        trainer.should_stop = trainer.should_stop or self.wait_count >= self.patience


def averaged(kept: torch.Tensor, current: torch.Tensor, steps: torch.Tensor | int) -> torch.Tensor:
    """Return the moving average of one weight after ``steps`` earlier averages: what is measured and kept.

    The average of the last steps answers better than the last step: https://arxiv.org/abs/1803.05407. Its horizon grows
    with the run, so that a short one is not held back by its first weights; counters are not averaged.

    >>> round(float(averaged(torch.tensor(0.0), torch.tensor(1.0), 1)), 2)
    0.82
    """
    if not kept.is_floating_point():
        return current
    return torch.lerp(current, kept, min(_AVERAGED, (1 + int(steps)) / (_SOONER + int(steps))))


def precision(setting: str) -> str:
    """Return Lightning's precision for ``setting``: ``auto`` is bf16 on a GPU, float32 on a CPU.

    A CPU's bf16 convolutions run forward faster but backward slower than float32 here (depthwise layers), so a
    CPU trains in float32 unless ``bf16-mixed`` is asked for.
    """
    if setting != "auto":
        return setting
    return "bf16-mixed" if torch.cuda.is_available() else "32-true"


def fit(
    learner: Any, train: DataLoader[Any], held: DataLoader[Any], settings: TrainSettings, progress: Progress
) -> Path:
    """Train until the epochs are done or held-out answers stop getting better; return the best checkpoint's path.

    A run that was killed goes on from its last checkpoint, ``settings.keep_every`` batches ago at most, when it is
    started again with the same settings: what it draws and augments is what an undisturbed run would have.
    """
    torch.set_num_threads(settings.threads)
    folder = settings.work / settings.version
    # Both judge as soon as the epoch is measured: what is kept at its end knows their judgement.
    best = ModelCheckpoint(
        folder, filename="best", monitor="val_wrong", enable_version_counter=False, save_on_train_epoch_end=False
    )
    stop = _Stop("val_wrong", patience=settings.patience, check_on_train_epoch_end=False)
    last = folder / ("tried.ckpt" if settings.fast_dev_run else LAST)
    with warnings.catch_warnings():
        # Lightning advises more loader workers; a batch here is one slice of a memory map.
        warnings.simplefilter("ignore")
        trainer = lightning.Trainer(
            accelerator="auto",
            devices=settings.devices,
            precision=precision(settings.precision),
            max_epochs=settings.epochs,
            callbacks=[
                WeightAveraging(avg_fn=averaged),
                best,
                stop,
                KeepEvery(last, settings.keep_every),
                _Told(progress),
            ],
            logger=False if settings.fast_dev_run else [CSVLogger(folder, "csv"), TensorBoardLogger(folder, "board")],
            gradient_clip_val=5.0,
            num_sanity_val_steps=0,
            enable_progress_bar=False,
            enable_model_summary=False,
            log_every_n_steps=20,
            fast_dev_run=settings.fast_dev_run,
        )
        resumed = str(last) if settings.resume and not settings.fast_dev_run and last.is_file() else None
        trainer.fit(learner, train, held, ckpt_path=resumed, weights_only=True)
    return Path(best.best_model_path or last)

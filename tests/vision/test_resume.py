from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from enrichment.models.version import Kind, open_version
from enrichment.progress.list import ListProgress
from enrichment.progress.null import NullProgress
from enrichment.vision.batches import BalancedSampler, LabelledPictures
from enrichment.vision.resumable import ResumableLoader
from enrichment.vision.settings import TrainSettings
from enrichment.vision.train import train_group
from enrichment.vision.training_rows import read_rows
from enrichment.vision.vocabulary import vocabulary_of
from tests.vision.conftest import TINY

_ROOT = Path(__file__).parents[2]
_EPOCHS, _STEPS, _KEEP = 2, 8, 3
# Trains as below and kills itself, unwarned, when so many batches are done.
_KILLED = """
import os, signal, sys
from pathlib import Path
from enrichment.progress.null import NullProgress
from enrichment.vision.train import train_group
from tests.vision.test_resume import settings

class Killed(NullProgress):
    def start(self, total, what):
        self.left = int(sys.argv[3]) if what == "train" else -1
    def advance(self, count=1):
        self.left -= count
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

train_group(settings(Path(sys.argv[1]), Path(sys.argv[2])), Killed())
"""


def settings(products: Path, folder: Path) -> TrainSettings:
    return TrainSettings(
        {"products": products},
        folder / "out",
        folder / "work",
        TINY,
        hub=False,
        epochs=_EPOCHS,
        epoch_pictures=_STEPS * 16,
        batch=16,
        side=32,
        serve_side=40,
        threads=1,
        keep_every=_KEEP,
        cut_mix=0.5,
        version="tiny",
    )


@pytest.fixture(scope="module")
def undisturbed(products: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, torch.Tensor]:
    torch.set_num_threads(1)
    folder = train_group(settings(products, tmp_path_factory.mktemp("undisturbed")), NullProgress())
    return load_file(str(folder / "model.safetensors"))


@pytest.mark.slow
@pytest.mark.parametrize(("killed_after", "kept"), [(5, 3), (_STEPS + 1, _STEPS), (_STEPS + 7, _STEPS + 6)])
def test_a_killed_run_goes_on_from_its_last_checkpoint(
    killed_after: int, kept: int, products: Path, tmp_path: Path, undisturbed: dict[str, torch.Tensor]
) -> None:
    command = [sys.executable, "-c", _KILLED, str(products), str(tmp_path), str(killed_after)]
    killed = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, timeout=250, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert not (tmp_path / "out").exists()

    progress = ListProgress()
    folder = train_group(settings(products, tmp_path), progress)
    left = [step.total for step in progress.steps if (step.kind, step.what) == ("start", "train")]
    assert left == [_EPOCHS * _STEPS - kept]
    assert open_version(folder, Kind.VISION).version == "tiny"
    state = load_file(str(folder / "model.safetensors"))
    assert state.keys() == undisturbed.keys()
    for name, tensor in state.items():
        torch.testing.assert_close(tensor, undisturbed[name], rtol=0, atol=0, msg=name)


def test_a_loader_leaves_out_the_batches_that_are_done(products: Path) -> None:
    rows = read_rows("products", products)
    vocabulary = vocabulary_of(rows)
    pictures = [torch.full((2, 2, 4), at % 250, dtype=torch.uint8).numpy() for at in range(len(rows))]
    data = LabelledPictures(rows, pictures, range(len(rows)), vocabulary)

    def batches(epoch: int, skip: int) -> tuple[list[torch.Tensor], ResumableLoader]:
        sampler = BalancedSampler(rows, {}, 50, seed=3)
        loader = ResumableLoader(data, 8, sampler=sampler, drop_last=True)
        loader.skip = skip
        found = iter(loader)
        sampler.set_epoch(epoch)
        return [pictures for pictures, _ in found], loader

    whole, _ = batches(1, 0)
    rest, loader = batches(1, 2)
    assert len(whole) == 6
    for mine, theirs in zip(rest, whole[2:], strict=True):
        torch.testing.assert_close(mine, theirs)
    assert len(list(loader)) == 6, "only one epoch is cut short"

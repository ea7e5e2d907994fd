"""Folders for temporary files: gone with their process, never those of a living one, and one sentence where none is."""

import errno
import fcntl
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from enrichment.runs import scratch as room
from enrichment.runs.scratch import PREFIX, Scratch, scratch_full, scratch_root
from enrichment.stores.space import DiskFull
from schemas.errors import UsageError

LIVES = """
import sys, time
from enrichment.runs.scratch import Scratch
scratch = Scratch()
(scratch.path / "forest.ann").write_bytes(b"half")
print(scratch.path, flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def root(tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@pytest.fixture
def living(root):
    """A process that works in its folder until it is told to end."""
    with subprocess.Popen(
        [sys.executable, "-c", LIVES], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process, Path(process.stdout.readline().strip())
        process.kill()


def test_a_folder_lies_where_tmpdir_says_and_is_gone_when_closed(root):
    scratch = Scratch()
    assert scratch.path.is_relative_to(root)
    (scratch.path / "deep").mkdir()
    scratch.close()
    scratch.close()
    assert list(root.iterdir()) == []


def test_a_process_that_ends_without_closing_leaves_nothing(root, living):
    process, folder = living
    assert (folder / "forest.ann").exists()
    process.communicate("end\n")
    assert list(root.iterdir()) == []


def test_what_a_killed_process_left_goes_and_what_a_living_one_has_stays(root, living):
    process, folder = living
    Scratch().close()
    assert (folder / "forest.ann").read_bytes() == b"half"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert folder.exists()
    Scratch().close()
    assert list(root.iterdir()) == []


def test_what_is_not_ours_stays(root, tmp_path):
    other = root / "enrich-review-0123"
    other.mkdir()
    aim = tmp_path / "aim"
    aim.mkdir()
    (aim / "lock").touch()
    (root / f"{PREFIX}link").symlink_to(aim)
    (root / f"{PREFIX}file").touch()
    hostile = root / f"{PREFIX}hostile"
    hostile.mkdir()
    (hostile / "lock").symlink_to(aim / "lock")
    unlocked = root / f"{PREFIX}unlocked"
    unlocked.mkdir()
    (unlocked / "kept").touch()
    Scratch().close()
    assert len(list(root.iterdir())) == 5
    assert (aim / "lock").exists()


def test_a_sweep_that_was_killed_half_way_is_ended_by_the_next(root):
    (root / f"{PREFIX}without_lock").mkdir()
    half = root / f"{PREFIX}without_files"
    half.mkdir()
    (half / "lock").touch()
    Scratch().close()
    assert list(root.iterdir()) == []


def test_a_sweep_between_making_a_folder_and_locking_it_takes_the_folder_and_no_more(root, monkeypatch):
    real, swept = fcntl.flock, []

    def sweep_first(descriptor, how):
        if not swept:
            swept.append(True)
            room.sweep(root)
        real(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", sweep_first)
    scratch = Scratch()
    assert [scratch.path.parent] == list(root.iterdir())
    (scratch.path / "a").touch()
    scratch.close()


@pytest.mark.parametrize("absent", ["gone", "file/below"])
def test_a_tmpdir_that_is_not_there_is_named_and_no_other_is_taken(tmp_path, monkeypatch, absent):
    (tmp_path / "file").touch()
    monkeypatch.setenv("TMPDIR", str(tmp_path / absent))
    with pytest.raises(UsageError, match="Set TMPDIR to a local folder") as refused:
        Scratch()
    assert str(tmp_path / absent) in str(refused.value)


def test_a_full_folder_says_how_much_is_left_and_leaves_nothing(root, monkeypatch):
    def full(*_arguments, **_options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "open", full)
    with pytest.raises(DiskFull, match=r"TMPDIR sets another.*No space left on device \(.* are left on the disk of"):
        Scratch()
    assert list(root.iterdir()) == []


def test_without_tmpdir_the_systems_folder_is_taken(monkeypatch):
    monkeypatch.delenv("TMPDIR", raising=False)
    assert scratch_root().is_dir()

    def nowhere():
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr(tempfile, "gettempdir", nowhere)
    with pytest.raises(UsageError, match=r"No usable temporary directory.*set TMPDIR"):
        Scratch()


def test_an_error_of_another_kind_is_no_full_folder():
    assert scratch_full(OSError(errno.EIO, "Input/output error")) is None

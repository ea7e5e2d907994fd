"""A disk that takes no more is told in one sentence, wherever the number of the error stands."""

import doctest
import errno
import os

import pytest

from enrichment.stores import space
from enrichment.stores.key import TEMP_PREFIX
from enrichment.stores.local import LocalStore
from enrichment.stores.space import DiskFull, disk_full, told, writing
from schemas.errors import ObjectMissing, StoreUnavailable, UsageError


def full(number=errno.ENOSPC):
    return OSError(number, os.strerror(number))


@pytest.mark.parametrize(
    ("error", "way_out"),
    [
        (full(), "Make room there"),
        (full(errno.EDQUOT), "quota raised"),
        (full(errno.EFBIG), "ulimit -f"),
        # As Annoy and Arrow word it.
        (OSError("Unable to write: No space left on device (28)"), "Make room there"),
        (OSError(errno.ENOSPC, "Error writing bytes to file. Detail: [errno 28] No space"), "Make room there"),
    ],
)
def test_what_is_full_how_much_is_left_and_the_way_out(tmp_path, error, way_out):
    found = str(disk_full("report", tmp_path / "not" / "there", error))
    assert found.startswith("report: ")
    assert f"are left on the disk of {tmp_path}" in found
    assert way_out in found
    assert "\n" not in found


def test_the_place_that_the_error_names_is_the_better_one(tmp_path):
    error = OSError(errno.ENOSPC, "No space left on device", str(tmp_path / "full"))
    assert f"the disk of {tmp_path}" in str(disk_full("report", None, error))


def test_other_errors_are_not_spoken_for():
    assert disk_full("report", None, OSError(errno.EIO, "Input/output error")) is None
    assert told(OSError(errno.EIO, "Input/output error", "/a")) is None
    assert told(FileNotFoundError(errno.ENOENT, "No such file", "/a")) is None


def test_a_file_that_may_not_be_written_is_named(tmp_path):
    for number in (errno.EACCES, errno.EROFS):
        error = OSError(number, os.strerror(number), str(tmp_path / "out"))
        assert isinstance(told(error), UsageError)
        with pytest.raises(UsageError, match=r"out: .*Fix the rights"), writing(tmp_path / "out"):
            raise error


@pytest.mark.parametrize(
    "number", [errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL]
)
def test_where_no_file_can_be_another_place_is_asked_for(tmp_path, number):
    out = tmp_path / "deep" / "out"
    for named in (out, out / "below", tmp_path, out.with_name(f"{TEMP_PREFIX}ab"), out.with_name("out.part")):
        with pytest.raises(UsageError, match=r"local file .*deep/out: .*\. Name another place\."), writing(out):
            raise OSError(number, os.strerror(number), str(named))


def test_a_disk_that_fails_may_take_it_the_next_time(tmp_path):
    for error in (OSError(errno.EIO, "Input/output error"), OSError(errno.ESTALE, "Stale", str(tmp_path / "out"))):
        with pytest.raises(StoreUnavailable, match=r"out: .*Give the same command again"), writing(tmp_path / "out"):
            raise error


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError(errno.ENOENT, "No such file", "/elsewhere/settings.json"),
        BrokenPipeError(errno.EPIPE, "Broken pipe"),
        OSError("image file is truncated"),
        ObjectMissing("no object"),
        StoreUnavailable("No space left on device"),
    ],
)
def test_what_is_not_about_the_file_passes_as_it_is(tmp_path, error):
    with pytest.raises(type(error)) as raised, writing(tmp_path / "out"):
        raise error
    assert raised.value is error


@pytest.mark.parametrize("way", ["put", "put_new", "replace", "upload"])
def test_a_full_store_says_so_and_holds_what_it_held(tmp_path, monkeypatch, way):
    store, local = LocalStore(tmp_path / "store"), tmp_path / "local"
    local.write_bytes(b"new")
    store.put("k", b"old")
    calls = {"put": ("k", b"new"), "put_new": ("n", b"new"), "replace": ("k", b"old", b"new"), "upload": (local, "k")}

    def no_room(_):
        raise full()

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(StoreUnavailable, match=r"store file:.*No space left.* are left on the disk of .*store"):
        getattr(store, way)(*calls[way])
    monkeypatch.undo()
    assert {key: store.get(key) for key in store.list("")} == {"k": b"old"}


def test_a_download_onto_a_full_disk_blames_that_disk(tmp_path, monkeypatch):
    store = LocalStore(tmp_path / "store")
    store.put("k", b"old")

    def no_room(_):
        raise full()

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(DiskFull, match=r"local file .*here/copy: No space left"):
        store.download("k", tmp_path / "here" / "copy")
    assert list((tmp_path / "here").iterdir()) == []


def test_who_writes_without_an_error_notices_nothing(tmp_path):
    with writing(tmp_path / "out"):
        (tmp_path / "out").touch()


def test_the_worked_example_runs():
    assert doctest.testmod(space).failed == 0

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from enrichment.stores.local import LocalStore
from schemas.errors import ObjectExists, ObjectMissing, StoreUnavailable, UsageError


def test_a_killed_writer_leaves_no_half_object(tmp_path):
    store = LocalStore(tmp_path)
    store.put("whole", b"old" * 1000)
    code = """
        import sys
        from pathlib import Path
        from enrichment.stores.local import LocalStore
        store = LocalStore(Path(sys.argv[1]))
        print("ready", flush=True)
        n = 0
        while True:
            n += 1
            store.put("whole", b"%08d" % n * 500_000)
            store.put(f"one/{n:08d}", b"%08d" % n * 100_000)
    """
    for delay in (0.05, 0.08, 0.13):
        writer = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(code), str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        with writer:
            assert writer.stdout.readline() == "ready\n"
            time.sleep(delay)
            os.kill(writer.pid, signal.SIGKILL)
    data = store.get("whole")
    assert data == b"old" * 1000 or data == data[:8] * 500_000
    keys = list(store.list(""))
    assert all(store.get(key) == key[-8:].encode() * 100_000 for key in keys if key != "whole")
    assert not any("tmp" in key for key in keys)


def test_of_many_processes_one_wins(tmp_path):
    code = (
        "import sys, time; from pathlib import Path\n"
        "from enrichment.stores.local import LocalStore\n"
        "from schemas.errors import ObjectExists\n"
        "time.sleep(max(0, float(sys.argv[2]) - time.time()))\n"
        "try:\n    LocalStore(Path(sys.argv[1])).put_new('lock', sys.argv[3].encode())\n"
        "except ObjectExists:\n    sys.exit(3)\n"
    )
    begin = str(time.time() + 1.0)
    racers = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), begin, str(n)]) for n in range(6)]
    codes = [racer.wait() for racer in racers]
    assert sorted(codes) == [0, 3, 3, 3, 3, 3]
    assert LocalStore(tmp_path).get("lock") == str(codes.index(0)).encode()


def test_leftovers_of_a_killed_writer_are_never_listed(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / ".enrich-tmp-0123").write_bytes(b"half")
    assert list(LocalStore(tmp_path).list("")) == []
    assert list(LocalStore(tmp_path).list("a/")) == []


def test_a_failed_write_leaves_nothing(tmp_path):
    store = LocalStore(tmp_path)
    with pytest.raises(TypeError):
        store.put("a/b", "text, not bytes")
    assert not store.exists("a/b")
    assert list((tmp_path / "a").iterdir()) == []


def test_links_do_not_lead_out(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"s")
    root = tmp_path / "store"
    root.mkdir()
    (root / "door").symlink_to(outside)
    (root / "file").symlink_to(outside / "secret")
    store = LocalStore(root)
    for key in ("door/secret", "file"):
        with pytest.raises(UsageError, match="link"):
            store.get(key)
        with pytest.raises(UsageError, match="link"):
            store.put(key, b"x")
    assert list(store.list("")) == []
    assert list(store.list("door/")) == []
    assert (outside / "secret").read_bytes() == b"s"


def test_a_key_cannot_be_the_folder_of_another(tmp_path):
    store = LocalStore(tmp_path)
    store.put("a", b"1")
    for put in (store.put, store.put_new):
        with pytest.raises(UsageError):
            put("a/b", b"2")
    store.put("c/d", b"1")
    with pytest.raises(UsageError):
        store.put("c", b"2")
    with pytest.raises(ObjectMissing):
        store.get("a/b")
    assert not store.exists("a/b")
    store.delete("a/b")


def test_a_full_disk_may_be_tried_again(tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    store = LocalStore(tmp_path)
    store.put("k", b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreUnavailable, match="No space"):
        store.put("k", b"new")
    monkeypatch.undo()
    assert store.get("k") == b"old"
    assert list(store.list("")) == ["k"]
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_cannot_be_made_is_no_matter_of_time():
    store = LocalStore(Path("/proc/enrich-has-no-store-here"))
    for write in (store.put, store.put_new):
        with pytest.raises(UsageError, match=r"No retry will help.*--store"):
            write("k", b"v")
    with pytest.raises(UsageError):
        store.replace("k", b"v", b"w")


def test_a_folder_that_somebody_removes_meanwhile_may_be_tried_again(tmp_path, monkeypatch):
    def gone(*_arguments, **_options):
        raise FileNotFoundError(2, "No such file or directory")

    store = LocalStore(tmp_path)
    monkeypatch.setattr(Path, "replace", gone)
    with pytest.raises(StoreUnavailable):
        store.put("a/k", b"v")


def test_a_racer_between_look_and_link_still_loses(tmp_path, monkeypatch):
    store = LocalStore(tmp_path)
    real = os.link

    def late(source, target):
        target.write_bytes(b"racer")
        real(source, target)

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(ObjectExists):
        store.put_new("k", b"mine")
    assert store.get("k") == b"racer"


def test_a_killed_replacer_holds_nobody_up(tmp_path):
    store = LocalStore(tmp_path)
    store.put("k", b"old")
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from enrichment.stores.local import LocalStore\n"
        "Path.read_bytes = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
        "LocalStore(Path(sys.argv[1])).replace('k', b'old', b'never')\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert done.returncode == -signal.SIGKILL
    store.replace("k", b"old", b"new")
    assert store.get("k") == b"new"
    assert list(store.list("")) == ["k"]


def test_objects_have_the_umask_rights(tmp_path):
    LocalStore(tmp_path).put("k", b"")
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / "k").stat().st_mode & 0o777 == 0o666 & ~mask

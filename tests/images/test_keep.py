import hashlib

import pytest

from enrichment.images.keep import keep, key_of, load
from enrichment.stores.local import LocalStore
from schemas.errors import ObjectCorrupt, ObjectMissing, StoreUnavailable, UsageError


def test_bytes_are_kept_under_their_hash_and_written_once(tmp_path):
    store = LocalStore(tmp_path)
    sha256 = keep(store, b"picture")
    assert sha256 == hashlib.sha256(b"picture").hexdigest()
    assert list(store.list("")) == [f"images/sha256/{sha256[:2]}/{sha256}"]
    before = (tmp_path / key_of(sha256)).stat()
    assert keep(store, b"picture") == sha256
    after = (tmp_path / key_of(sha256)).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert load(store, sha256) == b"picture"


def test_damaged_and_absent_pictures_are_told_apart(tmp_path):
    store = LocalStore(tmp_path)
    sha256 = keep(store, b"picture")
    store.put(key_of(sha256), b"pictures")
    with pytest.raises(ObjectCorrupt, match=sha256):
        load(store, sha256)
    with pytest.raises(ObjectMissing):
        load(store, "0" * 64)


def test_a_damaged_picture_is_removed_and_kept_anew(tmp_path):
    store = LocalStore(tmp_path)
    sha256 = keep(store, b"picture")
    store.put(key_of(sha256), b"pict")
    with pytest.raises(ObjectCorrupt):
        load(store, sha256)
    assert not store.exists(key_of(sha256))
    keep(store, b"picture")
    assert load(store, sha256) == b"picture"


def test_a_picture_that_is_misread_once_stays(tmp_path, monkeypatch):
    store = LocalStore(tmp_path)
    sha256 = keep(store, b"picture")
    reads = [b"pict", b"picture"]
    monkeypatch.setattr(LocalStore, "get", lambda *_: reads.pop(0))
    assert load(store, sha256) == b"picture"
    assert store.exists(key_of(sha256))


@pytest.mark.parametrize("error", [StoreUnavailable, UsageError])
def test_who_may_only_read_is_told_of_the_damage(tmp_path, monkeypatch, error):
    def refuses(*_):
        raise error("read only")

    store = LocalStore(tmp_path)
    sha256 = keep(store, b"picture")
    store.put(key_of(sha256), b"pict")
    monkeypatch.setattr(LocalStore, "delete", refuses)
    with pytest.raises(ObjectCorrupt):
        load(store, sha256)


@pytest.mark.parametrize("sha256", ["", "abc", "A" * 64, "0" * 63 + "\n", "../" + "0" * 61])
def test_only_hashes_are_asked_for(tmp_path, sha256):
    with pytest.raises(UsageError, match="64 lower-case"):
        load(LocalStore(tmp_path), sha256)

import hashlib

import pytest

from enrichment.images.keep import keep, key_of, load
from enrichment.stores.local import LocalStore
from schemas.errors import ObjectCorrupt, ObjectMissing, UsageError


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


@pytest.mark.parametrize("sha256", ["", "abc", "A" * 64, "0" * 63 + "\n", "../" + "0" * 61])
def test_only_hashes_are_asked_for(tmp_path, sha256):
    with pytest.raises(UsageError, match="64 lower-case"):
        load(LocalStore(tmp_path), sha256)

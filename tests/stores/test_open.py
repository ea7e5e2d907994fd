import subprocess
import sys

import pytest

from enrichment.stores.local import LocalStore
from enrichment.stores.open import open_store
from schemas.errors import UsageError


def test_paths_and_file_addresses_open_the_same_folder(tmp_path):
    folder = tmp_path / "with space %41 é"
    store = open_store(str(folder))
    assert isinstance(store, LocalStore)
    store.put("k", b"1")
    assert store.uri == folder.as_uri()
    assert open_store(store.uri).get("k") == b"1"
    assert open_store(store.uri + "/").get("k") == b"1"
    assert open_store(store.uri.replace("file://", "file://localhost")).get("k") == b"1"


def test_home_is_expanded(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert open_store("~/out").uri == (tmp_path / "out").as_uri()


def test_a_relative_path_is_made_absolute_at_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = open_store("out")
    monkeypatch.chdir("/")
    store.put("k", b"1")
    assert (tmp_path / "out" / "k").read_bytes() == b"1"


@pytest.mark.parametrize(
    "uri",
    ["", "gs://b/p", "http://host/x", "s3://", "s3://B/x", "s3:///x", "file://host/x", "file:x", "s3:b", "file:///a?b"],
)
def test_other_addresses_are_refused_with_what_is_allowed(uri):
    with pytest.raises(UsageError, match=r"allowed: .*(s3://|file:///)"):
        open_store(uri)


def test_a_local_store_does_not_load_boto3():
    code = (
        "import sys; from enrichment.stores.open import open_store; open_store('x'); sys.exit('boto3' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

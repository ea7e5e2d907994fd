"""One suite for every store: what `enrichment/stores/port.py` promises, local folder and S3 alike."""

import hashlib
import os
import secrets
import threading

import boto3
import pytest
from moto.server import ThreadedMotoServer

from enrichment.stores.open import open_store
from enrichment.stores.s3 import S3Store
from schemas.errors import ObjectChanged, ObjectExists, ObjectMissing, StoreUnavailable, Terminal, Transient, UsageError

LIVE = "ENRICH_TEST_STORE"
HOSTILE_KEYS = [
    "",
    "/",
    "/etc/passwd",
    "a//b",
    "a/",
    ".",
    "..",
    "../up",
    "a/../b",
    "a/./b",
    "a/..",
    "a\\b",
    "a\x00b",
    "a\nb",
    "a/.enrich-tmp-1",
    "e\u0301t\u00e9",
    "\ud800",
    "k" * 201,
    "/".join(["k" * 100] * 11),
]


@pytest.fixture(scope="module")
def moto():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test-secret")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("ENRICH_S3_ENDPOINT", f"http://{host}:{port}")
        boto3.client("s3", endpoint_url=f"http://{host}:{port}").create_bucket(Bucket="shop-data")
        yield
    server.stop()


@pytest.fixture(params=["local", "s3", pytest.param("live", marks=pytest.mark.live)])
def store(request, tmp_path):
    if request.param == "local":
        yield open_store(str(tmp_path / "store"))
    elif request.param == "live":
        if not os.environ.get(LIVE):
            pytest.skip(f"{LIVE} names no store (s3://bucket/prefix; ENRICH_S3_ENDPOINT for another server than AWS)")
        yield from _emptied_after(open_store(f"{os.environ[LIVE]}/{secrets.token_hex(4)}"))
    else:
        request.getfixturevalue("moto")
        yield from _emptied_after(open_store(f"s3://shop-data/{secrets.token_hex(4)}"))


def _emptied_after(store):
    yield store
    for key in list(store.list("")):
        store.delete(key)


def test_what_was_put_is_got(store):
    data = bytes(range(256)) * 7 + b"\r\n\x00"
    store.put("runs/r1/read/acme-0000.products.parquet", data)
    assert store.get("runs/r1/read/acme-0000.products.parquet") == data
    assert store.exists("runs/r1/read/acme-0000.products.parquet")


def test_an_empty_object_is_an_object(store):
    store.put("_SUCCESS", b"")
    assert store.get("_SUCCESS") == b""
    assert store.exists("_SUCCESS")
    assert list(store.list("")) == ["_SUCCESS"]


def test_a_put_replaces_whole(store):
    store.put("latest.json", b"a longer first text")
    store.put("latest.json", b"short")
    assert store.get("latest.json") == b"short"


def test_a_missing_key_is_missing_and_terminal(store, tmp_path):
    assert not store.exists("none/here")
    with pytest.raises(ObjectMissing, match="none/here"):
        store.get("none/here")
    target = tmp_path / "copy"
    with pytest.raises(ObjectMissing):
        store.download("none/here", target)
    assert not target.exists()
    assert list(tmp_path.glob(".enrich-tmp-*")) == []
    assert issubclass(ObjectMissing, Terminal)
    assert issubclass(StoreUnavailable, Transient)


def test_a_folder_of_keys_is_no_object(store):
    store.put("a/b", b"1")
    assert not store.exists("a")
    with pytest.raises(ObjectMissing):
        store.get("a")
    store.delete("a")
    assert store.get("a/b") == b"1"


def test_delete_is_quiet_and_final(store):
    store.put("x/y", b"1")
    store.delete("x/y")
    store.delete("x/y")
    assert not store.exists("x/y")
    assert list(store.list("x")) == []


def test_put_new_refuses_a_taken_key_and_keeps_the_first(store):
    store.put_new("lock", b"first")
    with pytest.raises(ObjectExists, match="lock"):
        store.put_new("lock", b"second")
    assert store.get("lock") == b"first"
    store.delete("lock")
    store.put_new("lock", b"third")
    assert store.get("lock") == b"third"


def test_of_many_racers_exactly_one_wins(store):
    start = threading.Barrier(16)
    won, lost, other = [], [], []

    def race(n):
        start.wait()
        try:
            store.put_new("race/winner", b"%d" % n * 5000)
            won.append(n)
        except ObjectExists:
            lost.append(n)
        except Exception as error:
            other.append(error)

    threads = [threading.Thread(target=race, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert other == []
    assert len(won) == 1
    assert len(lost) == 15
    assert store.get("race/winner") == b"%d" % won[0] * 5000


def test_replace_takes_only_what_was_seen(store):
    store.put("latest.json", b"first")
    store.replace("latest.json", b"first", b"second")
    assert store.get("latest.json") == b"second"
    with pytest.raises(ObjectChanged, match="latest"):
        store.replace("latest.json", b"first", b"third")
    assert store.get("latest.json") == b"second"
    assert list(store.list("")) == ["latest.json"]
    assert issubclass(ObjectChanged, Transient)


def test_replace_refuses_a_key_that_holds_nothing(store):
    for seen in (b"", b"first"):
        with pytest.raises(ObjectChanged, match="gone"):
            store.replace("gone", seen, b"second")
    assert not store.exists("gone")


def test_of_many_replacers_none_loses_anothers_update(store):
    store.put("count", b"0")
    won, other = [], []

    def add():
        for _ in range(4):
            try:
                seen = store.get("count")
                store.replace("count", seen, b"%d" % (int(seen) + 1))
                won.append(seen)
            except ObjectChanged:
                continue
            except Exception as error:
                other.append(error)

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert other == []
    assert store.get("count") == b"%d" % len(won)
    assert len(set(won)) == len(won) >= 4


def test_readers_never_see_a_mixture(store):
    one, two = b"1" * 200_000, b"2" * 150_000
    store.put("pointer", one)
    stop = threading.Event()

    def write():
        while not stop.is_set():
            store.put("pointer", two)
            store.put("pointer", one)

    writer = threading.Thread(target=write)
    writer.start()
    seen = {hashlib.sha256(store.get("pointer")).hexdigest() for _ in range(30)}
    stop.set()
    writer.join()
    assert seen <= {hashlib.sha256(one).hexdigest(), hashlib.sha256(two).hexdigest()}


def test_list_is_sorted_by_bytes_and_a_prefix_is_no_folder(store):
    keys = ["a.txt", "a/b", "a/b.txt", "a/b-c", "ab/c", "b", "é/ö", "ab!", "a/é"]
    for key in keys:
        if key != "a/b":
            store.put(key, b"")
    listed = sorted((k for k in keys if k != "a/b"), key=str.encode)
    assert list(store.list("")) == listed
    assert list(store.list("a/b")) == ["a/b-c", "a/b.txt"]
    assert list(store.list("a")) == [k for k in listed if k.startswith("a")]
    assert list(store.list("a/")) == [k for k in listed if k.startswith("a/")]
    assert list(store.list("é/")) == ["é/ö"]
    assert list(store.list("nothing/")) == []


def test_list_goes_past_a_page_of_a_thousand(store):
    threads = 8

    def put(start):
        for n in range(start, 1_050, threads):
            store.put(f"many/{n:05d}", b"")

    writers = [threading.Thread(target=put, args=(n,)) for n in range(threads)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert list(store.list("many/")) == [f"many/{n:05d}" for n in range(1_050)]


@pytest.mark.parametrize(
    "key", ["été/größe/日本.json", "a b+c%20d&e=f#g?h", "run_date=2026-11-17/part-0.parquet", "...", "~"]
)
def test_odd_but_honest_keys_work(store, key):
    store.put(key, b"odd")
    assert store.get(key) == b"odd"
    assert list(store.list("")) == [key]


@pytest.mark.parametrize("key", HOSTILE_KEYS)
def test_hostile_keys_are_refused_by_every_method(store, key, tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"1")
    calls = [
        lambda: store.get(key),
        lambda: store.put(key, b""),
        lambda: store.put_new(key, b""),
        lambda: store.replace(key, b"", b""),
        lambda: store.exists(key),
        lambda: store.delete(key),
        lambda: store.download(key, tmp_path / "down"),
        lambda: store.upload(file, key),
    ]
    for call in calls:
        with pytest.raises(UsageError, match="refused"):
            call()
    assert list(store.list("")) == []


@pytest.mark.parametrize("prefix", ["..", "../", "a/../", "/a", "a//b", "a\\"])
def test_hostile_prefixes_are_refused(store, prefix):
    with pytest.raises(UsageError, match="refused"):
        list(store.list(prefix))


@pytest.mark.parametrize("size", [0, 1, 17 * 2**20 + 3])
def test_upload_and_download_carry_every_byte(store, tmp_path, size):
    source = tmp_path / "forest.ann"
    block = bytes(range(251)) * 4_001
    source.write_bytes((block * (size // len(block) + 1))[:size])
    store.upload(source, "indexes/all/forest.ann")
    target = tmp_path / "new" / "folder" / "forest.ann"
    store.download("indexes/all/forest.ann", target)
    assert target.read_bytes() == source.read_bytes()
    assert [p.name for p in target.parent.iterdir()] == ["forest.ann"]


def test_download_replaces_an_older_file(store, tmp_path):
    target = tmp_path / "file"
    target.write_bytes(b"an older and longer text")
    store.put("k", b"new")
    store.download("k", target)
    assert target.read_bytes() == b"new"


def test_upload_of_an_absent_file_says_so(store, tmp_path):
    with pytest.raises(ObjectMissing, match="no local file"):
        store.upload(tmp_path / "absent", "k")
    assert not store.exists("k")


def test_the_uri_opens_the_same_store(store):
    store.put("k/v", b"same")
    assert open_store(store.uri).get("k/v") == b"same"
    assert not store.uri.endswith("/")


@pytest.mark.usefixtures("moto")
def test_a_whole_bucket_may_be_the_store():
    store = open_store("s3://shop-data")
    store.put("whole/k", b"1")
    assert store.uri == "s3://shop-data"
    assert list(store.list("whole/")) == ["whole/k"]
    assert open_store("s3://shop-data/whole").get("k") == b"1"
    store.delete("whole/k")


@pytest.mark.usefixtures("moto")
def test_marks_of_folders_made_by_consoles_are_no_keys():
    store = S3Store("shop-data", "console")
    for key in ("console/", "console/sub/", "console/sub/k"):
        store._client.put_object(Bucket="shop-data", Key=key, Body=b"")
    assert list(store.list("")) == ["sub/k"]
    store.delete("sub/k")


@pytest.mark.usefixtures("moto")
def test_two_prefixes_of_one_bucket_do_not_mix():
    one, two = S3Store("shop-data", "p/one"), S3Store("shop-data", "p/one-more")
    one.put("k", b"1")
    two.put("k", b"2")
    assert (one.get("k"), two.get("k")) == (b"1", b"2")
    assert list(one.list("")) == ["k"]
    one.delete("k")
    two.delete("k")

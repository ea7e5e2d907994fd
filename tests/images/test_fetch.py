import hashlib
import threading
import time
import zipfile
from datetime import date

import pytest

from enrichment.images import fetch
from enrichment.images.fetch import PictureWant, fetch_pictures
from enrichment.images.keep import keep, key_of, load
from enrichment.images.open import open_source
from enrichment.images.policy import HttpPolicy, ImagePolicy
from enrichment.images.port import PictureSource
from enrichment.images.refused import PictureRefused
from enrichment.progress.list import ListProgress
from enrichment.progress.null import NullProgress
from enrichment.stores.local import LocalStore
from schemas.errors import ObjectCorrupt, StoreUnavailable
from schemas.records import ProblemReason
from tests.images.pictures import jpeg, oriented, png_bomb
from tests.images.server import gives, serving

NIGHT = date(2026, 11, 17)
POLICY = ImagePolicy()


class Shelf(PictureSource):
    """A source out of a dictionary that counts what it is asked."""

    def __init__(self, pictures, remote=False, wait=0.0):
        self.pictures = pictures
        self.remote = remote
        self.wait = wait
        self.asked = []
        self.lock = threading.Lock()

    def read(self, ref):
        with self.lock:
            self.asked.append(ref)
        time.sleep(self.wait if int(hashlib.sha256(ref.encode()).hexdigest(), 16) % 2 else 0)
        if ref not in self.pictures:
            raise PictureRefused(ProblemReason.PICTURE_MISSING, "not there")
        return self.pictures[ref]

    def close(self):
        """Hold nothing."""


@pytest.fixture
def store(tmp_path):
    return LocalStore(tmp_path / "store")


def want(ref, sku="s1", row=1, position=0, sha256=None):
    return PictureWant("acme", sku, row, position, ref, sha256)


def fetched(wants, source, store, policy=POLICY):
    return fetch_pictures(wants, source, store, policy, NIGHT, NullProgress())


def sha(data):
    return hashlib.sha256(data).hexdigest()


def test_every_usable_picture_is_kept_under_its_hash(store):
    one, two = jpeg(64, 48), oriented(6)
    source = Shelf({"1.jpg": one, "2.jpg": two})
    images, problems = fetched([want("1.jpg"), want("2.jpg", position=1)], source, store)
    assert problems == []
    assert [(i.vendor, i.sku, i.position, i.ref, i.sha256) for i in images] == [
        ("acme", "s1", 0, "1.jpg", sha(one)),
        ("acme", "s1", 1, "2.jpg", sha(two)),
    ]
    assert load(store, sha(one)) == one


def test_a_product_keeps_what_is_usable_and_each_refusal_is_a_problem(store):
    source = Shelf({"ok.jpg": jpeg(), "bomb.png": png_bomb(), "cut.jpg": jpeg()[:900]})
    wants = [want(ref, row=7, position=n) for n, ref in enumerate(["bomb.png", "ok.jpg", "none.jpg", "cut.jpg"])]
    images, problems = fetched(wants, source, store)
    assert [(i.ref, i.position) for i in images] == [("ok.jpg", 1)]
    assert [(p.reason, p.excerpt.split(":")[0]) for p in problems] == [
        (ProblemReason.PICTURE_BOMB, "bomb.png"),
        (ProblemReason.PICTURE_MISSING, "none.jpg"),
        (ProblemReason.PICTURE_CORRUPT, "cut.jpg"),
    ]
    assert {(p.vendor, p.night, p.row, p.sku, p.stage, p.column, p.quarantined) for p in problems} == {
        ("acme", NIGHT, 7, "s1", "fetch", "images", False)
    }
    assert len(list(store.list("images/"))) == 1


def test_each_distinct_reference_is_read_once_and_answers_for_all_its_rows(store):
    source = Shelf({"1.jpg": jpeg(), "copy.jpg": jpeg()})
    wants = [
        want(ref, sku=f"s{n}", row=n) for n, ref in enumerate(["1.jpg", "none.jpg", "1.jpg", "copy.jpg", "none.jpg"])
    ]
    images, problems = fetched(wants, source, store)
    assert sorted(source.asked) == ["1.jpg", "copy.jpg", "none.jpg"]
    assert [i.sku for i in images] == ["s0", "s2", "s3"]
    assert [p.row for p in problems] == [1, 4]
    assert len(list(store.list(""))) == 1


def test_the_order_of_answers_does_not_depend_on_who_is_faster(store, tmp_path):
    pictures = {f"{n}.jpg": jpeg(seed=n) for n in range(24) if n % 5}
    wants = [want(f"{n}.jpg", sku=f"s{n}", row=n) for n in range(24)]
    one = fetched(wants, Shelf(pictures, remote=True, wait=0.02), store)
    two = fetched(wants, Shelf(pictures, remote=True), LocalStore(tmp_path / "second"))
    assert one == two
    assert [i.sku for i in one[0]] == [f"s{n}" for n in range(24) if n % 5]


def test_hostile_references_are_bounded_in_problems(store):
    ref = "<script>\x1b[31m" + "a" * 5_000
    _, problems = fetched([want(ref)], Shelf({}), store)
    assert len(problems[0].excerpt) <= 160
    assert "\x1b" not in problems[0].excerpt


def test_a_known_picture_is_not_fetched_over_the_network_again(store):
    sha256 = keep(store, jpeg())
    source = Shelf({}, remote=True)
    images, problems = fetched([want("http://x/1.jpg", sha256=sha256)], source, store)
    assert source.asked == []
    assert problems == []
    assert [i.sha256 for i in images] == [sha256]


def test_a_known_picture_that_is_gone_is_fetched_again(store):
    source = Shelf({"http://x/1.jpg": jpeg(seed=2)}, remote=True)
    images, _ = fetched([want("http://x/1.jpg", sha256="0" * 64)], source, store)
    assert source.asked == ["http://x/1.jpg"]
    assert images[0].sha256 == sha(jpeg(seed=2))


@pytest.mark.parametrize("remote", [True, False])
def test_a_known_picture_that_was_found_damaged_is_kept_anew(store, remote):
    known = keep(store, jpeg())
    store.put(key_of(known), jpeg()[:40])
    with pytest.raises(ObjectCorrupt):
        load(store, known)
    images, problems = fetched([want("1.jpg", sha256=known)], Shelf({"1.jpg": jpeg()}, remote=remote), store)
    assert ([i.sha256 for i in images], problems) == ([known], [])
    assert load(store, known) == jpeg()


@pytest.mark.parametrize("remote", [True, False])
def test_the_bytes_of_a_known_picture_are_neither_read_from_the_store_nor_decoded(store, monkeypatch, remote):
    known = keep(store, jpeg(seed=1))
    monkeypatch.setattr(LocalStore, "get", lambda *_: pytest.fail("read from the store"))
    monkeypatch.setattr(fetch, "probe", lambda *_: pytest.fail("decoded"))
    source = Shelf({"1.jpg": jpeg(seed=1)}, remote=remote)
    images, problems = fetched([want("1.jpg", sha256=known)], source, store)
    assert ([i.sha256 for i in images], problems) == ([known], [])


def test_a_known_picture_that_is_gone_comes_back_from_the_local_drop(store):
    known = sha(jpeg(seed=1))
    images, _ = fetched([want("1.jpg", sha256=known)], Shelf({"1.jpg": jpeg(seed=1)}), store)
    assert images[0].sha256 == known
    assert load(store, known) == jpeg(seed=1)


def test_another_picture_under_a_known_name_is_decoded_before_it_is_kept(store):
    known = keep(store, jpeg(seed=1))
    cut = jpeg(seed=2)[:900]
    images, problems = fetched([want("1.jpg", sha256=known)], Shelf({"1.jpg": cut}), store)
    assert [i.sha256 for i in images] == [known]
    assert [p.reason for p in problems] == [ProblemReason.PICTURE_CORRUPT]
    assert not store.exists(key_of(sha(cut)))


def test_a_local_drop_may_replace_a_picture_under_its_old_name(store):
    known = keep(store, jpeg(seed=1))
    images, problems = fetched([want("1.jpg", sha256=known)], Shelf({"1.jpg": jpeg(seed=2)}), store)
    assert images[0].sha256 == sha(jpeg(seed=2))
    assert problems == []


def test_a_picture_of_an_earlier_night_stands_in_where_the_drop_lacks_it(store):
    known = keep(store, jpeg(seed=1))
    images, problems = fetched([want("1.jpg", sha256=known)], Shelf({}), store)
    assert (images[0].sha256, problems) == (known, [])


def test_a_picture_of_an_earlier_night_stands_in_for_a_broken_one_which_stays_a_problem(store):
    known = keep(store, jpeg(seed=1))
    images, problems = fetched([want("1.jpg", sha256=known)], Shelf({"1.jpg": png_bomb()}), store)
    assert images[0].sha256 == known
    assert [p.reason for p in problems] == [ProblemReason.PICTURE_BOMB]


def test_a_zip_and_a_server_give_the_same_records(store, tmp_path):
    pictures = {f"{n}.jpg": jpeg(seed=n) for n in range(6)}
    with zipfile.ZipFile(tmp_path / "images.zip", "w") as archive:
        for name, data in pictures.items():
            archive.writestr(name, data)
    wants = [want(f"{n}.jpg", sku=f"s{n}") for n in range(7)]
    with open_source("zip", tmp_path / "images.zip") as source:
        packed = fetched(wants, source, store)
    routes = {f"/{name}": gives(data) for name, data in pictures.items()} | {"/6.jpg": gives(b"", 404)}
    with serving(routes) as server:
        policy = ImagePolicy(http=HttpPolicy(allow_private=(server.host,)))
        with open_source("http", server.url("/"), policy) as source:
            served = fetched(wants, source, store, policy)
    assert packed[0] == served[0]
    assert [p.reason for p in packed[1]] == [p.reason for p in served[1]] == [ProblemReason.PICTURE_MISSING]


def test_a_server_that_fails_is_a_problem_of_the_row(store):
    with serving({"/1.jpg": gives(b"", 500)}) as server:
        policy = ImagePolicy(http=HttpPolicy(allow_private=(server.host,), tries=1))
        with open_source("http", "", policy) as source:
            images, problems = fetched([want(server.url("/1.jpg"))], source, store, policy)
    assert images == []
    assert [p.reason for p in problems] == [ProblemReason.FETCH_FAILED]
    assert problems[0].excerpt.startswith("http://127.0.0.1")


def test_a_store_that_fails_stops_the_stage_and_what_was_kept_stays(store, monkeypatch):
    real = LocalStore.put
    calls = []

    def third_fails(self, key, data):
        calls.append(key)
        if len(calls) == 3:
            raise StoreUnavailable("disk is away")
        real(self, key, data)

    monkeypatch.setattr(LocalStore, "put", third_fails)
    source = Shelf({f"{n}.jpg": jpeg(seed=n) for n in range(50)})
    with pytest.raises(StoreUnavailable):
        fetched([want(f"{n}.jpg") for n in range(50)], source, store)
    assert 2 <= len(list(store.list("images/"))) < 50


def test_progress_counts_distinct_references_and_refusals(store):
    progress = ListProgress()
    wants = [want("1.jpg"), want("1.jpg", sku="s2"), want("none.jpg")]
    fetch_pictures(wants, Shelf({"1.jpg": jpeg()}), store, POLICY, NIGHT, progress)
    assert progress.steps[0].total == 2
    assert (progress.steps[-1].done, progress.steps[-1].failed) == (2, 1)


def test_nothing_wanted_is_nothing_fetched(store):
    assert fetched([], Shelf({}), store) == ([], [])

import hashlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from enrichment.images import folder
from enrichment.images.open import open_source
from enrichment.images.policy import ImagePolicy
from enrichment.images.refused import PictureRefused
from schemas.errors import DropError, UsageError
from schemas.records import ProblemReason


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "drop" / "pictures"
    (folder / "sub").mkdir(parents=True)
    (folder / "1.jpg").write_bytes(b"one")
    (folder / "sub" / "Two.JPG").write_bytes(b"two")
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    return folder


def refusal(root, ref, **limits):
    with open_source("folder", root, ImagePolicy(**limits)) as source, pytest.raises(PictureRefused) as caught:
        source.read(ref)
    return caught.value.reason


def test_files_are_read_by_any_honest_spelling(root):
    (root / "e\u0301.jpg").write_bytes(b"accent")
    with open_source("folder", root) as source:
        assert source.read("1.jpg") == b"one"
        assert source.read("sub/Two.JPG") == b"two"
        assert source.read(".\\sub\\two.jpg") == b"two"
        assert source.read("two.jpg") == b"two"
        assert source.read("é.jpg") == b"accent"


def test_no_reader_sees_a_listing_that_another_has_half_made(root, monkeypatch):
    entered, second_done = threading.Event(), threading.Event()

    class Slow(folder.Spellings):
        def __init__(self, names):
            if names and not entered.is_set():
                entered.set()
                second_done.wait(0.5)
            super().__init__(names)

    monkeypatch.setattr(folder, "Spellings", Slow)
    with open_source("folder", root) as source, ThreadPoolExecutor(2) as pool:
        first = pool.submit(source.read, "TWO.JPG")
        entered.wait(5)
        second = pool.submit(source.read, "SUB/two.jpg")
        second.add_done_callback(lambda _: second_done.set())
        assert (first.result(), second.result()) == (b"two", b"two")


ADDRESS = "https://cdn.example/shop/p"


def hashes(root):
    """Return what a night's plan knows of a folder: name -> sha256."""
    files = [path for path in root.rglob("*") if path.is_file() and not path.is_symlink()]
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("planned", [False, True])
def test_an_address_is_the_file_of_its_name(root, planned):
    (root / "e\u0301 1.jpg").write_bytes(b"accent")
    with open_source("folder", root) as source:
        if planned:
            source.expect(source.marks(hashes(root)))
        assert source.read(f"{ADDRESS}/1.jpg") == b"one"
        assert source.read(f"{ADDRESS}/1.jpg?v=2&w=a/b.jpg#top") == b"one"
        assert source.read("HTTP://cdn.example:8080/two.jpg") == b"two"
        assert source.read(f"{ADDRESS}/%C3%A9%201.jpg") == b"accent"
        assert source.read(f"{ADDRESS}/1.jpg?token={'x' * 400}") == b"one"
        assert source.read(f"sub/{ADDRESS}/two.jpg") == b"two"


@pytest.mark.parametrize("planned", [False, True])
def test_an_address_of_several_files_or_none_is_missing_and_says_why(root, planned):
    for name in ("a", "b", ".hidden"):
        (root / name).mkdir()
        (root / name / "3.jpg").write_bytes(name.encode())
    (root / "link.jpg").symlink_to(root / "1.jpg")
    with open_source("folder", root) as source:
        if planned:
            source.expect({name: mark for name, mark in hashes(root).items() if not name.startswith(".")})
        for ref, told in [
            (f"{ADDRESS}/3.jpg", "several files are called 3.jpg and no pictures.prefix tells whose folder: https://"),
            (f"{ADDRESS}/4.jpg?v=2", f"4.jpg: not in the folder (asked for as {ADDRESS}/4.jpg?v=2)"),
            (f"a/{ADDRESS}/two.jpg", f"a/two.jpg: not in the folder (asked for as a/{ADDRESS}/two.jpg)"),
            (f"{ADDRESS}/", f"{ADDRESS}/: not in the folder"),
            (f"{ADDRESS}/link.jpg", "link.jpg: not in the folder"),
            ("ftp://cdn.example/1.jpg", "ftp://cdn.example/1.jpg: not in the folder"),
        ]:
            with pytest.raises(PictureRefused) as caught:
                source.read(ref)
            assert caught.value.reason is ProblemReason.PICTURE_MISSING
            assert caught.value.detail.startswith(told)
        assert source.read(f"a/{ADDRESS}/3.jpg") == b"a"


@pytest.mark.parametrize("name", ["..%2F..%2Fsecret.jpg", "%2e%2e", "%2Fetc%2Fpasswd", "..%5Csecret.jpg", "C%3A1.jpg"])
def test_no_address_leads_outside(root, name):
    assert refusal(root, f"{ADDRESS}/{name}") is ProblemReason.PATH_OUTSIDE


def test_an_address_is_the_file_that_was_planned(root):
    ref = f"{ADDRESS}/two.jpg"
    plan = hashes(root)
    with open_source("folder", root) as source:
        source.expect(plan)
        (root / "late").mkdir()
        (root / "late" / "two.jpg").write_bytes(b"late")
        assert source.read(ref) == b"two"
    with open_source("folder", root) as source:
        source.expect({name: mark for name, mark in plan.items() if name != "sub/Two.JPG"})
        with pytest.raises(PictureRefused, match=r"two.jpg: not in the folder"):
            source.read(ref)
    (root / "sub" / "Two.JPG").unlink()
    with open_source("folder", root) as source:
        source.expect(plan)
        with pytest.raises(DropError, match="changed since the drop was read"):
            source.read(ref)


@pytest.mark.parametrize("ref", ["../../secret.jpg", "sub/../../../secret.jpg", "/etc/passwd", "..\\..\\secret.jpg"])
def test_ways_out_are_refused(root, ref):
    assert refusal(root, ref) is ProblemReason.PATH_OUTSIDE


def test_links_are_followed_inside_and_refused_outside(root):
    (root / "in.jpg").symlink_to(root / "1.jpg")
    (root / "out.jpg").symlink_to(root.parent.parent / "secret.jpg")
    (root / "door").symlink_to(root.parent.parent)
    (root / "dangling.jpg").symlink_to(root / "none.jpg")
    (root / "loop.jpg").symlink_to(root / "loop.jpg")
    with open_source("folder", root) as source:
        assert source.read("in.jpg") == b"one"
    assert refusal(root, "out.jpg") is ProblemReason.PATH_OUTSIDE
    assert refusal(root, "door/secret.jpg") is ProblemReason.PATH_OUTSIDE
    assert refusal(root, "dangling.jpg") is ProblemReason.PICTURE_MISSING
    assert refusal(root, "loop.jpg") is ProblemReason.PICTURE_MISSING


@pytest.mark.timeout(10)
def test_folders_pipes_and_absent_files_are_missing(root):
    os.mkfifo(root / "pipe.jpg")
    for ref in ("sub", "pipe.jpg", "none.jpg", "1.jpg/x", ""):
        assert refusal(root, ref) is ProblemReason.PICTURE_MISSING


def test_a_name_longer_than_the_file_system_takes_is_missing(root):
    for ref in ("x" * 300 + ".jpg", "é" * 200 + ".jpg", "x" * 300 + "/1.jpg"):
        assert refusal(root, ref) is ProblemReason.PICTURE_MISSING


def test_no_refusal_tells_where_the_server_keeps_the_drop(root):
    (root / "loop.jpg").symlink_to(root / "loop.jpg")
    for ref in ("x" * 300, "sub", "1.jpg/x", "loop.jpg"):
        with open_source("folder", root) as source, pytest.raises(PictureRefused) as caught:
            source.read(ref)
        assert str(root) not in str(caught.value)


def test_a_large_file_is_too_large(root):
    (root / "large.jpg").write_bytes(bytes(101))
    assert refusal(root, "large.jpg", max_bytes=100) is ProblemReason.PICTURE_TOO_LARGE


def test_an_absent_folder_stops_the_drop(root):
    with pytest.raises(DropError, match="no such folder of pictures"):
        open_source("folder", root / "none")


def test_an_unknown_kind_names_the_known_ones(root):
    with pytest.raises(UsageError, match="zip, folder, http"):
        open_source("ftp", root)

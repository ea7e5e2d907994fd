import random
import stat
import struct
import tempfile
import zipfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrichment.images.open import open_source
from enrichment.images.policy import ArchivePolicy, ImagePolicy
from enrichment.images.refused import PictureRefused
from schemas.errors import DropError, Terminal
from schemas.records import ProblemReason
from tests.images.pictures import jpeg


@pytest.fixture
def pack(tmp_path):
    def build(members, method=zipfile.ZIP_DEFLATED):
        path = tmp_path / "images.zip"
        with zipfile.ZipFile(path, "w", method) as archive:
            for name, data in members:
                archive.writestr(name, data)
        return path

    return build


def refusal(path, ref, policy=None):
    with open_source("zip", path, policy or ImagePolicy()) as source, pytest.raises(PictureRefused) as caught:
        source.read(ref)
    return caught.value.reason


def patched(path, old, new, count=-1):
    path.write_bytes(path.read_bytes().replace(old, new, count))
    return path


def test_members_are_read_by_any_honest_spelling(pack):
    path = pack([("images/1.jpg", b"one"), ("./images//2.JPG", b"two"), ("images/", b""), ("e\u0301.jpg", b"three")])
    with open_source("zip", path) as source:
        assert source.read("images/1.jpg") == b"one"
        assert source.read("images\\1.jpg") == b"one"
        assert source.read("1.jpg") == b"one"
        assert source.read("images/2.jpg") == b"two"
        assert source.read("é.jpg") == b"three"
        for ref in ("images", "images/3.jpg", ""):
            with pytest.raises(PictureRefused) as caught:
                source.read(ref)
            assert caught.value.reason is ProblemReason.PICTURE_MISSING


def test_names_packed_as_utf8_without_the_flag_are_found(pack):
    path = pack([("caf\u00e9.jpg", b"x")])
    unflagged(path, "café.jpg")
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() != ["café.jpg"]
    with open_source("zip", path) as source:
        assert source.read("café.jpg") == b"x"


def unflagged(path, name):
    """Take the sign of UTF-8 from an archive of one member, as macOS packs it."""
    data = bytearray(path.read_bytes())
    for sign, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + flags + 1] &= ~0x08
    assert data.count(name.encode()) == 2
    path.write_bytes(data)


def test_an_address_is_the_member_of_its_name(pack):
    address = "https://cdn.example/shop"
    path = pack([("web/1.jpg", b"one"), ("web/2.jpg", b"two"), ("thumbs/2.jpg", b"small"), ("web/Grün 3.jpg", b"3")])
    with open_source("zip", path) as source:
        assert source.read(f"{address}/1.jpg?v=2") == b"one"
        assert source.read(f"{address}/Gr%C3%BCn%203.JPG") == b"3"
        assert source.read(f"thumbs/{address}/2.jpg") == b"small"
        for ref, told in [
            (f"{address}/2.jpg", "several files are called 2.jpg and no pictures.prefix tells whose folder"),
            (f"{address}/4.jpg", f"4.jpg: not in the archive (asked for as {address}/4.jpg)"),
            (f"thumbs/{address}/1.jpg", "thumbs/1.jpg: not in the archive"),
            (f"{address}/web%2F1.jpg", "web/1.jpg: not in the archive"),
        ]:
            with pytest.raises(PictureRefused) as caught:
                source.read(ref)
            assert caught.value.reason is ProblemReason.PICTURE_MISSING
            assert caught.value.detail.startswith(told)
    assert refusal(path, f"{address}/..%2F1.jpg") is ProblemReason.PATH_OUTSIDE


def test_an_address_is_the_member_of_its_name_below_a_folder_packed_without_the_flag(pack):
    path = pack([("Bilder für alle/1.jpg", b"x")])
    unflagged(path, "Bilder für alle/1.jpg")
    with zipfile.ZipFile(path) as archive:
        (listed,) = archive.namelist()
    with open_source("zip", path) as source:
        for ref in ("https://cdn.example/1.jpg", "1.jpg", "Bilder für alle/1.jpg", listed):
            assert source.read(ref) == b"x"


def test_of_members_with_one_name_the_last_wins(pack):
    with pytest.warns(UserWarning, match="Duplicate"):
        path = pack([("a.jpg", b"first"), ("a.jpg", b"last")])
    with open_source("zip", path) as source:
        assert source.read("a.jpg") == b"last"


@pytest.mark.parametrize(
    "name", ["../escape.jpg", "/etc/escape.jpg", "C:/escape.jpg", "a/../../escape.jpg", "a\\escape.jpg"]
)
def test_members_that_slip_out_are_refused_by_any_reference(pack, name, tmp_path):
    path = pack([(name, b"x"), ("ok.jpg", b"ok")])
    inside = sorted(p.name for p in tmp_path.iterdir())
    with open_source("zip", path) as source:
        assert source.read("ok.jpg") == b"ok"
        for ref in (name, "escape.jpg", "a/escape.jpg"):
            with pytest.raises(PictureRefused) as caught:
                source.read(ref)
            assert caught.value.reason in {ProblemReason.PATH_OUTSIDE, ProblemReason.PICTURE_MISSING}
    assert refusal(path, name) is ProblemReason.PATH_OUTSIDE
    assert sorted(p.name for p in tmp_path.iterdir()) == inside


def test_a_link_in_the_archive_is_refused(pack):
    link = zipfile.ZipInfo("link.jpg")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert refusal(pack([(link, b"/etc/passwd")]), "link.jpg") is ProblemReason.PATH_OUTSIDE


def test_an_encrypted_member_is_refused(pack):
    path = pack([("a.jpg", b"x" * 100)])
    data = bytearray(path.read_bytes())
    for sign, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + flags] |= 1
    path.write_bytes(data)
    assert refusal(path, "a.jpg") is ProblemReason.PICTURE_CORRUPT


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_hungry_methods_are_refused(pack, method):
    assert refusal(pack([("a.jpg", b"x" * 100)], method), "a.jpg") is ProblemReason.PICTURE_FORMAT


def test_a_bomb_is_refused_by_its_ratio_before_unpacking(pack):
    path = pack([("bomb.png", bytes(40 * 2**20))])
    assert path.stat().st_size < 60_000
    assert refusal(path, "bomb.png") is ProblemReason.ARCHIVE_BOMB


def test_a_small_member_may_be_well_packed(pack):
    with open_source("zip", pack([("flat.bmp", bytes(900_000))])) as source:
        assert len(source.read("flat.bmp")) == 900_000


def test_a_large_member_is_too_large(pack):
    data = random.Random(1).randbytes(3_000)
    assert refusal(pack([("a.jpg", data)]), "a.jpg", ImagePolicy(max_bytes=2_999)) is ProblemReason.PICTURE_TOO_LARGE
    with open_source("zip", pack([("a.jpg", data)]), ImagePolicy(max_bytes=3_000)) as source:
        assert source.read("a.jpg") == data


def test_a_directory_that_lies_about_the_size_does_not_help(pack):
    size = 5_000_000
    path = pack([("a.jpg", bytes(size))])
    patched(path, struct.pack("<I", size), struct.pack("<I", 1_000))
    assert refusal(path, "a.jpg") is ProblemReason.PICTURE_CORRUPT


def test_the_whole_archive_has_a_limit_of_its_own(pack):
    policy = ImagePolicy(archive=ArchivePolicy(max_unpacked_bytes=250))
    path = pack([(f"{n}.jpg", bytes(100)) for n in range(3)])
    with open_source("zip", path, policy) as source:
        assert source.read("0.jpg") == source.read("1.jpg") == bytes(100)
        with pytest.raises(PictureRefused) as caught:
            source.read("2.jpg")
    assert caught.value.reason is ProblemReason.ARCHIVE_BOMB


def test_a_damaged_member_is_corrupt_and_the_others_are_read(pack):
    path = pack([("a.jpg", jpeg(seed=1)), ("b.jpg", jpeg(seed=2))], zipfile.ZIP_STORED)
    patched(path, jpeg(seed=1)[900:1_000], bytes(100))
    assert refusal(path, "a.jpg") is ProblemReason.PICTURE_CORRUPT
    with open_source("zip", path) as source:
        assert source.read("b.jpg") == jpeg(seed=2)


def test_a_local_header_that_disagrees_is_corrupt(pack):
    path = pack([("aaaa.jpg", b"data")])
    patched(path, b"aaaa.jpg", b"bbbb.jpg", 1)
    assert refusal(path, "aaaa.jpg") is ProblemReason.PICTURE_CORRUPT


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip" * 100, b"PK\x05\x06" + b"\xff" * 30])
def test_a_broken_archive_stops_the_drop(tmp_path, data):
    path = tmp_path / "images.zip"
    path.write_bytes(data)
    with pytest.raises(DropError, match="cannot be read as a zip of pictures"):
        open_source("zip", path)
    assert issubclass(DropError, Terminal)


def test_a_truncated_archive_stops_the_drop(pack):
    path = pack([(f"{n}.jpg", jpeg(seed=n)) for n in range(5)])
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DropError):
        open_source("zip", path)


def test_a_member_without_name_is_nobody(pack):
    path = pack([("x", b"1"), ("ok.jpg", b"ok")])
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 46] = 0
    path.write_bytes(data)
    with open_source("zip", path) as source:
        assert source.read("ok.jpg") == b"ok"
    assert refusal(path, "x") is ProblemReason.PICTURE_MISSING


def test_an_absent_archive_stops_the_drop(tmp_path):
    with pytest.raises(DropError, match="No such file") as refused:
        open_source("zip", tmp_path / "none.zip")
    assert str(tmp_path) not in str(refused.value)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_mangled_archives_end_as_bytes_or_as_a_refusal(draw):
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.jpg", b"a" * 300)
        archive.writestr("b/c.jpg", bytes(range(200)))
    data = bytearray(packed.getvalue())
    for _ in range(draw.draw(st.integers(1, 6))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "images.zip")
        path.write_bytes(data)
        for ref in ("a.jpg", "b/c.jpg"):
            with suppress(DropError, PictureRefused), open_source("zip", path) as source:
                assert len(source.read(ref)) <= ImagePolicy().max_bytes


def test_too_many_members_stop_the_drop_before_the_directory_is_read(pack, monkeypatch):
    path = pack([(f"{n}.jpg", b"") for n in range(30)])
    policy = ImagePolicy(archive=ArchivePolicy(max_members=29))
    opened = []
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: opened.append(1))
    with pytest.raises(DropError, match="30 members"):
        open_source("zip", path, policy)
    assert opened == []


def test_a_directory_padded_to_exhaust_memory_stops_the_drop(pack):
    members = []
    for n in range(20):
        info = zipfile.ZipInfo(f"{n}.jpg")
        info.comment = b"x" * 60_000
        members.append((info, b""))
    with pytest.raises(DropError, match="directory of"):
        open_source("zip", pack(members), ImagePolicy(archive=ArchivePolicy(max_members=20)))

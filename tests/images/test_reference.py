import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.images.reference import Spellings, addressed, normalised
from enrichment.images.refused import PictureRefused
from schemas.records import ProblemReason


@pytest.mark.parametrize(
    ("ref", "name"),
    [
        ("a.jpg", "a.jpg"),
        ("./a//b/./c.jpg", "a/b/c.jpg"),
        (" images\\1.jpg ", "images/1.jpg"),
        ("e\u0301.jpg", "é.jpg"),
        ("a..b/c...jpg", "a..b/c...jpg"),
    ],
)
def test_one_spelling(ref, name):
    assert normalised(ref) == name


@pytest.mark.parametrize(
    "ref",
    ["../a", "a/../b", "a\\..\\..\\b", "/etc/passwd", "\\\\host\\share\\a", "C:\\a.jpg", "c:a.jpg", "a\x00.jpg", ".."],
)
def test_ways_out_are_refused(ref):
    with pytest.raises(PictureRefused) as caught:
        normalised(ref)
    assert caught.value.reason is ProblemReason.PATH_OUTSIDE


@pytest.mark.parametrize("ref", ["", " ", ".", "./", "a\nb", "a" * 2_000])
def test_no_name_is_a_missing_picture(ref):
    with pytest.raises(PictureRefused) as caught:
        normalised(ref)
    assert caught.value.reason is ProblemReason.PICTURE_MISSING
    assert len(caught.value.detail) <= 160


@given(st.text(alphabet="ab./\\: \u0301é", max_size=20))
def test_what_is_accepted_stays_inside(ref):
    try:
        name = normalised(ref)
    except PictureRefused:
        return
    assert not name.startswith("/")
    assert not {"", ".", ".."} & set(name.split("/"))
    assert normalised(f"./{name}/x") == f"{name}/x"


def test_exact_before_case_before_tail():
    names = Spellings(["images/A.jpg", "images/a.jpg", "Images/B.JPG", "x/c.jpg", "y/c.jpg", "y/d.jpg"])
    assert names.find("images/a.jpg") == "images/a.jpg"
    assert names.find("images/b.jpg") == "Images/B.JPG"
    assert names.find("b.jpg") == "Images/B.JPG"
    assert names.find("d.jpg") == "y/d.jpg"
    assert names.find("IMAGES/A.JPG") is None
    assert names.find("c.jpg") is None
    assert names.find("x/c.jpg") == "x/c.jpg"
    assert names.find("z/d.jpg") is None
    assert names.find("nothing.jpg") is None


@pytest.mark.parametrize(
    ("ref", "parts"),
    [
        ("https://cdn.example/p/1.jpg", ("", "1.jpg")),
        (" http://cdn.example/1.jpg?a=b/c.jpg#d ", ("", "1.jpg")),
        ("HTTPS://cdn.example:8443/p//e%CC%81%20+%2B.jpg", ("", "é ++.jpg")),
        ("web/https://cdn.example/p/1.jpg", ("web/", "1.jpg")),
        ("https://resize.example/w=3/https://cdn.example/1.jpg", ("", "1.jpg")),
        ("https://cdn.example/100%.jpg", ("", "100%.jpg")),
        ("https://cdn.example/p/", None),
        ("https://cdn.example", None),
        ("https://cdn.example?1.jpg", None),
        ("ftp://cdn.example/1.jpg", None),
        ("//cdn.example/1.jpg", None),
        ("p/1.jpg", None),
    ],
)
def test_the_file_that_an_address_is_of(ref, parts):
    assert addressed(ref) == parts


def test_behind_an_address_is_the_one_file_of_its_name():
    names = Spellings(["1.jpg", "thumbs/1.jpg", "web/2.jpg", "web/3.jpg", "Web/3.JPG"])
    assert names.behind("https://cdn.example/2.JPG") == "web/2.jpg"
    assert names.behind("web/https://cdn.example/2.jpg") == "web/2.jpg"
    assert names.behind("thumbs/https://cdn.example/1.jpg") == "thumbs/1.jpg"
    assert names.behind("https://cdn.example/4.jpg") is None
    assert names.behind("2.jpg") is None
    for ref in ("https://cdn.example/1.jpg", "https://cdn.example/3.jpg"):
        with pytest.raises(PictureRefused, match="several files are called"):
            names.behind(ref)

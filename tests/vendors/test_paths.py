from __future__ import annotations

import pytest

from enrichment.vendors.paths import lookup, root

RECORD = {
    "breadcrumbs": ["Women", "DEF"],
    "media": {"images": [{"url": "a.jpg"}, {"url": "b.jpg"}, {}], "main": "m.jpg"},
    "price.eur": "5",
    "tree": [[1, 2], [3]],
    "none": None,
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("breadcrumbs[0]", "Women"),
        ("breadcrumbs[2]", None),
        ("breadcrumbs[*]", ["Women", "DEF"]),
        ("media.images[*].url", ["a.jpg", "b.jpg", None]),
        ("media.images[1].url", "b.jpg"),
        ("media.main", "m.jpg"),
        ("media.main.deeper", None),
        ("media[0]", None),
        ("media[*]", None),
        ("price.eur", "5"),
        ("tree[0][1]", 2),
        ("tree[*][0]", [1, 3]),
        ("none.x", None),
        ("absent", None),
    ],
)
def test_lookup(path: str, value: object) -> None:
    assert lookup(RECORD, path) == value


@pytest.mark.parametrize(("path", "first"), [("a.b[0]", "a"), ("a", "a"), ("a[*].b", "a"), ("", "")])
def test_root(path: str, first: str) -> None:
    assert root(path) == first

from dataclasses import replace

import pytest

from enrichment.sample.drop_port import Sent
from enrichment.sample.drop_sizes import SizesDrop, flat_kind
from enrichment.sample.item import item

SENT = {
    "right": ("Women", "Clothing", "Tops", "Shirts"),
    "def": ("DEF", "Clothing", "DEF", "Shirts"),
    "blank": ("Women", "", "Tops", ""),
    "wrong": ("Women", "Shoes", "Heels", "Heels"),
    "shifted": ("Women", "DEF", "Clothing", "DEF"),
    "repeated": ("Women", "Clothing", "Clothing", "Shirts"),
    "synonym": ("WOMENS", "Apparel", "Tops", "Shirts"),
}


def filed(kind):
    base = item(1, 0)
    look = replace(base.look, gender="women", article_type="Shirts")
    return replace(
        base, look=look, path=SENT["right"], sent=SENT[kind], filing=kind, sizes=("S", "M"), name="Ärmel 5 € „x“ 長"
    )


@pytest.mark.parametrize(
    ("kind", "told", "gender", "product_type"),
    [
        ("right", "right", "Women", "Shirts"),
        ("def", "def", "DEF", "DEF"),
        ("blank", "blank", "Women", ""),
        ("wrong", "wrong", "Women", "Heels"),
        ("shifted", "right", "Women", "Shirts"),
        ("repeated", "right", "Women", "Shirts"),
        ("synonym", "synonym", "WOMENS", "Shirts"),
    ],
)
def test_only_what_two_columns_can_say_is_damaged(tmp_path, kind, told, gender, product_type):
    drop = SizesDrop(tmp_path)
    assert drop.add(Sent("SZ1", filed(kind), photos=(b"jpeg",))) == told == flat_kind(filed(kind))
    drop.close()
    rows = [line.split("\t") for line in (tmp_path / "feed.txt").read_bytes().decode("cp1252").splitlines()[1:]]
    assert [row[0] for row in rows] == ["SZ1-S", "SZ1-M"]
    assert {(row[4], row[5]) for row in rows} == {(gender, product_type)}
    assert rows[0][2] == "Ärmel 5 € „x“ ?"
    assert (tmp_path / "pictures" / "SZ1.jpg").read_bytes() == b"jpeg"


def test_a_synonym_below_the_division_is_not_sent(tmp_path):
    known = replace(filed("synonym"), sent=("Women", "Apparel", "Tops", "Shirts"))
    assert flat_kind(known) == "right"

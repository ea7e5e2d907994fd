import io

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from enrichment.sample.backdrop import BACKDROPS, backdrop
from enrichment.sample.defects import bomb
from enrichment.sample.fabric import weave
from enrichment.sample.look import look, nodes
from enrichment.sample.looks import looks
from enrichment.sample.picture import picture
from enrichment.sample.streams import LOOK, stream
from enrichment.sample.training import DRAWN_ATTRIBUTES, write_training
from schemas.attribute_spec import attributes
from schemas.group_spec import groups

TYPES = sorted((group, kind) for group, kinds in looks().types.items() for kind in kinds)


@pytest.fixture(scope="module")
def one_of_each():
    found = {}
    for i in range(6_000):
        what = look(2, i)
        found.setdefault(what.article_type, (i, what))
    return found


@pytest.mark.parametrize(("group", "kind"), TYPES)
def test_every_article_type_is_drawn(one_of_each, group, kind):
    i, what = one_of_each[kind]
    drawn = picture(what, 2, i, size=(120, 160))
    pixels = np.asarray(drawn, dtype=float)
    assert what.group == group
    assert drawn.size == (120, 160)
    assert drawn.mode == "RGB"
    edge = np.median(np.concatenate([pixels[0], pixels[-1]]), axis=0)
    assert (np.abs(pixels - edge).max(axis=2) > 12).mean() > 0.01, "nothing stands out from the background"


def test_declared_looks_are_declared_elsewhere_too():
    patterns = {v.name for v in attributes().get("pattern").values}
    assert set(looks().groups) == set(groups().names) == set(looks().types)
    assert set(looks().patterns) <= patterns
    inside = {kind for group, kind in TYPES if group != "other"}
    assert inside <= set(nodes())
    names = {v.name for a in ("neckline", "collar") for v in attributes().get(a).values}
    assert {neck for necks in looks().necks.values() for neck in necks} <= names


def test_every_group_and_many_values_occur():
    seen = [look(5, i) for i in range(1500)]
    assert {what.group for what in seen} == set(groups().names)
    assert len({what.values.get("neckline") for what in seen}) >= 10
    assert {what.values.get("sleeve_length") for what in seen} >= {
        "sleeveless",
        "cap",
        "short",
        "three_quarter",
        "long",
    }


def test_a_look_depends_on_seed_and_number_alone():
    assert look(1, 7) == look(1, 7)
    assert [look(1, i) for i in range(20)] != [look(2, i) for i in range(20)]
    assert stream(1, 2, LOOK).random() == stream(1, 2, LOOK).random()


def test_views_show_the_same_product_in_another_take():
    what = look(1, 7)
    first, again, other = (picture(what, 1, 7, (90, 120), view=view) for view in (0, 0, 1))
    assert first.tobytes() == again.tobytes() != other.tobytes()


def test_solid_cloth_has_its_colour():
    drawn = ((i, look(3, i)) for i in range(3000))
    plain = {"colour": "red", "pattern": "solid"}
    i, what = next((i, w) for i, w in drawn if w.group == "top" and plain.items() <= w.values.items())
    pixels = np.asarray(picture(what, 3, i, (120, 160)), dtype=float)
    middle = pixels[70:90, 52:68].reshape(-1, 3).mean(axis=0)
    assert middle[0] > 1.8 * max(middle[1], middle[2])


@pytest.mark.parametrize("pattern", [*looks().patterns, "denim", "unheard_of"])
def test_weaves_fill_the_canvas(pattern):
    cloth = weave(pattern, 96, 72, (180.0, 40.0, 40.0), (240.0, 240.0, 240.0), np.random.default_rng(0))
    assert cloth.shape == (96, 72, 3)
    assert cloth.dtype == np.float32
    assert cloth.min() >= 0
    assert cloth.max() <= 255
    assert pattern in ("solid", "denim", "unheard_of") or cloth.std(axis=(0, 1)).max() > 15


@pytest.mark.parametrize("kind", BACKDROPS)
def test_backdrops_fill_the_canvas(kind):
    ground = backdrop(kind, 80, 60, np.random.default_rng(1))
    assert ground.shape == (80, 60, 3)
    assert ground.dtype == np.float32
    assert np.isfinite(ground).all()


def test_training_rows_hold_picture_and_labels(tmp_path):
    path = write_training(tmp_path / "t" / "train.parquet", 24, seed=5, side=64)
    table = pq.read_table(path)
    assert table.num_rows == 24
    assert set(DRAWN_ATTRIBUTES) < set(table.schema.names)
    for row in table.to_pylist():
        with Image.open(io.BytesIO(row["image"])) as image:
            assert image.format == "JPEG"
            assert image.size == (48, 64)
        assert row["image_group"] in groups().names
        assert row["neckline"] is None or attributes().get("neckline").applies_to(row["image_group"])
    again = write_training(tmp_path / "again.parquet", 24, seed=5, side=64)
    assert again.read_bytes() == path.read_bytes()


def test_the_bomb_is_small_on_disk_and_large_unpacked(monkeypatch):
    data = bomb(4_000)
    assert len(data) < 10_000
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (4_000, 4_000)

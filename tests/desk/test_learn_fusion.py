import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from enrichment.desk import learn_fusion
from enrichment.desk.learn_fusion import examples_of, photos_of, products_of, train_fusion
from enrichment.fusion.calibrate import OperatingPoint
from enrichment.fusion.learn import Learned, Lesson
from enrichment.fusion.weights import declared
from enrichment.models.registry import Kind, starter
from enrichment.models.version import gated, open_version
from enrichment.vision.splits import TEST_BRAND, TEST_CLUSTER, TRAIN, VALIDATION
from nlp.catalog import build
from schemas.attribute_spec import attributes
from schemas.records import Source

EVERY = {TRAIN, VALIDATION, TEST_BRAND, TEST_CLUSTER}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Forty invented shirts and watches, in the shape of the product shots."""
    folder = tmp_path_factory.mktemp("data")
    kinds = [("Shirts", "top", "Clothing", "Tops", "Shirts"), ("Watches", "watch", "Accessories", "Watches", "Watches")]
    rows = []
    for at in range(40):
        name, group, department, class_, subclass = kinds[at % 2]
        rows.append(
            {
                "id": at,
                "title": f"Brand{at % 7} Men Blue {name}",
                "gender": "Men",
                "article_type": name,
                "colour": "Blue",
                "image_group": group,
                "cluster": str(at),
                "image": b"picture",
                "division": "Men",
                "department": department,
                "class": class_,
                "subclass": subclass,
            }
        )
    (folder / "fashion-products").mkdir()
    pq.write_table(pa.Table.from_pylist(rows), folder / "fashion-products/train.parquet")
    photos = [{"sender_id": at % 5, "image": b"photo", "image_group": "top"} for at in range(20)]
    (folder / "clothing-photos").mkdir()
    pq.write_table(pa.Table.from_pylist(photos), folder / "clothing-photos/train.parquet")
    return folder


def test_filings_are_damaged_the_same_for_a_seed_and_never_the_truth(data):
    one = products_of(data, attributes(), EVERY, seed=3)
    assert one == products_of(data, attributes(), EVERY, seed=3)
    other = products_of(data, attributes(), EVERY, seed=4)
    assert [k.product for k in one] != [k.product for k in other]
    assert [k.truth for k in one] == [k.truth for k in other]
    assert {k.truth["image_group"] for k in one} == {"top", "watch"}
    assert any(k.product.levels != (None,) * 5 for k in one)
    assert any(k.product.fields for k in one)


def test_the_splits_part_the_products(data):
    parts = [{k.product.sku for k in products_of(data, attributes(), {split}, seed=3)} for split in sorted(EVERY)]
    assert sum(len(part) for part in parts) == len(set().union(*parts)) == 40


def test_a_photo_has_a_group_and_no_words(data):
    photos = photos_of(data, EVERY | {"test_sender"})
    assert len(photos) == 20
    assert all(k.truth == {"image_group": "top"} and not k.product.name for k in photos)


def test_an_example_holds_what_vendor_and_words_claim(data):
    class Plain:
        def __init__(self):
            self.reader = build(ner=False)

        def read(self, texts):
            return self.reader.read(texts)

    known = products_of(data, attributes(), EVERY, seed=3)
    made = examples_of(known, attributes(), Plain(), None)
    assert [example.truth for example in made] == [k.truth for k in known]
    sources = {claim.source for example in made for claim in example.claims}
    assert sources == {Source.VENDOR, Source.TEXT}
    assert all({"image_group", "gender"} <= {c.attribute for c in example.claims} for example in made)


def test_training_writes_what_a_successor_must_reach(tmp_path, monkeypatch):
    lesson = Lesson("colour", 846, 0.9, 0.918439, 0.02, OperatingPoint(0.5, 0.948, 0.955))
    learned = Learned(declared(attributes()), (lesson,))
    monkeypatch.setattr(learn_fusion, "Looker", lambda *given: None)
    monkeypatch.setattr(learn_fusion, "learn_fusion", lambda *given: learned)
    made = open_version(train_fusion(tmp_path, tmp_path / "v2", "v2"), Kind.FUSION)
    assert gated(made) == {"colour": 0.9184}
    (written,) = json.loads((made.folder / "metrics.json").read_text())["lessons"]
    assert written["examples"] == 846
    assert written["point"] == {"threshold": 0.5, "precision": 0.948, "coverage": 0.955}
    assert {path.name for path in made.folder.iterdir()} == {
        path.name for path in starter(Kind.FUSION).folder.iterdir()
    } | {"version.json"}


def test_the_packaged_weights_were_measured():
    assert set(gated(starter(Kind.FUSION))) == {"image_group", "article_type", "gender", "colour"}

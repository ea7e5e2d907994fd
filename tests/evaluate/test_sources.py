import pyarrow as pa
import pytest

from enrichment.evaluate.report import as_json, gain_table
from enrichment.evaluate.score import score
from enrichment.evaluate.sources import fusion_gain

LEVELS = ("division", "department", "class", "subclass")
SOURCES = ("image", "text")


def tables(n, fused, image, text):
    """Colour is black for all; each list says which products an answer is right for (None: no claim)."""
    base = {"vendor": "acme", "image_group": "top", **dict.fromkeys(LEVELS, "X")}
    truth = [{**base, "sku": str(k), "night": "1", "filing": "right", "colour": "Black"} for k in range(n)]
    rows = [{**base, "sku": str(k), "attr_colour": "black" if fused(k) else "red"} for k in range(n)]
    claims = [
        {"vendor": "acme", "sku": str(k), "attribute": "colour", "value": "black" if right(k) else "white",
         "source": source, "confidence": 0.5}
        for source, right in (("image", image), ("text", text))
        for k in range(n)
        if right(k) is not None
    ]  # fmt: skip
    return pa.Table.from_pylist(rows), pa.Table.from_pylist(claims), pa.Table.from_pylist(truth)


def test_fusing_gains_where_sources_err_apart():
    found = fusion_gain(*tables(200, lambda k: True, lambda k: k % 5 != 0, lambda k: k % 4 != 0))
    row = found.attributes[0]
    assert (row.attribute, row.n, row.fused, row.best) == ("colour", 200, 1.0, "image")
    assert row.alone == pytest.approx({"image": 0.8, "text": 0.75})
    assert found.gain == pytest.approx(0.2)
    assert 0.1 < found.low < 0.2 < found.high < 0.3


def test_fusing_worse_than_a_source_shows_as_loss():
    found = fusion_gain(*tables(60, lambda k: k % 2 == 0, lambda k: True, lambda k: False))
    assert found.gain == pytest.approx(-0.5)
    assert found.high < 0


def test_silence_is_not_rewarded():
    found = fusion_gain(*tables(40, lambda k: True, lambda k: True if k < 10 else None, lambda k: False))
    assert found.attributes[0].alone["image"] == pytest.approx(0.25)


def test_the_most_confident_claim_speaks_for_its_source_whatever_the_order():
    published, claims, truth = tables(10, lambda k: True, lambda k: True, lambda k: True)
    doubt = claims.set_column(3, "value", pa.array(["pink"] * claims.num_rows)).set_column(
        claims.schema.get_field_index("confidence"), "confidence", pa.array([0.1] * claims.num_rows)
    )
    for mixed in (pa.concat_tables([claims, doubt]), pa.concat_tables([doubt, claims])):
        assert fusion_gain(published, mixed, truth).attributes[0].alone["text"] == 1


def test_equal_input_equal_interval():
    data = tables(50, lambda k: k % 3 != 0, lambda k: k % 2 == 0, lambda k: k % 5 == 0)
    assert fusion_gain(*data) == fusion_gain(*data)


def test_nothing_claimed_is_no_gain():
    published, claims, truth = tables(5, lambda k: True, lambda k: True, lambda k: True)
    assert fusion_gain(published, claims.slice(0, 0), truth) is None


def test_reported_beside_the_scores():
    published, claims, truth = tables(20, lambda k: True, lambda k: k > 3, lambda k: False)
    for level in LEVELS:
        published = published.append_column(f"vendor_{level}", pa.array(["X"] * 20))
    truth = truth.append_column("article_type", pa.nulls(20, pa.string()))
    gain = fusion_gain(published, claims, truth)
    told = as_json(score(published, truth), gain)
    assert told["fusion"]["gain"] == pytest.approx(0.2)
    assert "+0.200" in str(gain_table(gain).title)

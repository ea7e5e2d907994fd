import numpy as np
import pytest

from enrichment.sample.item import Trade, item, trade
from enrichment.sample.look import look, nodes
from enrichment.sample.looks import looks
from enrichment.sample.scuffs import scuffed
from enrichment.sample.wording import wording
from enrichment.sample.words import description, name, phrase
from schemas.attribute_spec import attributes

NIGHTS = range(3)


def rng(seed=0):
    return np.random.default_rng(seed)


def test_names_begin_with_a_brand_and_say_what_it_is():
    for i in range(120):
        product = item(4, i)
        assert product.name.split()[0][:2] == product.brand[:2]
        assert len(product.name.split()) >= 2


def test_descriptions_say_what_was_drawn():
    what = next(w for i in range(500) if (w := look(1, i)).values.get("sleeve_length") == "long" and w.group == "dress")
    told = [description(what, "cotton", rng(seed)).lower() for seed in range(80)]
    assert sum("sleeve" in text for text in told) > 40
    assert any("<li>" in text for text in told)
    assert any("cotton" in text for text in told)
    assert any(text == "" for text in told)
    assert any(".m" in text or "dressm" in text or "%" in text for text in told)


def test_phrases_are_of_declared_values():
    declared = {a.name: {v.name for v in a.values} for a in attributes().attributes}
    for attribute, values in wording().wording.items():
        assert set(values) <= declared[attribute], attribute
    assert phrase("fit", "slim", rng()) == "slim fit"
    assert phrase("dial_colour", "navy_blue", rng()) == "navy blue dial"


def test_materials_are_declared():
    known = {v.name for v in attributes().get("material").values}
    assert {m for several in wording().materials.values() for m in several} <= known
    assert set(wording().nouns) <= {kind for kinds in looks().types.values() for kind in kinds}


def test_a_name_without_wearer_or_colour_still_names_the_type():
    what = look(1, 3)
    assert all(name(what, "Brand", rng(seed)) for seed in range(50))


@pytest.mark.parametrize("text", ["", "short", "a b c", "V-neck 3/4"])
def test_scuffs_leave_short_words_and_signs_alone(text):
    assert scuffed(text, rng(), 0.0) == text
    assert scuffed("a b c", rng(), 1.0) == "a b c"


def test_scuffs_change_words_by_a_letter():
    scuffs = {scuffed("cardigan", rng(seed), 1.0) for seed in range(60)}
    assert len(scuffs) > 10
    assert all(abs(len(word) - 8) <= 1 and word[0] == "c" and word[-1] == "n" for word in scuffs)


def test_trades_cover_news_changes_and_withdrawals():
    trades = [trade(8, i, NIGHTS) for i in range(3000)]
    assert 0.08 < sum(t.first > 0 for t in trades) / 3000 < 0.16
    assert 0.06 < sum(bool(t.changes) for t in trades) / 3000 < 0.14
    assert 0.01 < sum(t.gone is not None for t in trades) / 3000 < 0.05
    assert all(t.gone is None or t.gone > t.first for t in trades)


def test_a_product_is_sent_when_new_or_changed_and_never_after_it_went():
    when = Trade(0.5, first=1, changes=(2, 4), gone=3)
    assert [when.sends(k) for k in range(5)] == [False, True, True, False, False]
    assert [when.version(k) for k in range(5)] == [0, 0, 1, 1, 2]
    assert not when.known(0)


def test_a_change_keeps_the_product_and_rewrites_its_words():
    before, after = item(2, 11, 0), item(2, 11, 1)
    assert (before.look, before.brand, before.name, before.path) == (after.look, after.brand, after.name, after.path)
    assert (before.price, before.description) != (after.price, after.description)


def test_paths_are_those_of_the_taxonomy():
    for i in range(200):
        product = item(6, i)
        assert product.path[1:] == nodes().get(product.look.article_type, ("", "", ""))
        assert product.path[0] in {"Men", "Women", "Kids", "Unisex"}

"""The recogniser: values by their context and mark, and the word classes that marks come from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nlp.catalog import STARTER, ProductText, build
from nlp.ner import Recogniser
from nlp.training.held_out_spellings import Held, points, spelling_fold
from nlp.training.silver import Clause
from nlp.training.word_class_training import train_word_classes
from nlp.word_classes import STRANGE, WordClasses
from schemas.attribute_spec import attributes

GOLDEN = Path(__file__).parents[1] / "golden"
COLOURS = ["red", "blue", "green", "black", "white", "pink", "brown", "grey", "mint", "teal"]
SHAPES = ["long", "short", "wide", "narrow", "light", "heavy", "soft", "warm", "new", "fine"]


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser.load(STARTER)


def test_words_keep_their_marks(tmp_path: Path) -> None:
    classes = WordClasses({"cherry": "colour3", "tunic": "none"})
    classes.save(tmp_path)
    again = WordClasses.load(tmp_path)
    assert again.of(["cherry", "tunic", "zibbly"]) == ["colour3", "none", STRANGE]
    assert len(again.without(frozenset({"cherry"}))) == 1


def _toy() -> tuple[list[tuple[str, list[str]]], list[Clause]]:
    texts, labelled = [], []
    for brand in "abcd":
        for colour in [*COLOURS, "zibbly"]:
            for noun in ("shirt", "dress"):
                texts.append((brand, ["in", colour, "hue", noun]))
                spans = (("colour", 1, 2),) if colour in COLOURS else ()
                labelled.append(Clause(brand, ("in", colour, "hue", noun), spans))
        for shape in SHAPES:
            for noun in ("shirt", "dress"):
                texts.append((brand, ["a", shape, "cut", noun]))
                labelled.append(Clause(brand, ("a", shape, "cut", noun), ()))
    return texts, labelled


def test_a_word_is_marked_by_the_company_it_keeps() -> None:
    texts, labelled = _toy()
    classes = train_word_classes(texts, labelled, frozenset(), hidden=frozenset({"zibbly", "teal"}))
    marks = dict(zip(["zibbly", "teal", "red", "soft"], classes.of(["zibbly", "teal", "red", "soft"]), strict=True))
    assert marks["zibbly"].startswith("colour")
    assert marks["teal"] == marks["zibbly"], "hidden labels make no difference"
    assert marks["red"].startswith("colour")
    assert marks["soft"] == "none" or marks["soft"] < marks["zibbly"]


def test_private_words_have_no_mark() -> None:
    texts, labelled = _toy()
    assert train_word_classes(texts, labelled, frozenset({"red"})).of(["red"]) == [STRANGE]


def test_a_value_that_nobody_declared_is_found(recogniser: Recogniser) -> None:
    assert ("fit", 2, 4) in recogniser.spans(["men", "blue", "zibbly", "fit", "jeans"])
    assert recogniser.spans(["machine", "wash", "cold"]) == ()


def test_a_clause_is_read_by_itself(recogniser: Recogniser) -> None:
    clauses = [("women", word, "printed", "top") for word in ("cherry", "zibbly", "red", "urban")]
    together = Recogniser.load(STARTER)
    together.learn(clauses)
    assert [recogniser.spans(c) for c in reversed(clauses)] == [together.spans(c) for c in reversed(clauses)]


def test_leaning_towards_nothing_finds_less() -> None:
    leaning = Recogniser.load(STARTER)
    clause = ("men", "blue", "zibbly", "fit", "jeans")
    before = len(leaning.spans(clause))
    leaning.lean(100.0)
    assert before > len(leaning.spans(clause)) == 0


def test_the_words_it_knows_name_no_values(recogniser: Recogniser) -> None:
    assert recogniser.strange(["crimson", "zibbly", "with", "fit", "52"]) == [True, True, False, False, False]


def test_what_the_vocabulary_explains_is_no_unknown_value() -> None:
    product = ProductText("v", "1", "Orange County Choppers Keyring")
    assert not any(c.attribute == "colour" for c in build().read([product])[0])


def test_a_claim_is_as_sure_as_its_value_is_resolved() -> None:
    product = ProductText("v", "1", "Acme Women Blue Slimm Fit Jeans")
    claims = [c for c in build().read([product])[0] if c.producer.startswith("ner@")]
    assert [(c.attribute, c.value, c.confidence) for c in claims] == [("fit", "slim", 0.53)]


def test_points_count_what_is_found_and_what_is_wrong() -> None:
    clause = Clause("a", ("cherry", "top", "zibbly"), (("colour", 0, 1),))
    found = [
        Held(clause, ("colour", 0, 1), 2.0, true=True),
        Held(clause, ("colour", 0, 1), None, true=True),
        Held(clause, ("colour", 2, 3), 0.5, true=False),
    ]
    by_leaning = {p.leaning: p for p in points(found)}
    assert (by_leaning[0.0].recall, by_leaning[0.0].precision, by_leaning[0.0].n) == (0.5, 0.5, 2)
    assert (by_leaning[1.0].recall, by_leaning[1.0].precision, by_leaning[1.0].n) == (0.5, 1.0, 1)
    assert {p.precision for p in points(found, lambda held: True)} == {1.0, 0.0}


def test_spellings_fall_into_tenths() -> None:
    folds = [spelling_fold(s) for a in attributes().attributes for v in a.values for s in v.spellings]
    assert all(0.07 < folds.count(k) / len(folds) < 0.13 for k in range(10))


def test_judged_findings_name_declared_values() -> None:
    declared = {a.name: {v.name for v in a.values} for a in attributes().attributes}
    for line in (GOLDEN / "unknown_values.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        assert row.get("value") is None or (row["right"] and row["value"] in declared[row["attribute"]])

from __future__ import annotations

import random

import pytest

from enrichment.fusion.calibrate import Scored, expected_error, operating_point
from enrichment.fusion.learn import Example, accuracy, by_words, learn, readings, shares_of_gender, shares_of_type
from enrichment.fusion.search import descend
from enrichment.fusion.weights import declared
from schemas.attribute_spec import attributes
from tests.fusion.claims import claim

_COLOURS = ("red", "blue", "black", "white", "green")


def _examples(count: int, seed: int) -> list[Example]:
    """Pictures know the colour nine times in ten, words every other time, and both say 0.8."""
    rng = random.Random(seed)
    made = []
    for _ in range(count):
        truth = rng.choice(_COLOURS)
        seen = truth if rng.random() < 0.9 else rng.choice(_COLOURS)
        said = truth if rng.random() < 0.3 else rng.choice(_COLOURS)
        claims = (claim("colour", seen, "image", 0.8, "p"), claim("colour", said, "text", 0.8))
        made.append(Example(claims, {"colour": truth}))
    return made


def test_learning_finds_the_better_source() -> None:
    learned = learn(_examples(500, 1), attributes(), "learned@1")
    fresh = _examples(300, 2)
    after = accuracy(attributes(), learned.weights, fresh, "colour")
    assert after > accuracy(attributes(), declared(attributes()), fresh, "colour") - 0.01
    assert after >= 0.87
    (lesson,) = learned.lessons
    assert lesson.attribute == "colour"
    assert lesson.calibration_error < 0.1


def test_learning_is_deterministic_and_needs_enough_examples() -> None:
    few = _examples(40, 3)
    assert learn(few, attributes(), "x@1").lessons == ()
    some = _examples(160, 4)
    assert learn(some, attributes(), "x@1").weights.to_json() == learn(some, attributes(), "x@1").weights.to_json()


def test_operating_point_reaches_its_target_with_most_coverage() -> None:
    scored = [Scored(0.95, True)] * 90 + [Scored(0.7, True)] * 5 + [Scored(0.7, False)] * 5
    strict, loose = operating_point(scored, 0.99), operating_point(scored, 0.95)
    assert (strict.threshold, strict.coverage) == (0.95, 0.9)
    assert (loose.threshold, loose.coverage) == (0.5, 1.0)
    assert operating_point([], 0.9).coverage == 0.0
    assert operating_point([Scored(0.9, False)], 0.9).precision == 0.0


def test_calibration_error_of_honest_and_boasting_probabilities() -> None:
    honest = [Scored(0.75, i % 4 != 0) for i in range(400)]
    boasting = [Scored(0.95, i % 2 == 0) for i in range(400)]
    assert expected_error(honest) == pytest.approx(0.0, abs=1e-9)
    assert expected_error(boasting) == pytest.approx(0.45)
    assert expected_error([]) == 0.0


def test_search_finds_a_bowl_and_stays_in_bounds() -> None:
    found = descend(lambda p: (p[0] - 1.7) ** 2 + (p[1] + 9.0) ** 2, [0.0, 0.0], [(-5, 5), (-4, 4)])
    assert found == pytest.approx([1.7, -4.0], abs=0.05)


def test_shares_are_smoothed_distributions() -> None:
    truths = [{"article_type": "Bra", "gender": "women"}] * 50 + [{"article_type": "Ties", "gender": "men"}] * 3
    shares = shares_of_gender(truths)
    assert shares["Bra"]["women"] > 0.9 > shares["Ties"]["men"]
    assert sum(shares["Ties"].values()) == pytest.approx(1.0, abs=1e-3)
    types = shares_of_type(truths)
    assert types["Bra"] > types["Ties"] > 1.0


def test_pictures_without_known_truth_are_calibrated_against_words() -> None:
    rng = random.Random(9)
    examples = []
    for _ in range(300):
        truth = rng.choice(["solid", "striped", "printed"])
        seen = truth if rng.random() < 0.5 else rng.choice(["solid", "striped", "printed"])
        claims = (claim("pattern", truth, "text", 0.9), claim("pattern", seen, "image", 0.97, "p"))
        examples.append(Example(claims, {}))
    weights = learn(examples, attributes(), "x@1", explicit={"text:test"}).weights.attributes["pattern"]
    assert weights.sources["image:test"].probability(0.97) < 0.8
    assert weights.sources["text"].probability(0.9) > 0.8
    assert by_words(examples, "pattern", ()) == []


def test_a_handful_of_slips_gives_a_word_no_other_meaning() -> None:
    def said(count: int) -> dict[str, float]:
        claims = (claim("article_type", "Flats", "text", 0.8),)
        return readings([Example(claims, {"article_type": "Heels"})] * count, "article_type", "text:test")["Flats"]

    few, many = said(7), said(70)
    assert few["Flats"] > few["Heels"]
    assert many["Heels"] > many["Flats"]

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from nlp.catalog import STARTER
from nlp.lexicon import Lexicon
from nlp.linear import Head, LinearModels, grams
from nlp.training.corpus import Example, brands, fold
from nlp.training.linear_training import featured, fit, matrix, shared_terms

_NAMES = [
    ("Lipstick", "Acme{} Matte Lipstick"),
    ("Watches", "Brio{} Men Steel Watch"),
    ("Jeans", "Crux{} Blue Denim Jeans"),
]


def _examples() -> list[Example]:
    found = []
    for article, pattern in _NAMES:
        for i in range(12):
            name = pattern.format("abcdef"[i % 6])
            occasion = "casual" if i % 2 else "party"
            found.append(Example(f"{article}{i}", name.split()[0].lower(), name, "", article, "men", occasion))
    return found + [Example(f"w{i}", f"b{i}", "Item Women", gender="women") for i in range(6)]


def test_terms_cross_no_break() -> None:
    assert [g for g, _, _ in grams(["red", "shirt", ",", "new"])] == ["red", "red shirt", "shirt", "new"]


def test_a_fitted_model_agrees_with_a_slow_oracle_and_survives_saving(lexicon: Lexicon, tmp_path: Path) -> None:
    data = featured(lexicon, _examples())
    models = fit(data, brands(data.examples), lexicon.words, {})
    models.save(tmp_path)
    loaded = LinearModels.load(tmp_path)
    terms = shared_terms(data, brands(data.examples), lexicon.words)
    x, _ = matrix(terms, data)
    head = next(h for h in models.heads if h.name == "article_type")
    columns = slice(head.first, head.first + len(head.classes))
    slow = x.toarray() @ models._weights[:, columns] + head.bias
    for row, (example, words) in enumerate(zip(data.examples, data.terms, strict=True)):
        if example.article_type is None:
            continue
        answer = loaded.answer([(w, 0, 1) for w in words])["article_type"]
        assert answer.value == head.classes[int(slow[row].argmax())] == example.article_type
        exp = np.exp(slow[row] - slow[row].max())
        assert np.allclose(answer.scores, exp / exp.sum(), atol=2e-3)
        assert np.isclose(answer.scores.sum(), 1.0, atol=1e-5)


def test_an_inverse_temperature_multiplies_margins_and_keeps_its_key_in_files(tmp_path: Path) -> None:
    bias = np.array([0.25, -0.25], dtype=np.float32)
    head = Head("gender", ("men", "women"), 0, 4.0, bias)
    weights = np.array([[0.5, -0.5]], dtype=np.float32)
    LinearModels(["acme"], np.ones(1, dtype=np.float32), weights, [head]).save(tmp_path)
    answer = LinearModels.load(tmp_path).answer([("acme", 0, 1)])["gender"]
    # Guo et al. divide margins by T = 1 / 4: the difference of 1.5 counts as 6.
    assert answer.probability == round(1 / (1 + np.exp(-1.5 / 0.25)), 5)
    stored = json.loads((STARTER / "linear.json").read_text(encoding="utf-8"))
    shipped = {head.name: head.inverse_temperature for head in LinearModels.load(STARTER).heads}
    assert shipped == {head["name"]: head["temperature"] for head in stored["heads"]}
    assert min(shipped.values()) > 1


def test_products_asked_about_together_get_the_answers_they_get_alone() -> None:
    models = LinearModels.load(STARTER)
    names = ["men blue slim fit jeans", "zzzz", "women gold toned earrings", "red red red lipstick matte", "watch"]
    asked = [list(grams(name.split())) for name in names]
    for sure in (0.0, 0.9):
        for together, terms in zip(models.answers(asked, sure), asked, strict=True):
            alone = models.answer(terms, sure)
            assert list(alone) == list(together)
            for name, answer in alone.items():
                assert (answer.value, answer.probability, answer.start, answer.end) == (
                    together[name].value, together[name].probability, together[name].start, together[name].end,
                )  # fmt: skip
                assert (answer.scores == together[name].scores).all()
    assert models.answers([]) == []


def test_brand_words_are_no_terms(lexicon: Lexicon) -> None:
    data = featured(lexicon, _examples())
    terms = shared_terms(data, brands(data.examples), lexicon.words)
    assert "lipstick" in terms
    assert not [t for t in terms if "acme" in t]


def test_unknown_words_say_nothing() -> None:
    assert LinearModels.load(STARTER).answer([("zzzz", 0, 1)]) == {}


def test_folds_are_stable_and_even() -> None:
    counts = np.bincount([fold(f"brand {i}") for i in range(2_000)])
    assert len(counts) == 5
    assert counts.min() > 300
    assert fold("acme") == fold("acme")

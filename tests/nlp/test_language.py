from __future__ import annotations

import pytest

from nlp.catalog import ProductText, TextReader
from nlp.language import _foreign
from nlp.spelling import COMMON


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Herren Schuhe Schwarz", "de"),
        ("Damen Sommerkleid mit Blumenmuster und kurzen Ärmeln", "de"),
        ("Robe longue pour femme en coton bleu", "fr"),
        ("robe longue en coton", "fr"),
        ("Vestido largo de mujer con mangas cortas", "es"),
        ("Camicia uomo a maniche lunghe bianca", "it"),
        ("Dames jurk met lange mouwen zwart", "nl"),
        ("Мужская рубашка из хлопка", "unknown"),
        ("男士衬衫 棉", "unknown"),
    ],
)
def test_words_of_another_language_are_withheld_and_counted(reader: TextReader, text: str, language: str) -> None:
    key = f"withheld:abroad:{language}"
    before = reader.counts[key]
    assert reader.read([ProductText("abroad", "1", text, "")]) == [[]]
    assert reader.counts[key] == before + 1


@pytest.mark.parametrize(
    "text",
    [
        "Titan Men Raga",
        "Puma Men Ferrari Drift Cat Shoes",
        "Fossil FS4577",
        "Banarasi Silk Saree",
        "Eau de Toilette pour Homme 100 ml",
        "Lakme Radiance Compact",
        "Kurta",
        "XK-2201",
    ],
)
def test_english_names_with_strange_words_are_read(reader: TextReader, text: str) -> None:
    before = sum(n for k, n in reader.counts.items() if k.startswith("withheld"))
    reader.read([ProductText("home", "1", text, "")])
    assert sum(n for k, n in reader.counts.items() if k.startswith("withheld")) == before


def test_no_word_of_another_language_is_mended_into_an_english_one() -> None:
    abroad = {code: words & COMMON.keys() for code, words in _foreign().items() if code != "en"}
    assert {code: words for code, words in abroad.items() if words} == {}


def test_every_mended_spelling_is_another_one() -> None:
    assert [word for word, mended in COMMON.items() if word == mended or mended in COMMON] == []

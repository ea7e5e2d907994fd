"""Make the trained parts that ship in ``nlp/starter``, or measure them on brands that were held out."""

from __future__ import annotations

import json
from pathlib import Path

from nlp.lexicon import Lexicon
from nlp.training.calibration import noun_confidence
from nlp.training.corpus import brands, described, labelled
from nlp.training.linear_training import accuracy, train
from nlp.training.ner_training import Point, measure, sample, silver_clauses, train_recogniser
from nlp.training.vectors_training import sentences, train_vectors
from nlp.vocabulary_spec import article_vocabulary, context
from schemas.attribute_spec import attributes

CLAUSES = 20_000


def train_parts(data: Path, out: Path) -> None:
    """Train linear models, word vectors, recogniser and noun confidences from ``data`` into ``out``.

    ``data`` is the folder that holds fashion-products and descriptions.
    """
    declared = attributes()
    lexicon = Lexicon(declared, article_vocabulary(), context("en"))
    names, texts = labelled(data), described(data)
    both = [*texts, *names]
    out.mkdir(parents=True, exist_ok=True)
    train(lexicon, names, texts).save(out)
    train_vectors(sentences(both), brands(both), lexicon.words).save(out)
    clauses = silver_clauses(lexicon, declared, [*texts, *names[::2]])
    train_recogniser(sample(clauses, CLAUSES), brands(both) - lexicon.words).save(out)
    confidence = json.dumps(noun_confidence(lexicon, names), indent=1, sort_keys=True)
    (out / "nouns.json").write_text(confidence + "\n", encoding="utf-8")


def measure_parts(data: Path, fold: int) -> tuple[dict[str, float], list[Point]]:
    """Train without the brands of ``fold`` (0 to 4); return accuracies on them and the recogniser's points."""
    declared = attributes()
    lexicon = Lexicon(declared, article_vocabulary(), context("en"))
    names, texts = labelled(data), described(data)
    figures = accuracy(lexicon, names, texts, fold)
    clauses = silver_clauses(lexicon, declared, [*texts, *names[::2]])
    return figures, measure(clauses, brands([*texts, *names]) - lexicon.words, CLAUSES)

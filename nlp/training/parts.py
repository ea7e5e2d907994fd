"""Make the trained parts that ship in ``nlp/starter``."""

from __future__ import annotations

import json
from pathlib import Path

from nlp.lexicon import Lexicon
from nlp.training.calibration import noun_confidence
from nlp.training.corpus import brands, described, labelled
from nlp.training.held_out_spellings import Corpus
from nlp.training.linear_training import train
from nlp.training.ner_training import CLAUSES, clause_words, sample, train_recogniser
from nlp.training.silver import silver_clauses
from nlp.training.vectors_training import sentences, train_vectors
from nlp.training.word_class_training import train_word_classes
from nlp.vocabulary_spec import article_vocabulary, context
from schemas.attribute_spec import attributes

LEANING = 0.5
"""How far the recogniser is leaned towards finding nothing: half of the spellings held out are found at this point."""


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
    train_ner(data, out)
    confidence = json.dumps(noun_confidence(lexicon, names), indent=1, sort_keys=True)
    (out / "nouns.json").write_text(confidence + "\n", encoding="utf-8")


def train_ner(data: Path, out: Path) -> None:
    """Train word classes and recogniser from ``data`` into ``out``."""
    corpus = corpus_of(data)
    classes = train_word_classes(corpus.texts, corpus.clauses, corpus.private)
    recogniser = train_recogniser(sample(corpus.clauses, CLAUSES), corpus.known, classes)
    recogniser.lean(LEANING)
    recogniser.save(out)


def corpus_of(data: Path) -> Corpus:
    """Return what the recogniser learns from: clauses of descriptions and of every other labelled name."""
    declared = attributes()
    lexicon = Lexicon(declared, article_vocabulary(), context("en"))
    names, texts = labelled(data), described(data)
    both = [*texts, *names]
    clauses = silver_clauses(lexicon, declared, [*texts, *names[::2]])
    return Corpus(clauses, sentences(both), clause_words(lexicon, declared), brands(both) - lexicon.words)

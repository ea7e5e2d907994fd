"""Make the trained parts that ship in ``nlp/starter``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from nlp.lexicon import Lexicon
from nlp.training.calibration import noun_confidence
from nlp.training.corpus import FOLDS, brands, described, labelled
from nlp.training.held_out_brands import measure_heads
from nlp.training.held_out_spellings import Corpus, declared_spellings, measures, points
from nlp.training.linear_training import train
from nlp.training.ner_training import CLAUSES, clause_words, sample, train_recogniser
from nlp.training.silver import silver_clauses
from nlp.training.vectors_training import sentences, train_vectors
from nlp.training.word_class_training import train_word_classes
from nlp.vocabulary_spec import article_vocabulary, context
from schemas.attribute_spec import attributes

LEANING = 0.5
"""How far the recogniser is leaned towards finding nothing: half of the spellings held out are found at this point."""
_BRANDS, _SPELLINGS = 0, 3
"""The fold of brands that linear models are measured on, and how many folds of spellings the recogniser is."""


def train_parts(data: Path, out: Path) -> None:
    """Train linear models, word vectors, recogniser and noun confidences from ``data`` into ``out``, and measure them.

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
    figures = json.dumps(measure_parts(data), indent=1, sort_keys=True)
    (out / "metrics.json").write_text(figures + "\n", encoding="utf-8")


def measure_parts(data: Path) -> dict[str, Any]:
    """Train on ``data`` without some brands, and return what is right of these; ``gates`` bind a successor.

    Gates are, by head of the linear models, the share of names of which they claim the right value at the floor of
    their claims (a wrong claim and none count alike), and the share that the recogniser finds of the uses of a held-out
    spelling, a mean over spellings. Takes two minutes of one core.
    """
    declared = attributes()
    lexicon = Lexicon(declared, article_vocabulary(), context("en"))
    heads = measure_heads(lexicon, labelled(data), described(data), _BRANDS)
    corpus, vocabulary = corpus_of(data), declared_spellings(declared)
    found = [h for k in range(_SPELLINGS) for h in measures(corpus, k, k % FOLDS, vocabulary)[0]]
    point = next(p for p in points(found) if p.leaning == LEANING)
    spellings = {
        "rows": len({h.phrase for h in found if h.true}),
        "found": round(point.spellings, 4),
        "interval": [round(end, 4) for end in point.spellings_interval],
        "precision": round(point.precision, 4),
    }
    gates = {name: share.right for name, share in heads.items()} | {"held_out_spellings": spellings["found"]}
    return {"gates": gates, "heads": {n: asdict(s) for n, s in heads.items()}, "held_out_spellings": spellings}


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

"""``python -m nlp.training --data DATA --out FOLDER``: make the trained parts that ship in ``nlp/starter``."""

from __future__ import annotations

import argparse
import json
import logging
from pathlib import Path

from nlp.lexicon import Lexicon
from nlp.training.calibration import noun_confidence
from nlp.training.corpus import brands, described, labelled
from nlp.training.linear_training import accuracy, train
from nlp.training.ner_training import measure, sample, silver_clauses, train_recogniser
from nlp.training.vectors_training import sentences, train_vectors
from nlp.vocabulary_spec import article_vocabulary, context
from schemas.attribute_spec import attributes

LOG = logging.getLogger("nlp.training")
CLAUSES = 20_000


def main() -> None:
    """Train every part, or with ``--measure FOLD`` only tell how they do on the brands of one fold."""
    parser = argparse.ArgumentParser(prog="python -m nlp.training")
    parser.add_argument(
        "--data", type=Path, required=True, help="the folder that holds fashion-products and descriptions"
    )
    parser.add_argument("--out", type=Path, required=True, help="where the trained parts go")
    parser.add_argument("--measure", type=int, help="fold of brands (0 to 4) to hold out and measure")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    declared = attributes()
    lexicon = Lexicon(declared, article_vocabulary(), context("en"))
    names, texts = labelled(options.data), described(options.data)
    if options.measure is not None:
        LOG.info("fold %d: %s", options.measure, accuracy(lexicon, names, texts, options.measure))
        clauses = silver_clauses(lexicon, declared, [*texts, *names[::2]])
        for point in measure(clauses, brands([*texts, *names]) - lexicon.words, CLAUSES):
            LOG.info("values never shown: %s", point)
        return
    options.out.mkdir(parents=True, exist_ok=True)
    train(lexicon, names, texts).save(options.out)
    both = [*texts, *names]
    train_vectors(sentences(both), brands(both), lexicon.words).save(options.out)
    private = brands(both) - lexicon.words
    clauses = silver_clauses(lexicon, declared, [*texts, *names[::2]])
    train_recogniser(sample(clauses, CLAUSES), private).save(options.out)
    confidence = json.dumps(noun_confidence(lexicon, names), indent=1, sort_keys=True)
    (options.out / "nouns.json").write_text(confidence + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

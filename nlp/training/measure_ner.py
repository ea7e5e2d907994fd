"""Measure the recogniser on held-out spellings and brands: ``python -m nlp.training.measure_ner DATA [options]``.

Logs recall and precision at each leaning, pooled over the folds, in both conditions
(``held_out_spellings.measures``), and how often the claims are right. With ``--judged`` (JSON lines: attribute,
phrase, whether it is one, and which declared value it means), findings that the gazetteer lacks count as a person
judged them; with ``--unjudged`` those that nobody judged are written to a file, with their clause. A fold takes half
a minute of one core.
"""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Sequence
from pathlib import Path

from nlp.catalog import STARTER
from nlp.training.calibration import Judgement, claim_confidence
from nlp.training.held_out_spellings import SPELLING_FOLDS, Held, Phrase, declared_spellings, measures, points
from nlp.training.parts import LEANING, corpus_of
from nlp.vectors import WordVectors
from schemas.attribute_spec import attributes

LOG = logging.getLogger("nlp.measure_ner")
_BRAND_FOLDS = 5


def judgements(path: Path) -> dict[Phrase, Judgement]:
    """Read what a person said of findings that the gazetteer lacks."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {(r["attribute"], r["phrase"]): Judgement(r["right"], r.get("value")) for r in rows}


def report(name: str, found: Sequence[Held], judged: dict[Phrase, Judgement]) -> None:
    """Log the operating points: against silver labels, and as judged."""
    held = [h for h in found if h.true]
    LOG.info("%s: %d occurrences of %d held-out spellings", name, len(held), len({h.phrase for h in held}))
    silver = points(found)
    by_person = points(found, lambda h: h.true or (h.phrase in judged and judged[h.phrase].right))
    for a, b in zip(silver, by_person, strict=True):
        LOG.info(
            "  leaning %4.1f  recall %.2f (%.2f-%.2f), a spelling %.2f (%.2f-%.2f)"
            "  precision %.2f (%.2f-%.2f), judged %.2f (%.2f-%.2f)  of %d",
            a.leaning, a.recall, *a.recall_interval, a.spellings, *a.spellings_interval,
            a.precision, *a.precision_interval, b.precision, *b.precision_interval, a.n,
        )  # fmt: skip


def main() -> None:
    """Measure and log."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--folds", type=int, nargs="*", default=list(range(SPELLING_FOLDS)))
    parser.add_argument("--judged", type=Path)
    parser.add_argument("--unjudged", type=Path)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    declared = attributes()
    judged = judgements(given.judged) if given.judged else {}
    corpus = corpus_of(given.data)
    vocabulary = declared_spellings(declared)
    usual: dict[int, list[Held]] = {}
    strict: list[Held] = []
    for spellings in given.folds:
        usual[spellings], never = measures(corpus, spellings, spellings % _BRAND_FOLDS, vocabulary)
        strict += never
        report(f"fold {spellings}", usual[spellings], judged)
    every = [h for found in usual.values() for h in found]
    report("labels of the spellings held out", every, judged)
    report("spellings held out of every training text", strict, judged)
    for by, measured in claim_confidence(usual, LEANING, declared, WordVectors.load(STARTER), judged).items():
        LOG.info("claims by %s: right %.2f of %d held out, %.2f of %d others, so confidence %.2f", by, *measured)
    if given.unjudged:
        _write_unjudged(given.unjudged, every, judged)


def _write_unjudged(path: Path, found: Sequence[Held], judged: dict[Phrase, Judgement]) -> None:
    rows = {
        h.phrase: {"attribute": h.span[0], "phrase": h.phrase[1], "clause": " ".join(h.clause.words)}
        for h in found
        if not h.true and h.phrase not in judged and h.score is not None and h.score >= LEANING
    }
    path.write_text("".join(json.dumps(rows[k]) + "\n" for k in sorted(rows)), encoding="utf-8")


if __name__ == "__main__":
    main()

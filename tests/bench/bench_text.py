"""How fast words are read, beside plain spaCy called text by text: ``python -m tests.bench.bench_text [rounds]``.

Products a second of processor time on one core, medians of rounds in which all take turns. Every round reads products
that no round before it read, with the same reader, as a night does: what it remembers of earlier products is what a
night would remember. Needs the shared descriptions.

Two rivals: ``plain spaCy`` finds what the reader's rules find (phrases, short words beside their heads, keys, counts,
measures, denials, other products, parts) in one pipeline registered the usual way (``plain_spacy.py``), and
``bare phrases`` is one ``PhraseMatcher`` over tokenised texts, which finds phrases and knows nothing of their context.
"""

from __future__ import annotations

import logging
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq

from nlp.catalog import ProductText, build
from tests.bench.plain_spacy import bare_matcher, plain_pipeline, read_plainly

LOG = logging.getLogger("bench.text")
DATA = Path(__file__).parents[3] / "shared" / "data" / "descriptions" / "train.parquet"
PRODUCTS, FEW = 2_400, 200
"""Products a round: of the reader and the bare matcher; of the slower rivals, which remember nothing between texts."""
_RULES = ("gazetteer", "fields", "gender", "nouns")

Reading = Callable[[Sequence[ProductText]], object]


def products() -> list[ProductText]:
    rows = pq.read_table(DATA, columns=["id", "title", "description"]).to_pylist()
    return [ProductText("bench", r["id"], r["title"], r["description"]) for r in rows]


def plainly(ner: bool) -> Reading:
    pipeline = plain_pipeline(ner)
    return lambda batch: [read_plainly(pipeline, product) for product in batch]


def barely() -> Reading:
    nlp, matcher = bare_matcher()
    return lambda batch: [[*matcher(nlp.make_doc(t))] for p in batch for t in (p.name, p.description)]


def rate(reading: Reading, batch: Sequence[ProductText]) -> float:
    """Products a second of processor time."""
    start = time.process_time()
    reading(batch)
    return len(batch) / (time.process_time() - start)


def agreement(batch: Sequence[ProductText]) -> float:
    """Share of what the reader's rules say that the plain pipeline finds too: whether it does the same work."""
    pipeline = plain_pipeline()
    both = whole = 0
    for product, claims in zip(batch, build(ner=False).read(batch), strict=True):
        ours = {(c.attribute, c.value) for c in claims if c.producer.startswith(_RULES)}
        both += len(ours & read_plainly(pipeline, product))
        whole += len(ours)
    return both / whole


def main(rounds: int = 3) -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    every = products()
    work: dict[str, tuple[Reading, int]] = {
        "all but NER": (build(ner=False).read, PRODUCTS),
        "with NER": (build(ner=True).read, PRODUCTS),
        "plain spaCy": (plainly(ner=False), FEW),
        "plain spaCy, NER": (plainly(ner=True), FEW),
        "bare phrases": (barely(), PRODUCTS),
    }
    found: dict[str, list[float]] = {name: [] for name in work}
    for turn in range(rounds):
        batch = every[turn * PRODUCTS :][:PRODUCTS]
        for name, (reading, size) in work.items():
            found[name].append(rate(partial(reading), batch[:size]))
    median = {name: statistics.median(rates) for name, rates in found.items()}
    beside = {"plain spaCy": "all but NER", "plain spaCy, NER": "with NER", "bare phrases": "all but NER"}
    for name, value in median.items():
        told = f", so {median[beside[name]] / value:.1f} times as fast" if name in beside else ""
        LOG.info("%-17s %7.0f products/s%s", name, value, told)
    LOG.info("plain spaCy finds %.0f %% of what the reader's rules say", 100 * agreement(every[:FEW]))
    LOG.info("peak memory       %7.0f MiB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))

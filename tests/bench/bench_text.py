"""How fast words are read, beside a plain spaCy pipeline called text by text: ``python -m tests.bench.bench_text``.

One core; medians of several runs, for machines are noisy. Needs the shared descriptions.
"""

from __future__ import annotations

import logging
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import spacy
from spacy.matcher import PhraseMatcher

from nlp.catalog import STARTER, ProductText, TextReader, build
from nlp.ner import blank
from nlp.vocabulary_spec import article_vocabulary, context
from schemas.attribute_spec import attributes

LOG = logging.getLogger("bench.text")
DATA = Path(__file__).parents[3] / "shared" / "data" / "descriptions" / "train.parquet"
RUNS, PRODUCTS = 3, 3_000


def products() -> list[ProductText]:
    rows = pq.read_table(DATA, columns=["id", "title", "description"]).slice(0, PRODUCTS).to_pylist()
    return [ProductText("bench", r["id"], r["title"], r["description"]) for r in rows]


def _phrases() -> set[tuple[str, str]]:
    words = context("en")
    phrases = {(a.name, s) for a in attributes().attributes for v in a.values for s in (*v.synonyms, *v.words)}
    phrases |= {("article_type", w) for a in article_vocabulary().article_types for w in a.words}
    phrases |= {("context", p) for p in (*words.parts, *words.elsewhere, *words.negators, *words.traps, *words.seeming)}
    return phrases


def plain_spacy() -> Callable[[list[ProductText]], None]:
    """The usual way: a blank pipeline, a phrase matcher over the same phrases in an entity ruler, called per text."""
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER", "overwrite_ents": True})
    phrases = _phrases()
    ruler.add_patterns([{"label": label, "pattern": phrase} for label, phrase in sorted(phrases)])
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    matcher.add("all", list(nlp.tokenizer.pipe(p for _, p in sorted(phrases))))

    def run(batch: list[ProductText]) -> None:
        for product in batch:
            for text in (product.name, product.description):
                doc = nlp(text)
                _ = [(e.label_, e.text, e.start_char) for e in doc.ents]
                _ = [doc[s:e].text for _, s, e in matcher(doc)]

    return run


def plain_spacy_with_ner() -> Callable[[list[ProductText]], None]:
    """The same, with the trained recogniser in the pipeline, which is how it is usually run."""
    nlp, recogniser = blank()
    nlp.initialize()
    recogniser.from_bytes((STARTER / "ner.bin").read_bytes(), exclude=["vocab"])
    ruler = nlp.add_pipe("entity_ruler", before="ner", config={"phrase_matcher_attr": "LOWER"})
    ruler.add_patterns([{"label": label, "pattern": phrase} for label, phrase in sorted(_phrases())])

    def run(batch: list[ProductText]) -> None:
        for product in batch:
            for text in (product.name, product.description):
                _ = [(e.label_, e.text, e.start_char) for e in nlp(text).ents]

    return run


def rate(run: Callable[[list[ProductText]], object], batch: list[ProductText]) -> float:
    """Products a second of processor time, the median of ``RUNS``."""
    found = []
    for _ in range(RUNS):
        start = time.process_time()
        run(batch)
        found.append(len(batch) / (time.process_time() - start))
    return statistics.median(found)


def reader_rate(reader: TextReader, batch: list[ProductText]) -> float:
    reader.read(batch[:50])
    return rate(reader.read, batch)


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    batch = products()
    without, with_ = reader_rate(build(ner=False), batch), reader_rate(build(ner=True), batch)
    plain = rate(plain_spacy(), batch)
    LOG.info("all but NER   %7.0f products/s", without)
    LOG.info("with NER      %7.0f products/s", with_)
    LOG.info("plain spaCy   %7.0f products/s, so %.1f times as fast", plain, without / plain)
    few = batch[:400]
    whole = rate(plain_spacy_with_ner(), few)
    LOG.info("the same, NER %7.0f products/s, so %.1f times as fast", whole, with_ / whole)
    LOG.info("peak memory   %7.0f MiB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main()

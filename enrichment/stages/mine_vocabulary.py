"""Mine the published catalogue's words for terms that the vocabulary does not have."""

from __future__ import annotations

from pathlib import Path

from enrichment.models.registry import resolve
from enrichment.models.version import Kind
from enrichment.publish.read import latest, read_table
from enrichment.stores.port import Store
from nlp.catalog import ProductText
from nlp.lexicon import Lexicon
from nlp.mining import Miner
from nlp.ner import Recogniser
from nlp.vectors import WordVectors
from nlp.vocabulary_report import write_report
from nlp.vocabulary_spec import article_vocabulary, context
from schemas.attribute_spec import attributes

_COLUMNS = ["vendor", "sku", "name", "description"]


def mine_vocabulary(store: Store, out: Path, least: int) -> tuple[int, Path, Path]:
    """Write page and sheet into ``out`` and return how many terms they list, and both paths."""
    folder = resolve(store, Kind.TEXT).folder
    lexicon = Lexicon(attributes(), article_vocabulary(), context("en"))
    miner = Miner(lexicon, attributes(), WordVectors.load(folder), Recogniser.load(folder))
    products = read_table(store, latest(store), "products").select(_COLUMNS)
    for batch in products.to_batches(max_chunksize=4_000):
        miner.add(
            ProductText(r["vendor"], r["sku"], r["name"] or "", r["description"] or "") for r in batch.to_pylist()
        )
    found = miner.candidates(least)
    page, sheet = write_report(found, out)
    return len(found), page, sheet

"""Mine the published catalogue's words for terms that the vocabulary does not have."""

from __future__ import annotations

from pathlib import Path

from enrichment.models.registry import resolve
from enrichment.models.version import Kind
from enrichment.publish.read import latest, read_table
from enrichment.stores.port import Store
from nlp.catalog import ProductText
from nlp.catalog import miner as miner_of
from nlp.vocabulary_report import write_report

_COLUMNS = ["vendor", "sku", "name", "description"]


def mine_vocabulary(store: Store, out: Path, least: int) -> tuple[int, Path, Path]:
    """Write page and sheet into ``out`` and return how many terms they list, and both paths."""
    miner = miner_of(resolve(store, Kind.TEXT).folder)
    products = read_table(store, latest(store), "products").select(_COLUMNS)
    for batch in products.to_batches(max_chunksize=4_000):
        miner.add(
            ProductText(r["vendor"], r["sku"], r["name"] or "", r["description"] or "") for r in batch.to_pylist()
        )
    found = miner.candidates(least)
    page, sheet = write_report(found, out)
    return len(found), page, sheet

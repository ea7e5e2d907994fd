"""Mine the published catalogue's words for terms that the vocabulary does not have."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from enrichment.models.registry import resolve
from enrichment.models.version import Kind
from enrichment.publish.read import latest, read_table
from enrichment.stores.port import Store
from nlp.catalog import ProductText
from nlp.catalog import miner as miner_of
from nlp.mining import Candidate
from nlp.vocabulary_report import write_report

_COLUMNS = ["vendor", "sku", "name", "description"]


@dataclass(frozen=True, slots=True)
class Mined:
    """How many terms page and sheet list, how many of them without a suggested value, and where both lie."""

    terms: int
    bare: int
    page: Path
    sheet: Path


def mine_vocabulary(store: Store, out: Path, least: int, alike: float) -> Mined:
    """Write page and sheet of terms that ``least`` products use, with suggestions at least ``alike``, into ``out``."""
    miner = miner_of(resolve(store, Kind.TEXT).folder)
    products = read_table(store, latest(store), "products").select(_COLUMNS)
    for batch in products.to_batches(max_chunksize=4_000):
        miner.add(
            ProductText(r["vendor"], r["sku"], r["name"] or "", r["description"] or "") for r in batch.to_pylist()
        )
    found = [suggested(term, alike) for term in miner.candidates(least)]
    page, sheet = write_report(found, out)
    return Mined(len(found), sum(not term.value for term in found), page, sheet)


def suggested(term: Candidate, alike: float) -> Candidate:
    """Return ``term`` without its suggestion where that is less alike than ``alike``."""
    return term if term.value and term.alike >= alike else replace(term, attribute="", value="")

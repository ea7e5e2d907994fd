"""Stage 3: what names and descriptions claim, with the words that prove it."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any

from enrichment.runs.run import Outcome, Run
from enrichment.stages.model import model_of
from enrichment.stages.rows import claims_table
from enrichment.stages.shard import changed_products
from nlp.catalog import ProductText, TextReader, build
from schemas.records import StageReport


def text(run: Run, shard: str) -> Outcome:
    """Return CLAIMS of the words of changed products; ``notes`` count what was not read, and why."""
    products = changed_products(run, shard).to_pylist()
    reader = reader_of(model_of(run, "text").folder, run.plan.settings.ner)
    before = Counter(reader.counts)
    claims = [claim for found in reader.read([words_of(row) for row in products]) for claim in found]
    notes = dict(reader.counts - before) | {"claims": len(claims)}
    report = StageReport("text", shard, len(products), len(products), 0, notes)
    return Outcome(report, {"claims": claims_table(claims)})


def words_of(row: dict[str, Any]) -> ProductText:
    """Return the words of a row of PRODUCTS."""
    fields = dict(row["fields"] or [])
    return ProductText(row["vendor"], row["sku"], row["name"] or "", row["description"] or "", fields)


@lru_cache(maxsize=2)
def reader_of(folder: Path, ner: bool) -> TextReader:
    """Return the reader of a text version, kept between the shards of one process."""
    return build(folder, ner=ner)

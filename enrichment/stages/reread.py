"""What another model version says of published products: their words or pictures read anew, nothing written."""

from __future__ import annotations

from functools import partial

import pyarrow as pa

from enrichment.config import Settings
from enrichment.images.keep import load
from enrichment.models.registry import Kind, ModelVersion
from enrichment.stages.text import reader_of, words_of
from enrichment.stores.port import Store
from enrichment.vision.look import Looker, Picture
from schemas.records import AttributeClaim, Source

SOURCES = {Kind.TEXT: Source.TEXT, Kind.VISION: Source.IMAGE}


def reread(version: ModelVersion, products: pa.Table, store: Store, settings: Settings) -> list[AttributeClaim]:
    """Return what a text or vision ``version`` claims of ``products``; pictures take as long as on a night."""
    if version.kind is Kind.TEXT:
        reader = reader_of(version.folder, settings.ner)
        return [claim for found in reader.read([words_of(row) for row in products.to_pylist()]) for claim in found]
    rows = products.select(["vendor", "sku", "image_sha256"]).to_pylist()
    pictures = [
        Picture(row["vendor"], row["sku"], sha, partial(load, store, sha))
        for row in rows
        for sha in row["image_sha256"] or ()
    ]
    return Looker(version, settings.threads).look(pictures).claims

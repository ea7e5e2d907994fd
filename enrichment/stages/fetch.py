"""Stage 2: keep every picture under its sha256, and find out which products changed."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from enrichment.images.fetch import PictureWant, fetch_pictures
from enrichment.progress.null import NullProgress
from enrichment.runs.plan import short_hash
from enrichment.runs.run import Outcome, Run
from enrichment.stages.base import base_products
from enrichment.stages.drop import pictures_of, prefix_of
from enrichment.stages.ledger import verdict_hashes
from enrichment.stages.policy import picture_policy
from enrichment.stages.rows import by_sku, from_rows, images_table
from enrichment.stages.shard import products_of
from enrichment.stages.steps import vendor_of
from enrichment.vendors.product_tables import problems_table
from schemas import tables
from schemas.records import ImageRef, StageReport


def fetch(run: Run, shard: str) -> Outcome:
    """Return IMAGES, WORK and ROW_PROBLEMS; units are pictures, and a refused one leaves its product in."""
    vendor, night = vendor_of(shard), run.plan.manifest.night
    products = products_of(run, shard)
    base = base_products(run, vendor, ["sku", "images", "image_sha256", "fingerprint"])
    earlier = base.to_pylist() if base is not None else []
    kept, prefix = _kept(earlier), prefix_of(run, vendor)
    wants = [want for row in products.to_pylist() for want in _wants(row, kept, prefix)]
    with pictures_of(run, vendor) as source:
        policy = picture_policy(run.plan.settings)
        images, problems = fetch_pictures(wants, source, run.store, policy, night, NullProgress())
    report = StageReport("fetch", shard, len(wants), len(images), len(wants) - len(images))
    before = {row["sku"]: row["fingerprint"] for row in earlier}
    out = {
        "images": images_table(images),
        "work": _work(run, vendor, products, images, before),
        "row_problems": problems_table(problems),
    }
    return Outcome(report, out)


def _kept(earlier: list[dict[str, Any]]) -> dict[tuple[str, str], str]:
    """Return (sku, reference) -> sha256 of pictures that an earlier night brought."""
    return {
        (row["sku"], ref): sha
        for row in earlier
        for ref, sha in zip(row["images"] or [], row["image_sha256"] or [], strict=True)
    }


def _wants(row: dict[str, Any], kept: dict[tuple[str, str], str], prefix: str) -> list[PictureWant]:
    """List a product's pictures; a changed product may name one that only an earlier night brought."""
    return [
        PictureWant(row["vendor"], row["sku"], row["rows"][0], n, prefix + ref, kept.get((row["sku"], ref)))
        for n, ref in enumerate(row["images"] or [])
    ]


def _work(run: Run, vendor: str, products: pa.Table, images: list[ImageRef], before: dict[str, str]) -> pa.Table:
    """Fingerprint = content, pictures, versions and people's verdicts; changed = unlike the base's."""
    pictures = by_sku(images)
    verdicts = verdict_hashes(run, vendor)
    rows = []
    for sku, content in zip(products["sku"].to_pylist(), products["content_hash"].to_pylist(), strict=True):
        shas = [i.sha256 for i in pictures.get(sku, [])]
        mark = short_hash([content, shas, run.plan.versions_hash, verdicts.get(sku)])
        rows.append((vendor, sku, mark, before.get(sku) != mark))
    return from_rows(rows, tables.WORK)

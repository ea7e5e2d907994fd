"""Stage 2: keep every picture under its sha256, and find out which products changed."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.images.fetch import PictureWant, fetch_pictures
from enrichment.progress.null import NullProgress
from enrichment.runs.plan import short_hash
from enrichment.runs.run import Outcome, Run
from enrichment.stages.awaited import AWAITED
from enrichment.stages.base import base_table, of_vendor
from enrichment.stages.drop import expect_planned, pictures_of, prefix_of, spec_of
from enrichment.stages.ledger import verdict_hashes
from enrichment.stages.policy import picture_policy
from enrichment.stages.rows import by_sku, from_rows, images_table
from enrichment.stages.shard import products_of
from enrichment.stages.steps import vendor_of
from enrichment.vendors.product_tables import problems_table
from schemas import tables
from schemas.records import ImageRef, StageReport

Row = dict[str, Any]


def fetch(run: Run, shard: str) -> Outcome:
    """Return IMAGES, WORK and ROW_PROBLEMS; units are pictures, and a refused one leaves its product in.

    A product that the vendor did not send tonight keeps its pictures, unopened.

    ``DropError`` where the drop's pictures are not those that it held when it was read.

    ``notes``: pictures of earlier nights' products that were ``asked_again``, and how many of them were ``found``.
    """
    vendor, night = vendor_of(shard), run.plan.manifest.night
    rows = products_of(run, shard).to_pylist()
    mine = of_vendor(vendor) & pc.field("sku").isin(pa.array([row["sku"] for row in rows], pa.string()))
    base = base_table(run, "products", mine, ["sku", "images", "image_sha256", "fingerprint"])
    earlier = base.to_pylist() if base is not None else []
    spec = spec_of(run, vendor)
    kept, prefix = _kept(earlier), prefix_of(spec)
    wants = [(want, row["night"] < night) for row in rows for want in _wants(row, kept, prefix)]
    taken = [_taken(want, want.sha256) for want, old in wants if old and want.sha256 is not None]
    again = [want for want, old in wants if old and want.sha256 is None]
    policy = picture_policy(run.plan.settings, spec.limits)
    with pictures_of(run, vendor) as source:
        expect_planned(run, vendor, source)
        sent = [want for want, old in wants if not old]
        images, problems = fetch_pictures(sent, source, run.store, policy, night, NullProgress())
        # That they are missing was a problem of the night that sent them.
        found, missing = fetch_pictures(again, source, run.store, policy, night, NullProgress())
    place = {row["sku"]: n for n, row in enumerate(rows)}
    images = sorted(taken + images + found, key=lambda image: (place[image.sku], image.position))
    notes = {"asked_again": len(again), "found": len(found)}
    report = StageReport("fetch", shard, len(wants), len(images), len(wants) - len(images), notes)
    before = {row["sku"]: row["fingerprint"] for row in earlier}
    awaiting = {problem.sku for problem in problems + missing if problem.reason in AWAITED}
    out = {
        "images": images_table(images),
        "work": _work(run, vendor, rows, images, before, awaiting),
        "row_problems": problems_table(problems),
    }
    return Outcome(report, out)


def _kept(earlier: list[Row]) -> dict[tuple[str, str], str]:
    """Return (sku, reference) -> sha256 of pictures that an earlier night brought."""
    return {
        (row["sku"], ref): sha
        for row in earlier
        for ref, sha in zip(row["images"] or [], row["image_sha256"] or [], strict=True)
    }


def _wants(row: Row, kept: dict[tuple[str, str], str], prefix: str) -> list[PictureWant]:
    """List a product's pictures; a changed product may name one that only an earlier night brought."""
    return [
        PictureWant(row["vendor"], row["sku"], row["rows"][0], n, prefix + ref, kept.get((row["sku"], ref)))
        for n, ref in enumerate(row["images"] or [])
    ]


def _taken(want: PictureWant, sha256: str) -> ImageRef:
    """Take over a picture of a product that was not sent tonight: its bytes are not opened for that."""
    return ImageRef(want.vendor, want.sku, want.position, want.ref, sha256)


def _work(
    run: Run,
    vendor: str,
    rows: list[Row],
    images: list[ImageRef],
    before: dict[str, str],
    awaiting: set[str | None],
) -> pa.Table:
    """Fingerprint = all that was sent, pictures, versions and people's verdicts; changed = unlike the base's."""
    pictures = by_sku(images)
    verdicts = verdict_hashes(run, vendor)
    versions = run.plan.versions_hash(vendor)
    work = []
    for row in rows:
        sku = row["sku"]
        shas = [i.sha256 for i in pictures.get(sku, [])]
        carried = [row["fields"], row["sizes"]]
        mark = short_hash([row["content_hash"], carried, shas, versions, verdicts.get(sku)])
        work.append((vendor, sku, mark, before.get(sku) != mark, row["images"] if sku in awaiting else None))
    return from_rows(work, tables.WORK)

"""A made-up night of any size: published tables, changes, claims and problems, all from one seed."""

from __future__ import annotations

import hashlib
import random
from datetime import date
from typing import Any

import pyarrow as pa

from enrichment.review.inputs import ReportInputs
from schemas import tables

NIGHT = date(2026, 11, 18)
RUN_ID = "2026-11-18-a1b2c3"
VENDORS = ("alpine", "birchwood", "=cmd|'/c calc'!A1", "<img src=x onerror=alert(1)>")
NODES = [
    f"{division} / {rest}"
    for division in ("Women", "Men", "Kids")
    for rest in (
        "Clothing / Tops / Shirts",
        "Clothing / Tops / T-Shirts",
        "Clothing / Dresses / Day Dresses",
        "Clothing / Bottoms / Jeans",
        "Footwear / Shoes / Casual Shoes",
        "Accessories / Bags / Handbags",
        "Accessories / Watches / Watches",
    )
]
REASONS = (
    "def_filled",
    "vendor_contradiction",
    "level_shifted",
    "model_changed",
    "synonym_resolved",
    "backed_off",
    "filing_text_conflict",
)
WORDS = ("linen", "striped", "wrap", "midi", "slim", "quilted", "navy", "ivory", "pleated", "casual", "belted", "soft")
_PLAIN = {"attr_colour": ("navy_blue", "black", "white"), "attr_pattern": ("striped", "solid", None)}


def products_schema() -> pa.Schema:
    return tables.published_products(tuple(name.removeprefix("attr_") for name in _PLAIN))


def content_hash(vendor: str, sku: str, version: int = 1) -> str:
    return hashlib.sha256(f"{vendor}/{sku}/{version}".encode()).hexdigest()


def picture_hash(at: int) -> str:
    return hashlib.sha256(f"picture {at}".encode()).hexdigest()


def product_row(rng: random.Random, vendor: str, sku: str, at: int) -> dict[str, Any]:
    name = f"{rng.choice(WORDS)} {rng.choice(WORDS)} {rng.choice(WORDS)} {at}".title()
    # Squared: a few nodes hold most products, as in a real catalogue.
    levels = NODES[int(len(NODES) * rng.random() ** 2)].split(" / ")
    sent = [levels[0], "DEF" if rng.random() < 0.3 else levels[1], levels[2], "DEF" if len(name) % 2 else levels[3]]
    row: dict[str, Any] = {
        "vendor": vendor,
        "sku": sku,
        "night": NIGHT,
        "rows": [at + 1],
        "name": name,
        "description": f"A {name.lower()} for every day.",
        "image_sha256": [picture_hash(at)] if at % 7 else [],
        "images": [f"{sku}.jpg"] if at % 7 else [],
        "content_hash": content_hash(vendor, sku),
        "image_group": "top",
        "image_group_confidence": 0.9,
        "placement": "decided" if at % 11 else "abstained",
        "confidences": [round(rng.uniform(0.4, 1.0), 3) for _ in range(4)] if at % 11 else [],
        "reasons": [REASONS[int(len(REASONS) * rng.random() ** 2)]],
        "levels_seen": ["placeholder" if level == "DEF" else "right" for level in sent] + ["absent"],
        "placed_by": "vote@1",
        "abstained": [],
        "not_applicable": [],
    }
    for level, value, own in zip(("division", "department", "class", "subclass"), levels, sent, strict=True):
        row[f"vendor_{level}"] = own
        row[level] = value if at % 11 else None
    return row | {column: rng.choice(values) for column, values in _PLAIN.items()}


def change_row(rng: random.Random, product: dict[str, Any], kind: str) -> dict[str, Any]:
    path = " / ".join(product[name] for name in ("division", "department", "class", "subclass") if product[name])
    sent = " / ".join(product[f"vendor_{name}"] for name in ("division", "department", "class", "subclass"))
    others = [node for node in NODES if node != path]
    previous = others[int(len(others) * rng.random() ** 3)] if kind != "new" else None
    reason = product["reasons"][0]
    return {
        "vendor": product["vendor"],
        "sku": product["sku"],
        "change": kind,
        "cause": "model" if reason == "model_changed" else rng.choice(("data", "data", "data", "rule")),
        "level": "class" if kind == "refiled" else None,
        "vendor_path": sent,
        "previous_path": previous,
        "path": path or None,
        "status": product["placement"],
        "confidence": min(product["confidences"], default=0.0),
        "reasons": product["reasons"],
    }


def claims_of(product: dict[str, Any]) -> list[dict[str, Any]]:
    word = product["name"].split()[0]
    base = {"vendor": product["vendor"], "sku": product["sku"]}
    span = {"evidence_kind": "span", "evidence_field": "name", "evidence_start": 0, "evidence_end": len(word)}
    picture = {"evidence_kind": "image", "evidence_field": picture_hash(1), "evidence_start": -1, "evidence_end": -1}
    said = {"source": "text", "producer": "regex@1", "confidence": 0.9, "evidence_quote": word, "outcome": "won"}
    seen = {"source": "image", "producer": "look@1", "confidence": 0.4, "evidence_quote": "", "outcome": "lost"}
    return [
        base | span | said | {"attribute": "pattern", "value": word.lower()},
        base | picture | seen | {"attribute": "colour", "value": "navy_blue"},
    ]


def problem_rows() -> list[dict[str, Any]]:
    base = {"vendor": "alpine", "night": NIGHT, "stage": "read", "column": "name"}
    return [
        base | {"row": 7, "sku": None, "reason": "sku_missing", "excerpt": "<b>bold</b>", "quarantined": True},
        base | {"row": 9, "sku": "A-9", "reason": "picture_corrupt", "excerpt": "=1+1", "quarantined": False},
    ]


def manifest() -> dict[str, Any]:
    return {
        "run_id": RUN_ID,
        "night": "2026-11-18",
        "base_run_id": "2026-11-17-d4e5f6",
        "base_night": "2026-11-17",
        "versions": {"model": "look@9f3a12bc", "taxonomy": "7", "rules": "3"},
        "base_versions": {"model": "look@11aa22bb", "taxonomy": "7", "rules": "3"},
        "vendors": [
            {"vendor": "alpine", "state": "in", "rows_in": 1200, "published": 1190, "quarantined": 10},
            {"vendor": "birchwood", "state": "missing", "reason": "not delivered by 03:00"},
            {"vendor": "corvid", "state": "failed", "reason": "column 'sku' is missing </script><script>boom()"},
        ],
        "gate": {"status": "passed", "reasons": []},
    }


def make_night(changed: int = 60, standing: int = 30, seed: int = 5, **more: Any) -> ReportInputs:
    """Return inputs with ``changed`` changes (new and re-filed in turn, some withdrawn) and ``standing`` others."""
    rng = random.Random(seed)
    rows = [product_row(rng, rng.choice(VENDORS), f"S{at:06d}", at) for at in range(changed + standing)]
    kinds = ["withdrawn" if at % 19 == 3 else "new" if at % 2 else "refiled" for at in range(changed)]
    changes = [change_row(rng, row, kind) for row, kind in zip(rows, kinds, strict=False)]
    published = [row for at, row in enumerate(rows) if at >= changed or kinds[at] != "withdrawn"]
    claims = [claim for row in published for claim in claims_of(row)]
    given: dict[str, Any] = {
        "manifest": manifest(),
        "products": pa.Table.from_pylist(published, schema=products_schema()),
        "claims": pa.Table.from_pylist(claims, schema=tables.JUDGED_CLAIMS),
        "changes": pa.Table.from_pylist(changes, schema=tables.HIERARCHY_CHANGES),
        "problems": pa.Table.from_pylist(problem_rows(), schema=tables.ROW_PROBLEMS),
        "nodes": NODES,
    }
    return ReportInputs(**(given | more))

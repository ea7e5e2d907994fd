"""Small catalogues for the tests of this room: drawn from a seed, any size, valid unless a test breaks them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from enrichment.publish.allowed import Allowed, allowed
from enrichment.publish.changes import hierarchy_changes
from enrichment.publish.gate import Candidate, check
from enrichment.publish.layout import RunKey
from enrichment.publish.manifest import RunFacts
from enrichment.publish.read import base_key
from enrichment.publish.tables import merged_claims, published_products
from enrichment.publish.verdict import GateResult
from enrichment.stores.port import Store
from schemas import tables
from schemas.attribute_spec import Attributes
from schemas.group_spec import groups
from schemas.taxonomy_spec import Taxonomy

NIGHT = date(2026, 11, 17)
ATTRIBUTES = Attributes.model_validate(
    {
        "version": 1,
        "attributes": [
            {"name": "colour", "title": "Colour", "values": [{"name": "red"}, {"name": "blue"}]},
            {
                "name": "material",
                "title": "Material",
                "kind": "choices",
                "values": [{"name": "cotton"}, {"name": "linen"}],
            },
            {"name": "weight", "title": "Weight", "kind": "measure", "unit": "g"},
        ],
    }
)
NAMES = ("image_group", "colour", "material", "weight")
TAXONOMY = Taxonomy.model_validate(
    {
        "version": 1,
        "placeholders": ["DEF"],
        "thresholds": {},
        "divisions": [
            {"id": "w", "name": "Women", "genders": ["women"]},
            {"id": "m", "name": "Men", "genders": ["men"]},
        ],
        "departments": [
            {
                "id": "c",
                "name": "Clothing",
                "classes": [
                    {
                        "id": "c.d",
                        "name": "Dresses",
                        "subclasses": [
                            {
                                "id": "c.d.d",
                                "name": "Day Dresses",
                                "article_types": [{"name": "Dresses", "group": "dress"}],
                                "category": {"attribute": "length", "titles": {"mini": "Mini", "maxi": "Maxi"}},
                            }
                        ],
                    }
                ],
            }
        ],
    }
)
ALLOWED: Allowed = allowed(ATTRIBUTES, groups(), TAXONOMY)
PATH = ("Women", "Clothing", "Dresses", "Day Dresses", "Mini")


@dataclass(frozen=True)
class Inputs:
    """What the stages hand to the publish room for some products."""

    products: pa.Table
    work: pa.Table
    decisions: pa.Table
    placed: pa.Table
    claims: pa.Table


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def inputs(
    skus: list[str], vendor: str = "acme", seed: int = 0, path: tuple[str, ...] = PATH, picture: str = ""
) -> Inputs:
    """Draw products ``skus`` of one vendor; same arguments, same tables."""
    rng = np.random.default_rng(seed)
    products, decisions, placed, claims = [], [], [], []
    for row, sku in enumerate(skus, start=1):
        key = {"vendor": vendor, "sku": sku}
        products.append(
            {
                **key,
                "night": NIGHT,
                "rows": [2 * row - 1, 2 * row],
                "name": f"Dress {sku}",
                "vendor_division": "DEF",
                "vendor_department": "Dresses",
                "fields": [("Colour", "Red")],
                "image_sha256": [sha(f"{sku}{p}{picture}") for p in (0, 1)],
                "content_hash": sha(sku),
            }
        )
        colour = str(rng.choice(["red", "blue"]))
        for name, status, value in (
            ("image_group", "decided", "dress"),
            ("colour", "decided", colour),
            ("material", "decided", "cotton|linen"),
            ("weight", "abstained", None),
        ):
            decisions.append(
                {**key, "attribute": name, "status": status, "value": value, "confidence": 0.75, "conflict": False}
            )
        claims.append(
            {**key, "attribute": "colour", "value": colour, "source": "text", "producer": "regex@1", "confidence": 0.8}
            | {
                "evidence_kind": "span",
                "evidence_field": "name",
                "evidence_start": 0,
                "evidence_end": 3,
                "outcome": "won",
            }
        )
        levels = dict(zip(("division", "department", "class", "subclass", "category"), path, strict=False))
        placed.append(
            {**key, "status": "decided", **levels, "confidences": [0.9] * len(path), "reasons": ["def_filled"]}
            | {"levels_seen": ["placeholder"], "rule": "votes"}
        )
    work = [{"vendor": vendor, "sku": s, "fingerprint": sha("f" + s), "changed": True} for s in skus]
    return Inputs(
        pa.Table.from_pylist(products, schema=tables.PRODUCTS),
        pa.Table.from_pylist(work, schema=tables.WORK),
        pa.Table.from_pylist(decisions, schema=tables.ATTRIBUTE_DECISIONS),
        pa.Table.from_pylist(placed, schema=tables.HIERARCHY_DECISIONS),
        pa.Table.from_pylist(claims, schema=tables.JUDGED_CLAIMS),
    )


def products_of(given: Inputs, versions_hash: str = "v1") -> pa.Table:
    """Assemble the wide table."""
    hashes = dict.fromkeys(given.products["vendor"].to_pylist(), versions_hash)
    return published_products(given.products, given.work, given.decisions, given.placed, hashes, NAMES)


def skus(count: int, start: int = 0) -> list[str]:
    return [f"S{n:05d}" for n in range(start, start + count)]


def catalogue(count: int = 6, base: pa.Table | None = None, **drawn: object) -> dict[str, pa.Table]:
    """Return the three published tables of ``count`` products."""
    given = inputs(skus(count), **drawn)  # type: ignore[arg-type]
    products = products_of(given)
    return {
        "products": products,
        "attribute_claims": merged_claims(None, given.claims),
        "hierarchy_changes": hierarchy_changes(base, products),
    }


def keys(*pairs: tuple[str, str]) -> pa.Table:
    return pa.table(
        {"vendor": pa.array([p[0] for p in pairs], pa.string()), "sku": pa.array([p[1] for p in pairs], pa.string())}
    )


def verdict(parts: dict[str, pa.Table], **more: object) -> GateResult:
    return check(Candidate(**parts, accounts=(), **more), ALLOWED)  # type: ignore[arg-type]


PASSED = GateResult({"products": 12}, ())


def facts(run_id: str = "r1", night: date = NIGHT, base: str | None = None, gate: GateResult = PASSED) -> RunFacts:
    versions = {"taxonomy": "t1", "vision": "v1"}
    return RunFacts(RunKey(night, run_id), base, versions, {"acme": "delivered"}, (), gate)


def planned(store: Store, run_id: str, night: date) -> RunFacts:
    """Return the facts of a run that is planned now: on the newest run before its night."""
    base = base_key(store, night)
    return facts(run_id, night, None if base is None else base.run_id)

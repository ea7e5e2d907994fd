"""Everything that is known about one product: decisions, claims with their evidence, reasons."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.publish.read import latest, read_table
from enrichment.stores.port import Store
from schemas.errors import UsageError
from schemas.records import LEVELS, bounded


def explain(store: Store, sku: str, vendor: str | None = None) -> list[dict[str, Any]]:
    """Join the published product, its claims and its last change, one entry a vendor that uses ``sku``.

    Raises:
        UsageError: the published catalogue holds no such product.

    """
    published = latest(store)
    products = _of(read_table(store, published, "products"), sku, vendor).to_pylist()
    if not products:
        raise UsageError(f"sku {bounded(sku)!r} is not in run {published.run_id}. `enrich report` names the vendors.")
    claims = _of(read_table(store, published, "attribute_claims"), sku, vendor).to_pylist()
    changes = {
        row["vendor"]: row for row in _of(read_table(store, published, "hierarchy_changes"), sku, vendor).to_pylist()
    }
    return [
        {
            "vendor": product["vendor"],
            "sku": product["sku"],
            "facts": _facts(product, changes.get(product["vendor"])),
            "claims": [_claim(claim) for claim in claims if claim["vendor"] == product["vendor"]],
        }
        for product in products
    ]


def _of(table: pa.Table, sku: str, vendor: str | None) -> pa.Table:
    mine = table.filter(pc.equal(table["sku"], sku))
    return mine if vendor is None else mine.filter(pc.equal(mine["vendor"], vendor))


def _facts(product: dict[str, Any], change: dict[str, Any] | None) -> dict[str, Any]:
    filed = [product[f"vendor_{level}"] for level in LEVELS]
    placed = [product[level] for level in LEVELS if product[level]]
    sure = ", ".join(f"{value:.2f}" for value in product["confidences"] or [])
    values = {
        name.removeprefix("attr_"): value for name, value in product.items() if name.startswith("attr_") and value
    }
    return {
        "name": product["name"],
        "description": bounded(" ".join((product["description"] or "").split()), 120),
        "filed by the vendor": " / ".join("" if level is None else level for level in filed),
        "read as": ", ".join(product["levels_seen"] or []),
        "image group": f"{product['image_group']} ({product['image_group_confidence'] or 0:.2f})",
        "placed": f"{' / '.join(placed) or '-'} ({product['placement']}; {sure or '-'})",
        "reasons": ", ".join(product["reasons"] or []),
        "placed by": product["placed_by"],
        **values,
        "unsure": ", ".join(product["abstained"] or []),
        "changed tonight": "-" if change is None else _moved(change),
        "fingerprint": product["fingerprint"],
    }


def _moved(change: dict[str, Any]) -> str:
    """Say what became of the product and why: "refiled from Women / Dresses (model: model_changed)"."""
    origin = f" from {change['previous_path']}" if change["previous_path"] else ""
    reason = f": {change['reasons'][0]}" if change["reasons"] else ""
    return f"{change['change']}{origin} ({change['cause']}{reason})"


def _claim(claim: dict[str, Any]) -> dict[str, Any]:
    span = f" [{claim['evidence_start']}:{claim['evidence_end']}]" if claim["evidence_start"] >= 0 else ""
    evidence = f"{claim['evidence_field'][:24]}{span} {claim['evidence_quote']}".strip()
    names = ("attribute", "value", "source", "producer", "outcome")
    return {name: claim[name] for name in names} | {"confidence": f"{claim['confidence']:.2f}", "evidence": evidence}

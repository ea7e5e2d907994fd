"""Everything that is known about one product: decisions, claims with their evidence, reasons."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.desk.problems import problems_of, require_vendor, worded
from enrichment.publish.read import Published, latest, read_table
from enrichment.review.payload import whole_percent
from enrichment.stores.port import Store
from schemas.errors import UsageError
from schemas.records import LEVELS, bounded

_PROBLEMS = 5


def explain(store: Store, sku: str, vendor: str | None = None) -> list[dict[str, Any]]:
    """Join the published product, its claims, last change and problems, one entry a vendor that uses ``sku``.

    A product that is not published because its row was refused has the one fact ``refused`` (why, and which row), one
    that left tonight the one fact ``changed tonight``.

    Raises:
        UsageError: the published catalogue holds no such product, none left it under that sku, and no row of its night
            was refused under it; or the run has no such vendor.

    """
    published = latest(store)
    if vendor is not None:
        require_vendor(store, published, vendor)
    everyones = _known(store, published, sku)
    found = [entry for entry in everyones if vendor in (None, entry["vendor"])]
    if not found:
        raise UsageError(_nowhere(published, sku, vendor, [entry["vendor"] for entry in everyones]))
    return found


def _known(store: Store, published: Published, sku: str) -> list[dict[str, Any]]:
    """Return what is known of ``sku`` at every vendor: published first, then gone, then refused."""
    products = _of(read_table(store, published, "products"), sku).to_pylist()
    problems = problems_of(store, published, sku=sku).to_pylist()
    changes = {row["vendor"]: row for row in _of(read_table(store, published, "hierarchy_changes"), sku).to_pylist()}
    here = {product["vendor"] for product in products}
    gone = _gone(sku, [row for name, row in changes.items() if name not in here])
    refused = _refused(sku, here | {entry["vendor"] for entry in gone}, problems)
    claims = _of(read_table(store, published, "attribute_claims"), sku).to_pylist() if products else []
    return [
        {
            "vendor": product["vendor"],
            "sku": product["sku"],
            "facts": _facts(product, changes.get(product["vendor"]), problems),
            "claims": [_claim(claim) for claim in claims if claim["vendor"] == product["vendor"]],
        }
        for product in products
    ] + [*gone, *refused]


def _nowhere(published: Published, sku: str, vendor: str | None, others: list[str]) -> str:
    """Say that no such product is known, and of which other vendors one with that sku is."""
    if others:
        return (
            f"sku {bounded(sku)!r} of vendor {vendor} is not in run {published.run_id}; it is there of "
            f"{', '.join(others)}. Name one of them with --vendor, or leave it out."
        )
    return (
        f"sku {bounded(sku)!r} is not in run {published.run_id}, and no row of its night was refused under it. "
        "`enrich report` names the vendors, `enrich report --problems` the rows that were refused."
    )


def _gone(sku: str, changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one entry a vendor whose product of that sku left the catalogue tonight."""
    return [
        {"vendor": row["vendor"], "sku": sku, "facts": {"changed tonight": _moved(row)}, "claims": []}
        for row in changes
        if row["change"] == "withdrawn"
    ]


def _refused(sku: str, published: set[str], problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one entry a vendor of whose product with that sku a row was refused and none is published."""
    refused = [problem for problem in problems if problem["quarantined"] and problem["vendor"] not in published]
    told: dict[str, list[str]] = {}
    for problem in refused:
        told.setdefault(problem["vendor"], []).append(worded(problem).removeprefix("refused: "))
    return [
        {"vendor": vendor, "sku": sku, "facts": {"refused": _listed(reasons)}, "claims": []}
        for vendor, reasons in told.items()
    ]


def _listed(told: list[str]) -> str:
    more = len(told) - _PROBLEMS
    return "; ".join(told[:_PROBLEMS]) + (f"; {more} more" if more > 0 else "")


def _of(table: pa.Table, sku: str) -> pa.Table:
    return table.filter(pc.equal(table["sku"], sku))


def _facts(product: dict[str, Any], change: dict[str, Any] | None, problems: list[dict[str, Any]]) -> dict[str, Any]:
    own = [worded(problem) for problem in problems if problem["vendor"] == product["vendor"]]
    filed = [product[f"vendor_{level}"] for level in LEVELS]
    placed = [product[level] for level in LEVELS if product[level]]
    sure = ", ".join(map(_floored, product["confidences"] or []))
    values = {
        name.removeprefix("attr_"): value for name, value in product.items() if name.startswith("attr_") and value
    }
    return {
        "name": product["name"],
        "description": bounded(" ".join((product["description"] or "").split()), 120),
        "filed by the vendor": " / ".join("" if level is None else level for level in filed),
        "read as": ", ".join(product["levels_seen"] or []),
        "image group": f"{product['image_group']} ({_floored(product['image_group_confidence'] or 0)})",
        "placed": f"{' / '.join(placed) or '-'} ({product['placement']}; {sure or '-'})",
        "reasons": ", ".join(product["reasons"] or []),
        "placed by": product["placed_by"],
        **values,
        "unsure": ", ".join(product["abstained"] or []),
        "problems tonight": _listed(own) or "-",
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
    return {name: claim[name] for name in names} | {"confidence": _floored(claim["confidence"]), "evidence": evidence}


def _floored(sure: float) -> str:
    """Return a confidence with two digits, the page's whole percent.

    >>> _floored(0.9958), _floored(0.75), _floored(0.29)
    ('0.99', '0.75', '0.29')
    """
    return f"{whole_percent(sure) / 100:.2f}"

"""Products, problems and withdrawals as Arrow tables, and products back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date

import pyarrow as pa

from schemas.records import LEVELS, Product, RowProblem
from schemas.tables import PRODUCTS, ROW_PROBLEMS, WITHDRAWN

Judged = Callable[[str], bool]


def content_hash(product: Product, judged: Judged) -> str:
    """Return the sha256 of what a product is judged by: its words, levels, pictures and the ``judged`` fields.

    What is only carried along (a price, the sizes) plays no part, nor do night and row numbers: a person's decision
    holds until this hash changes, and prices change every day.
    """
    content = [
        product.vendor,
        product.sku,
        product.name,
        product.description,
        product.levels,
        sorted((name, text) for name, text in product.fields.items() if judged(name)),
        product.images,
    ]
    # Escaped to ASCII, so that the hash cannot depend on how text is encoded.
    text = json.dumps(content, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def products_table(products: Sequence[Product], night: date, judged: Judged) -> pa.Table:
    """Return ``PRODUCTS`` rows in the order given; ``image_sha256`` is null until pictures are known.

    ``judged`` tells which fields are part of the content hash.
    """
    columns: dict[str, list[object]] = {
        "vendor": [p.vendor for p in products],
        "sku": [p.sku for p in products],
        "night": [night] * len(products),
        "rows": [list(p.rows) for p in products],
        "name": [p.name for p in products],
        "description": [p.description for p in products],
        # Sorted, so that the same content gives the same bytes.
        "fields": [sorted(p.fields.items()) for p in products],
        "sizes": [list(p.sizes) for p in products],
        "images": [list(p.images) for p in products],
        "image_sha256": [None] * len(products),
        "content_hash": [content_hash(p, judged) for p in products],
    }
    columns |= {f"vendor_{level}": [p.levels[at] for p in products] for at, level in enumerate(LEVELS)}
    return pa.table([pa.array(columns[name], PRODUCTS.field(name).type) for name in PRODUCTS.names], schema=PRODUCTS)


def products_from_table(table: pa.Table) -> list[Product]:
    """Return the products of ``PRODUCTS`` rows; further columns are ignored."""
    names = [*PRODUCTS.names[:2], "rows", "name", "description", "fields", "sizes", "images"]
    names += [f"vendor_{level}" for level in LEVELS]
    return [
        Product(
            vendor=row["vendor"],
            sku=row["sku"],
            rows=tuple(row["rows"]),
            name=row["name"] or "",
            description=row["description"] or "",
            levels=tuple(row[f"vendor_{level}"] for level in LEVELS),
            fields=dict(row["fields"] or ()),
            sizes=tuple(row["sizes"] or ()),
            images=tuple(row["images"] or ()),
        )
        for row in table.select(names).to_pylist()
    ]


def problems_table(problems: Iterable[RowProblem]) -> pa.Table:
    """Return ``ROW_PROBLEMS`` rows in the order given."""
    rows = [{name: getattr(problem, name) for name in ROW_PROBLEMS.names} for problem in problems]
    return pa.Table.from_pylist([row | {"reason": str(row["reason"])} for row in rows], schema=ROW_PROBLEMS)


def withdrawn_table(vendor: str, withdrawn: Iterable[tuple[str, tuple[int, ...]]], night: date) -> pa.Table:
    """Return ``WITHDRAWN`` rows in the order given; rows are empty where a full delivery left the product out."""
    rows = [{"vendor": vendor, "sku": sku, "night": night, "rows": list(numbers)} for sku, numbers in withdrawn]
    return pa.Table.from_pylist(rows, schema=WITHDRAWN)

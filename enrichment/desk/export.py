"""The published catalogue in the words of an open product taxonomy."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from enrichment.publish.read import latest, read_table
from enrichment.stores.port import Store
from nlp.standard import standard

CATEGORY = {"shopify": "category", "google": "google_product_category"}
_PREFIX = "attr_"


def write_export(store: Store, taxonomy: str, out: Path) -> tuple[int, int]:
    """Write one row a product to the Parquet file ``out``; return the rows, and how many have a category.

    Raises:
        UsageError: ``taxonomy`` is no known standard.

    """
    table = read_table(store, latest(store), "products")
    named = [name for name in table.schema.names if name.startswith(_PREFIX)]
    rows = table.select(["vendor", "sku", *named]).to_pylist()
    mapped = [
        standard(taxonomy, row[f"{_PREFIX}article_type"], {name.removeprefix(_PREFIX): row[name] for name in named})
        for row in rows
    ]
    keys = sorted({key for row in mapped for key in row})
    columns = {
        "vendor": pa.array([row["vendor"] for row in rows], pa.string()),
        "sku": pa.array([row["sku"] for row in rows], pa.string()),
        **{key: pa.array([row.get(key) for row in mapped], pa.string()) for key in keys},
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), out)
    return len(rows), sum(CATEGORY[taxonomy] in row for row in mapped)

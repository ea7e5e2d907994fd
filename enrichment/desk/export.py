"""The published catalogue in the words of an open product taxonomy."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from enrichment.publish.read import latest, read_table
from enrichment.stores.atomic import atomic_file
from enrichment.stores.port import Store
from enrichment.stores.space import writing
from nlp.standard import standard
from schemas.errors import UsageError
from schemas.records import bounded

CATEGORY = {"shopify": "category", "google": "google_product_category"}
_SUFFIX = ".parquet"
_PREFIX = "attr_"


@dataclass(frozen=True, slots=True)
class Exported:
    """How many products were written, how many with a category, and what was left out, counted by attribute.

    ``unplaced`` counts products whose category lacks the attribute, ``unknown`` values that the standard lacks.
    """

    products: int
    with_category: int
    unplaced: Counter[str]
    unknown: Counter[str]


def write_export(store: Store, taxonomy: str, out: Path) -> Exported:
    """Write one row a product to the Parquet file ``out``.

    Raises:
        UsageError: ``taxonomy`` is no known standard, or ``out`` is not named as a Parquet file.

    """
    if out.suffix.lower() != _SUFFIX:
        # Under the name of another format the file would be opened as one.
        raise UsageError(
            f"export file {bounded(out.name)!r}: ending {bounded(out.suffix)!r}; allowed: {_SUFFIX}. Name it "
            f"{bounded(out.stem)}{_SUFFIX}; `pandas.read_parquet(...).to_csv(...)` makes another table of it."
        )
    table = read_table(store, latest(store), "products")
    named = [name for name in table.schema.names if name.startswith(_PREFIX)]
    rows = table.select(["vendor", "sku", *named]).to_pylist()
    told = [
        standard(taxonomy, row[f"{_PREFIX}article_type"], {name.removeprefix(_PREFIX): row[name] for name in named})
        for row in rows
    ]
    keys = sorted({key for row in told for key in row.fields})
    columns = {
        "vendor": pa.array([row["vendor"] for row in rows], pa.string()),
        "sku": pa.array([row["sku"] for row in rows], pa.string()),
        **{key: pa.array([row.fields.get(key) for row in told], pa.string()) for key in keys},
    }
    with writing(out), atomic_file(out) as file:
        pq.write_table(pa.table(columns), file)
    return Exported(
        len(rows),
        sum(CATEGORY[taxonomy] in row.fields for row in told),
        Counter(name for row in told for name in row.unplaced),
        Counter(name for row in told for name in row.unknown),
    )

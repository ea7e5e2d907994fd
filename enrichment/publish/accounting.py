"""Rows in = rows published + rows withdrawn + rows quarantined, for each vendor that delivered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True, slots=True)
class VendorAccount:
    """Where one vendor's drop rows of a night went; a product of several rows counts them all."""

    vendor: str
    rows_in: int
    published: int
    withdrawn: int
    quarantined: int

    @property
    def unaccounted(self) -> int:
        """Rows that went nowhere (above 0) or to two places (below 0)."""
        return self.rows_in - self.published - self.withdrawn - self.quarantined


def accounts(
    rows_in: Mapping[str, int], products: pa.Table, withdrawn: pa.Table, problems: pa.Table
) -> tuple[VendorAccount, ...]:
    """Count tonight's rows by vendor from PRODUCTS, WITHDRAWN and ROW_PROBLEMS; each drop row counts once a place.

    ``rows_in`` is what the readers counted, by vendor. Problems that are not quarantined leave their row published.
    """
    published, gone = _rows(products), _rows(withdrawn)
    refused = problems.filter(pc.fill_null(problems["quarantined"], False)).select(["vendor", "row"])
    counted = [_count(table) for table in (published, gone, refused)]
    vendors = sorted({*rows_in, *(vendor for counts in counted for vendor in counts)})
    return tuple(VendorAccount(v, rows_in.get(v, 0), *(counts.get(v, 0) for counts in counted)) for v in vendors)


def _rows(table: pa.Table) -> pa.Table:
    """Return one (vendor, row) a drop row that a product came from."""
    listed = table["rows"].combine_chunks()
    parents = pc.list_parent_indices(listed)
    return pa.table({"vendor": table["vendor"].take(parents), "row": pc.list_flatten(listed)})


def _count(rows: pa.Table) -> dict[str, int]:
    counts = rows.group_by("vendor").aggregate([("row", "count_distinct")])
    return dict(zip(counts["vendor"].to_pylist(), counts["row_count_distinct"].to_pylist(), strict=True))

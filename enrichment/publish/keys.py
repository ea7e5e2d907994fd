"""Arrow tables joined by ``(vendor, sku)`` without a Python object a row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.paths import SEPARATOR

KEY = ("vendor", "sku")
# A declared vendor name holds no control character, so the joined key is unambiguous.
_SEPARATOR = "\x1f"
# Arrow joins a column's chunks before it takes rows, and offsets of text end at 2 GiB.
_MOST_BYTES = 2**30


def keys_of(table: pa.Table) -> pa.Array:
    """Return one string a row that is equal exactly where vendor and sku are."""
    joined = pc.binary_join_element_wise(table["vendor"], table["sku"], _SEPARATOR)
    return _one(joined.cast(pa.string()))


def positions(wanted: pa.Array, keys: pa.Array) -> pa.Array:
    """Return for each of ``wanted`` its first position in ``keys``, null where it is not there."""
    return pc.index_in(wanted, value_set=keys)


def inside(table: pa.Table, other: pa.Table | None) -> pa.Array:
    """Tell for each row of ``table`` whether ``other`` has its key."""
    if other is None:
        return pa.array(np.zeros(table.num_rows, dtype=bool))
    return pc.is_in(keys_of(table), value_set=keys_of(other))


def lists(rows: pa.Array, values: pa.Array, size: int) -> pa.ListArray:
    """Gather ``values`` into ``size`` lists; ``rows`` names each value's list, null drops it, order is kept."""
    known = pc.is_valid(rows)
    at = rows.filter(known).to_numpy(zero_copy_only=False).astype(np.int64)
    order = np.argsort(at, kind="stable")
    offsets = np.zeros(size + 1, dtype=np.int32)
    np.cumsum(np.bincount(at, minlength=size), out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), _one(values.filter(known)).take(pa.array(order)))


def ordered(table: pa.Table, by: Sequence[str] = KEY) -> pa.Table:
    """Sort by the named columns; equal tables come out equal, chunk by chunk."""
    order = pc.sort_indices(table, sort_keys=[(name, "ascending") for name in by])
    return taken(table, order).combine_chunks()


def taken(table: pa.Table, rows: pa.Array) -> pa.Table:
    """Return the named ``rows``, each at most once, in their order; a column may hold more than 2 GiB of text."""
    parts = 1 + max((column.nbytes for column in table.columns), default=0) // _MOST_BYTES
    if parts == 1:
        return table.take(rows)
    found = []
    for some in np.array_split(rows.to_numpy(), parts):
        named = np.zeros(table.num_rows, dtype=bool)
        named[some] = True
        found.append(table.filter(pa.array(named)).take(pa.array(np.cumsum(named)[some] - 1)))
    return pa.concat_tables(found)


def conform(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Bring ``table`` to ``schema``: missing columns are null, columns of an earlier vocabulary fall away."""
    size = table.num_rows
    columns = [table[f.name].cast(f.type) if f.name in table.schema.names else pa.nulls(size, f.type) for f in schema]
    return pa.table(columns, schema=schema)


def joined(table: pa.Table, columns: Sequence[str], separator: str = SEPARATOR) -> pa.Array:
    """Join text columns a row, leaving nulls out; a row of nulls only becomes null."""
    texts = [_one(table[name]) for name in columns]
    known = pc.is_valid(texts[0])
    for text in texts[1:]:
        known = pc.or_(known, pc.is_valid(text))
    # The join leaves a row of nulls out altogether, instead of giving it an empty text.
    texts[0] = pc.if_else(known, texts[0], "")
    whole = pc.binary_join_element_wise(*texts, separator, null_handling="skip")
    return pc.if_else(known, whole, pa.scalar(None, pa.string()))


def _one(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column

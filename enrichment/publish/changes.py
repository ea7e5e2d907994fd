"""What moved in the hierarchy since the base run, and whether data, a model, the taxonomy or a rule moved it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from enrichment.publish.keys import conform, inside, joined, keys_of, ordered, positions
from schemas.records import LEVELS
from schemas.tables import HIERARCHY_CHANGES

MODEL_VERSIONS = ("vision", "text", "fusion", "ner")
TAXONOMY_VERSION = "taxonomy"
_VENDOR_LEVELS = tuple(f"vendor_{level}" for level in LEVELS)


def hierarchy_changes(
    base: pa.Table | None,
    products: pa.Table,
    withdrawn: pa.Table | None = None,
    base_versions: Mapping[str, str] | None = None,
    versions: Mapping[str, str] | None = None,
) -> pa.Table:
    """Compare two published product tables and return HIERARCHY_CHANGES, sorted by vendor and sku.

    ``new``: not in ``base``; ``refiled``: another path; ``withdrawn``: in ``base``, asked for in ``withdrawn`` and
    gone. The cause of a refiling is ``data`` where the content or a picture changed. Otherwise the versions that
    differ between the two runs are asked, beside whether what the placement reads (group, attributes) came out
    differently: if so a model is to blame before a rule, if not the taxonomy before a model or a rule. Any version
    but the models' and the taxonomy's is a rule's.
    """
    base = products.slice(0, 0) if base is None else conform(base, products.schema)
    known = inside(products, base)
    new = products.filter(pc.invert(known))
    after = products.filter(known)
    before = base.take(positions(keys_of(after), keys_of(base)))
    gone = base.filter(pc.and_(inside(base, withdrawn), pc.invert(inside(base, products))))
    changed = {name for name in _names(base_versions, versions) if _differs(name, base_versions, versions)}
    parts = [
        _rows(new, None, "new", None, None),
        _refiled(before, after, changed),
        _rows(gone, joined(gone, LEVELS), "withdrawn", None, None, placed=False),
    ]
    return ordered(pa.concat_tables(parts))


def compared(base: pa.Table | None, products: pa.Table) -> int:
    """Count the products that both tables hold: what a share of refiled products refers to."""
    return 0 if base is None else int(pc.sum(inside(products, base)).as_py() or 0)


def _names(*versions: Mapping[str, str] | None) -> list[str]:
    return sorted({name for mapping in versions for name in mapping or {}})


def _differs(name: str, before: Mapping[str, str] | None, after: Mapping[str, str] | None) -> bool:
    return (before or {}).get(name) != (after or {}).get(name)


def _refiled(before: pa.Table, after: pa.Table, versions: set[str]) -> pa.Table:
    differs = [_unequal(before[level], after[level]) for level in LEVELS]
    moved = np.logical_or.reduce(differs)
    top = np.argmax(np.stack(differs), axis=0)[moved]
    mask = pa.array(moved)
    before, after = before.filter(mask), after.filter(mask)
    levels = pa.array(LEVELS, pa.string()).take(pa.array(top))
    return _rows(after, joined(before, LEVELS), "refiled", _causes(before, after, versions), levels)


def _causes(before: pa.Table, after: pa.Table, versions: set[str]) -> pa.Array:
    data = _unequal(before["content_hash"], after["content_hash"])
    data |= _unequal(_text(before["image_sha256"]), _text(after["image_sha256"]))
    inputs = [name for name in after.schema.names if name.startswith("attr_") or name == "image_group"]
    read = np.zeros(after.num_rows, dtype=bool)
    for name in inputs:
        read |= _unequal(before[name], after[name])
    model, taxonomy = bool(versions & set(MODEL_VERSIONS)), TAXONOMY_VERSION in versions
    other = bool(versions - {*MODEL_VERSIONS, TAXONOMY_VERSION})
    upstream = "model" if model else "rule" if other else "taxonomy" if taxonomy else "rule"
    downstream = "taxonomy" if taxonomy else "model" if model else "rule"
    return pa.array(np.where(data, "data", np.where(read, upstream, downstream)).tolist(), pa.string())


def _rows(
    table: pa.Table,
    previous: pa.Array | None,
    change: str,
    cause: pa.Array | None,
    level: pa.Array | None,
    placed: bool = True,
) -> pa.Table:
    """Fill HIERARCHY_CHANGES from product rows; what a withdrawn product has no more stays null."""
    size = table.num_rows
    columns = {
        "vendor": table["vendor"],
        "sku": table["sku"],
        "change": pa.array([change] * size, pa.string()),
        "cause": pa.array(["data"] * size, pa.string()) if cause is None else cause,
        "vendor_path": joined(table, _VENDOR_LEVELS),
    }
    if level is not None:
        columns["level"] = level
    if previous is not None:
        columns["previous_path"] = previous
    if placed:
        columns["path"] = joined(table, LEVELS)
        columns |= {"status": table["placement"], "reasons": table["reasons"], "confidence": _deepest(table)}
    return conform(pa.table(columns), HIERARCHY_CHANGES)


def _deepest(table: pa.Table) -> pa.Array:
    """Return the confidence of each path's deepest level, null where there is no path."""
    listed = table["confidences"].combine_chunks()
    sizes = pc.fill_null(pc.list_value_length(listed), 0).to_numpy(zero_copy_only=False)
    ends = np.cumsum(sizes) - 1
    return pc.list_flatten(listed).take(pa.array(ends, mask=sizes == 0))


def _text(column: pa.ChunkedArray) -> pa.Array:
    """Join a column of lists, so that lists compare as text."""
    return pc.binary_join(pc.fill_null(column.combine_chunks(), []), ",")


def _unequal(a: pa.Array, b: pa.Array) -> NDArray[np.bool_]:
    """Tell where two text columns differ; two nulls are equal."""
    same = pc.fill_null(pc.equal(a, b), False)
    both = pc.and_(pc.is_null(a), pc.is_null(b))
    return ~np.asarray(pc.or_(same, both).to_numpy(zero_copy_only=False), dtype=np.bool_)

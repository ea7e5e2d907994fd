"""What moved in the hierarchy since the base run, and what moved it: data, a model, the taxonomy, a rule, a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from enrichment.publish.keys import conform, inside, joined, keys_of, ordered, positions, taken
from enrichment.runs.plan import NOT_SHARED, VENDORS
from schemas.paths import split_path
from schemas.records import LEVELS, REVIEWED, Reason
from schemas.tables import HIERARCHY_CHANGES

MODEL_VERSIONS = ("vision", "text", "fusion", "ner")
TAXONOMY_VERSION = "taxonomy"
_VENDOR_LEVELS = tuple(f"vendor_{level}" for level in LEVELS)
# Division to subclass: the fifth level is a facet, which an attribute selects and no map moves.
_NODE_LEVELS = 4


def hierarchy_changes(
    base: pa.Table | None,
    products: pa.Table,
    withdrawn: pa.Table | None = None,
    base_versions: Mapping[str, str] | None = None,
    versions: Mapping[str, str] | None = None,
    today: Callable[[str], str | None] | None = None,
) -> pa.Table:
    """Compare two published product tables and return HIERARCHY_CHANGES, sorted by vendor and sku.

    ``new``: not in ``base``; ``refiled``: another path; ``withdrawn``: in ``base``, asked for in ``withdrawn`` and
    gone. ``today`` tells where a path of the base is in tonight's hierarchy: a product that stands exactly there, and
    no more where it stood, was moved by the map and by nothing else (cause ``taxonomy``, first reason
    ``taxonomy_migrated``). Otherwise the cause of a refiling is ``data`` where the content or a picture changed,
    ``taxonomy`` where the node that the product stood at is gone, and ``decision`` where a person's set the path, or
    ceased to. Otherwise the versions that differ between the two runs are asked (but those that do not move all
    products alike), beside whether what the placement reads (group, attributes) came out differently: if so a model
    is to blame before a rule, if not a declared rule that has begun or ceased to match, then the taxonomy before a
    model or a rule. Any version but the models' and the taxonomy's is a rule's, as is what vendors declare; where none
    differs it was ``data``: what else its vendor sent moved how far its filings are believed. A row that a model moved
    has the first reason ``model_changed``: row and pictures are the vendor's of the night before.
    """
    base = products.slice(0, 0) if base is None else conform(base, products.schema)
    known = inside(products, base)
    new = products.filter(pc.invert(known))
    after = products.filter(known)
    before = taken(base, positions(keys_of(after), keys_of(base)))
    gone = base.filter(pc.and_(inside(base, withdrawn), pc.invert(inside(base, products))))
    asked = [name for name in _names(base_versions, versions) if name not in NOT_SHARED]
    changed = {name for name in (*asked, VENDORS) if _differs(name, base_versions, versions)}
    parts = [
        _rows(new, None, "new", None, None),
        _refiled(before, after, changed, today or _unmoved),
        _rows(gone, joined(gone, LEVELS), "withdrawn", None, None, placed=False),
    ]
    return ordered(pa.concat_tables(parts))


def compared(base: pa.Table | None, products: pa.Table) -> int:
    """Count the products that both tables hold: what a share of refiled products refers to."""
    return 0 if base is None else int(pc.sum(inside(products, base)).as_py() or 0)


def refiled(changes: pa.Table) -> int:
    """Count the products that stand elsewhere than before."""
    return int(pc.sum(pc.equal(changes["change"], "refiled")).as_py() or 0)


def _names(*versions: Mapping[str, str] | None) -> list[str]:
    return sorted({name for mapping in versions for name in mapping or {}})


def _differs(name: str, before: Mapping[str, str] | None, after: Mapping[str, str] | None) -> bool:
    return (before or {}).get(name) != (after or {}).get(name)


def _unmoved(path: str) -> str | None:
    return path


def _refiled(before: pa.Table, after: pa.Table, versions: set[str], today: Callable[[str], str | None]) -> pa.Table:
    differs = [_unequal(before[level], after[level]) for level in LEVELS]
    moved = np.logical_or.reduce(differs)
    top = np.argmax(np.stack(differs), axis=0)[moved]
    mask = pa.array(moved)
    before, after = before.filter(mask), after.filter(mask)
    levels = pa.array(LEVELS, pa.string()).take(pa.array(top))
    previous = joined(before, LEVELS)
    mapped = _mapped(previous, joined(after, LEVELS), today)
    gone = _gone(previous, today) if TAXONOMY_VERSION in versions else np.zeros_like(mapped)
    causes = np.where(mapped, TAXONOMY_VERSION, _causes(before, after, versions, gone))
    rows = _rows(after, previous, "refiled", pa.array(causes.tolist(), pa.string()), levels)
    at = rows.schema.get_field_index("reasons")
    return rows.set_column(at, rows.schema.field(at), _with_mover(rows["reasons"], causes, mapped))


def _mapped(previous: pa.Array, now: pa.Array, today: Callable[[str], str | None]) -> NDArray[np.bool_]:
    """Tell which products stand where the hierarchy's own map puts the node they stood at before."""
    ends = pa.table({"before": previous, "after": now}).group_by(["before", "after"]).aggregate([])
    pairs = set(zip(ends["before"].to_pylist(), ends["after"].to_pylist(), strict=True))
    by_map = {(a, b) for a, b in pairs if a and b and _same_move(a, b, today(a))}
    rows = zip(previous.to_pylist(), now.to_pylist(), strict=True)
    return np.fromiter((ends in by_map for ends in rows), dtype=np.bool_, count=len(previous))


def _gone(previous: pa.Array, today: Callable[[str], str | None]) -> NDArray[np.bool_]:
    """Tell which products stood at a node that the hierarchy has no more, and of which no map says where it went."""
    lost = {path for path in previous.unique().to_pylist() if path and today(path) is None}
    return np.fromiter((path in lost for path in previous.to_pylist()), dtype=np.bool_, count=len(previous))


def _same_move(before: str, after: str, expected: str | None) -> bool:
    if expected is None:
        return False
    stood, stands, due = (split_path(path)[:_NODE_LEVELS] for path in (before, after, expected))
    return due != stood and due == stands


def _with_mover(reasons: pa.ChunkedArray, causes: NDArray[np.str_], mapped: NDArray[np.bool_]) -> pa.Array:
    """Put what moved a product before the reasons that it stands there for: a pattern is named by its first."""
    told = []
    for own, cause, by_map in zip(reasons.to_pylist(), causes.tolist(), mapped.tolist(), strict=True):
        mover = Reason.TAXONOMY_MIGRATED if by_map else Reason.MODEL_CHANGED if cause == "model" else None
        told.append([*([mover.value] if mover else []), *(own or [])])
    return pa.array(told, pa.list_(pa.string()))


def _causes(before: pa.Table, after: pa.Table, versions: set[str], gone: NDArray[np.bool_]) -> NDArray[np.str_]:
    data = _unequal(before["content_hash"], after["content_hash"])
    data |= _unequal(_text(before["image_sha256"]), _text(after["image_sha256"]))
    inputs = [name for name in after.schema.names if name.startswith("attr_") or name == "image_group"]
    read = np.zeros(after.num_rows, dtype=bool)
    for name in inputs:
        read |= _unequal(before[name], after[name])
    model, taxonomy = bool(versions & set(MODEL_VERSIONS)), TAXONOMY_VERSION in versions
    other = bool(versions - {*MODEL_VERSIONS, TAXONOMY_VERSION})
    upstream = "model" if model else "rule" if other else "taxonomy" if taxonomy else "data"
    downstream = "taxonomy" if taxonomy else "model" if model else "rule" if other else "data"
    person, rule = _ordered(before, after)
    return np.select(
        [data, gone, person, read, rule], ["data", TAXONOMY_VERSION, "decision", upstream, "rule"], downstream
    )


def _ordered(before: pa.Table, after: pa.Table) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which products a person's decision, and which a declared rule, has begun or ceased to place."""
    other = _unequal(before["placed_by"], after["placed_by"])
    person, rule = np.zeros_like(other), np.zeros_like(other)
    for table in (before, after):
        by = pc.starts_with(table["placed_by"], REVIEWED)
        person |= np.asarray(pc.fill_null(by, False).to_numpy(zero_copy_only=False), dtype=np.bool_)
        told = _text(table["reasons"])
        rule |= np.asarray(
            pc.match_substring(told, Reason.RULE_OVERRIDE).to_numpy(zero_copy_only=False), dtype=np.bool_
        )
    return other & person, other & rule


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

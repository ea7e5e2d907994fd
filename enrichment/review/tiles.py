"""The night's counts, each beside the last run's and the median of the last 28 nights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.records import CONTRADICTIONS, LEVELS, LevelState, PlacementStatus, Reason

WINDOW = 28
TITLES = {
    "products": "Products published",
    "new": "New",
    "refiled": "Re-filed",
    "unchanged": "Unchanged",
    "withdrawn": "Withdrawn",
    "locked": "Locked",
    "def_resolved": "DEF levels resolved",
    "def_left": "DEF levels left",
    "contradictions": "Contradictions",
    "stopped_at_parent": "Stopped at parent",
    "abstained": "Abstained",
    "problems": "Row problems",
    "quarantined": "Rows quarantined",
}
# The fifth level is a facet that many nodes do not have: a placeholder there is nothing to resolve.
_RESOLVABLE = LEVELS[:4]


def count_tiles(products: pa.Table, changes: pa.Table, problems: pa.Table) -> dict[str, int]:
    """Return one count a tile, over the whole published catalogue and the night's changes and problems."""
    kinds = {str(r["values"]): int(r["counts"]) for r in changes.column("change").value_counts().to_pylist()}
    placements = products.column("placement").value_counts().to_pylist()
    placed = {str(r["values"]): int(r["counts"]) for r in placements}
    resolved, left = _placeholders(products)
    quarantined = pc.sum(problems.column("quarantined").cast(pa.int64())).as_py()
    counts = {
        "products": products.num_rows,
        "new": kinds.get("new", 0),
        "refiled": kinds.get("refiled", 0),
        "withdrawn": kinds.get("withdrawn", 0),
        "locked": _with_reason(products, (Reason.LOCK_KEPT.value,)),
        "def_resolved": resolved,
        "def_left": left,
        "contradictions": _with_reason(products, [reason.value for reason in CONTRADICTIONS]),
        "stopped_at_parent": placed.get(PlacementStatus.STOPPED_AT_PARENT.value, 0),
        "abstained": placed.get(PlacementStatus.ABSTAINED.value, 0),
        "problems": problems.num_rows,
        "quarantined": int(quarantined or 0),
    }
    counts["unchanged"] = max(0, counts["products"] - counts["new"] - counts["refiled"])
    return {name: counts[name] for name in TITLES}


def compare_tiles(counts: Mapping[str, int], history: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return tiles ``name title value last median``; the latter two are None on a first night."""
    past = [night.get("tiles_by_name", {}) for night in history[-WINDOW:]]
    tiles = []
    for name, title in TITLES.items():
        known = [int(night[name]) for night in past if name in night]
        tiles.append(
            {
                "name": name,
                "title": title,
                "value": counts[name],
                "last": known[-1] if known else None,
                "median": float(median(known)) if known else None,
            }
        )
    return tiles


def _placeholders(products: pa.Table) -> tuple[int, int]:
    """Count placeholder levels that now have a value, and those that still have none."""
    states = products.column("levels_seen").combine_chunks()
    resolved = left = 0
    for at, level in enumerate(_RESOLVABLE):
        long_enough = pc.greater(pc.list_value_length(states), at)
        table = pa.table({"states": states, "level": products.column(level)}).filter(long_enough)
        held = pc.equal(pc.list_element(table.column("states"), at), LevelState.PLACEHOLDER.value)
        filled = pc.and_(held, pc.is_valid(table.column("level")))
        resolved += pc.sum(filled.cast(pa.int64())).as_py() or 0
        left += (pc.sum(held.cast(pa.int64())).as_py() or 0) - (pc.sum(filled.cast(pa.int64())).as_py() or 0)
    return resolved, left


def _with_reason(products: pa.Table, reasons: Sequence[str]) -> int:
    """Count products that carry at least one of ``reasons``."""
    column = products.column("reasons").combine_chunks()
    hit = pc.is_in(pc.list_flatten(column), value_set=pa.array(reasons))
    # Distinct rows: a product that carries two of the reasons is one product.
    return int(pc.count_distinct(pc.list_parent_indices(column).filter(hit)).as_py())

"""The lines of the page: what is listed, in which order, joined with what is known of each product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.review.changes import Change
from enrichment.review.ledger import CONTENT_DIGITS
from schemas.paths import join_path
from schemas.records import LEVELS

Key = tuple[str, str]
# The unit separator: vendors are named by letters, so no two products share a key.
_SEPARATOR = "\x1f"
_FACTS = (
    *("vendor", "sku", "name", "content_hash", "image_sha256", "confidences", "image_group", "placement", "reasons"),
    "placed_by",
    *LEVELS,
    *(f"vendor_{level}" for level in LEVELS),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a change, and what the product is called, looks like and hashes to."""

    change: Change
    name: str = ""
    content: str = ""
    picture: str = ""
    group: str = ""
    confidences: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """All lines of the page.

    ``special`` are positions in ``lines`` by what is special about them: ``audit`` (in the order drawn), ``expired``
    decisions, ``disputed`` by reviewers, ``waiting`` for their day, ``back`` from it.
    """

    lines: list[Line]
    special: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    position: dict[Key, int] = field(default_factory=dict)

    def shortened(self, size: int) -> Listing:
        """Return the first ``size`` lines and, behind them, what is shown for another cause than its change."""
        named = {at for rows in self.special.values() for at in rows}
        kept = [*range(min(size, len(self.lines))), *sorted(named - set(range(size)))]
        at = {old: new for new, old in enumerate(kept)}
        position = {key: at[old] for key, old in self.position.items() if old in at}
        special = {name: tuple(at[row] for row in rows) for name, rows in self.special.items()}
        return Listing([self.lines[old] for old in kept], special, position)


def row_keys(table: pa.Table) -> pa.Array:
    """Return one text a row that names its product, for joins."""
    keys = pc.binary_join_element_wise(table.column("vendor"), table.column("sku"), _SEPARATOR)
    return keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys


def key_array(keys: Iterable[Key]) -> pa.Array:
    """Return ``keys`` in the form of :func:`row_keys`."""
    return pa.array([_SEPARATOR.join(key) for key in keys], pa.string())


def product_facts(products: pa.Table, keys: Sequence[Key]) -> dict[Key, dict[str, Any]]:
    """Return what the published table says of ``keys``; unknown products are left out."""
    wanted = pc.is_in(row_keys(products), value_set=key_array(keys))
    rows = products.select(_FACTS).filter(wanted).to_pylist()
    return {(row["vendor"], row["sku"]): row for row in rows}


def compose(
    changes: Sequence[Change], facts: dict[Key, dict[str, Any]], special: Mapping[str, Sequence[Key]]
) -> Listing:
    """Put ``changes`` in their order, then the products shown for another cause (see :class:`Listing`)."""
    lines = [_line(change, facts.get(change.key)) for change in changes]
    position = {line.change.key: at for at, line in enumerate(lines)}
    for key in (key for keys in special.values() for key in keys):
        if key not in position and key in facts:
            position[key] = len(lines)
            lines.append(_line(_standing(facts[key]), facts[key]))
    rows = {name: tuple(position[key] for key in keys if key in position) for name, keys in special.items()}
    return Listing(lines, rows, position)


def picture_of(fact: Mapping[str, Any]) -> str:
    """Return the sha256 of a product's first picture, empty for none."""
    return str(next(iter(fact["image_sha256"] or ()), ""))


def _line(change: Change, fact: dict[str, Any] | None) -> Line:
    if fact is None:
        return Line(change)
    return Line(
        change,
        name=fact["name"] or "",
        content=(fact["content_hash"] or "")[:CONTENT_DIGITS],
        picture=picture_of(fact),
        group=fact["image_group"] or "",
        confidences=tuple(fact["confidences"] or ()),
    )


def _standing(fact: dict[str, Any]) -> Change:
    """Return the line of a product that did not move."""
    path = join_path(fact[level] for level in LEVELS if fact[level])
    sent = [fact[f"vendor_{level}"] or "" for level in LEVELS]
    while sent and not sent[-1]:
        sent.pop()
    confidences = fact["confidences"] or ()
    return Change(
        vendor=fact["vendor"],
        sku=fact["sku"],
        change="unchanged",
        cause="",
        level="",
        vendor_path=join_path(sent),
        previous=path,
        path=path,
        status=fact["placement"] or "",
        confidence=round(float(min(confidences, default=0.0)), 4),
        reasons=tuple(fact["reasons"] or ()),
    )

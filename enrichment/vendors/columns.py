"""Columns that must be there, and the error that says which are not."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from pathlib import Path

from enrichment.vendors.paths import root
from enrichment.vendors.port import Refusal, Row
from schemas.errors import DropError
from schemas.records import bounded
from schemas.vendor_spec import VendorSpec

_SHOWN = 30


def require_columns(spec: VendorSpec, found: Iterable[str], path: Path, way_out: str = "") -> None:
    """Check that every declared column that is not optional was found; ``way_out`` is what the reader makes of it.

    Raises:
        DropError: names the missing columns, the closest matches, what was found, and the way out.

    """
    names = list(found)
    known = set(names)
    needed = [c for c in spec.wanted_columns if c not in spec.columns.optional]
    missing = [c for c in needed if c not in known and not (spec.nested and root(c) in known)]
    if missing:
        shown = ", ".join(repr(bounded(name, 60)) for name in names[:_SHOWN]) or "none"
        raise DropError(
            f"drop {spec.vendor} file {path.name}: missing column {', '.join(_hint(c, names) for c in missing)}; "
            f"found: {shown}. {way_out or 'Ask the vendor for the column, or fix the map'} in {spec.file}."
        )


def unique_columns(header: Iterable[str]) -> list[str]:
    """Return the header, white space evened out, repeated names told apart: the second ``Image`` is ``Image#2``."""
    counts: dict[str, int] = {}
    names = []
    for cell in header:
        name = " ".join(cell.lstrip("\ufeff").split())
        counts[name] = counts.get(name, 0) + 1
        names.append(name if counts[name] == 1 else f"{name}#{counts[name]}")
    return names


def checked_records(spec: VendorSpec, rows: Iterator[Row | Refusal], path: Path) -> Iterator[Row | Refusal]:
    """Pass records on, and check at the end that each declared key occurred in some record.

    Raises:
        DropError: no record at all carried a declared key.

    """
    wanted = {name for column in spec.wanted_columns for name in (column, root(column))}
    seen: dict[str, None] = {}
    for row in rows:
        if not isinstance(row, Refusal) and not row.keys() <= seen.keys():
            # A hostile drop could bring new keys in each record; those few that the error shows are enough.
            seen.update(dict.fromkeys(key for key in row if key in wanted or len(seen) < _SHOWN))
        yield row
    if seen:
        require_columns(spec, seen, path)


def _hint(column: str, names: list[str]) -> str:
    # Reversed, so that of two names that differ in case alone the first is shown.
    folded = {name.casefold(): name for name in reversed(names)}
    close = difflib.get_close_matches(column.casefold(), list(folded), n=1)
    return f"{column!r} (closest: {bounded(folded[close[0]], 60)!r})" if close else repr(column)

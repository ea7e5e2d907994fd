"""Decisions as files: what the page exports, read back row by row; a row that does not fit is named, not fatal."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from enrichment.review.cells import write_csv
from enrichment.review.ledger import CONTENT_DIGITS, LedgerEntry, Verdict, from_record
from enrichment.review.nodes import Nodes
from enrichment.review.snooze import is_day
from schemas.errors import UsageError
from schemas.records import bounded
from schemas.sheet import read_rows

FIELDS = (
    *("run_id", "vendor", "sku", "level", "decision", "path", "previous", "value", "comment", "reviewer", "at"),
    *("seq", "content", "audit"),
)
# What cannot be filled in from the run that a row names.
_NEEDED = ("run_id", "vendor", "sku", "decision", "reviewer", "at")
_MARK = re.compile(rf"[0-9a-f]{{{CONTENT_DIGITS}}}")
# A million decisions with long comments; anything larger is no file of ours.
_SIZE_LIMIT = 256 * 2**20
Kind = Literal["csv", "json"]


@dataclass(frozen=True, slots=True)
class Refused:
    """A row of a decisions file that cannot be taken: its 1-based number among the decisions, and why.

    ``line`` is that of the file on which the row begins (1 is the head); 0 where the file is not read by lines.
    """

    row: int
    why: str
    line: int = 0

    @property
    def where(self) -> str:
        """Return where to look: "line 5", or "decision 4" where the file is not read by lines."""
        return f"line {self.line}" if self.line else f"decision {self.row}"


@dataclass(frozen=True, slots=True)
class Imported:
    """What a decisions file holds: entries for the ledger, and rows refused.

    ``places`` has the row and the line of each entry, as :class:`Refused` has them.
    """

    entries: tuple[LedgerEntry, ...]
    refused: tuple[Refused, ...]
    places: tuple[tuple[int, int], ...]


def read_decisions(data: bytes, kind: Kind, nodes: Collection[str] = ()) -> Imported:
    """Read an exported file; where ``nodes`` are given, a correction to any other path, or a lock on one, is refused.

    A path that differs from a node in the blanks around its slashes alone is taken for that node.

    Raises:
        UsageError: the file as a whole is no decisions file.

    """
    if len(data) > _SIZE_LIMIT:
        raise UsageError(f"decisions file: {len(data)} bytes; at most {_SIZE_LIMIT}. Split it.")
    if kind == "csv":
        return _checked(read_rows(data, _NEEDED, "decisions file", "the page"), nodes)
    return check_records(_json_records(data), nodes)


def check_records(records: Iterable[Any], nodes: Collection[str] = ()) -> Imported:
    """Turn untrusted records into ledger entries, naming those that do not fit."""
    return _checked(((0, record) for record in records), nodes)


def _checked(records: Iterable[tuple[int, Any]], nodes: Collection[str]) -> Imported:
    """Check records that come with the line of the file they begin on, 0 for none."""
    entries: list[LedgerEntry] = []
    refused: list[Refused] = []
    places: list[tuple[int, int]] = []
    hierarchy = Nodes(nodes)
    for row, (line, record) in enumerate(records, 1):
        try:
            entry = _spelled(_entry(record), hierarchy)
            _check_value(entry)
            if nodes:
                _check_held(entry, hierarchy)
            entries.append(entry)
            places.append((row, line))
        except (ValueError, TypeError) as error:
            refused.append(Refused(row, bounded(str(error), 300), line))
    return Imported(tuple(entries), tuple(refused), tuple(places))


def write_decisions(entries: Iterable[LedgerEntry], kind: Kind) -> bytes:
    """Return ``entries`` as the file that the page would export."""
    records = [asdict(entry) for entry in entries]
    if kind == "csv":
        rows = ([_cell(record[name]) for name in FIELDS] for record in records)
        return write_csv(FIELDS, rows)
    return (json.dumps({"version": 1, "decisions": records}, ensure_ascii=False, indent=1) + "\n").encode()


def _entry(record: Any) -> LedgerEntry:
    if not isinstance(record, dict):
        raise TypeError(f"a decision is an object with {FIELDS}; got {bounded(repr(record), 80)}")
    return from_record({name: value for name, value in record.items() if name in FIELDS})


def _spelled(entry: LedgerEntry, hierarchy: Nodes) -> LedgerEntry:
    """Return the entry with its paths as the hierarchy writes them; what is no node of it stays as it is."""
    value = hierarchy.spelled(entry.value) if entry.decision is Verdict.CORRECT else entry.value
    return replace(entry, path=hierarchy.spelled(entry.path), previous=hierarchy.spelled(entry.previous), value=value)


def _check_value(entry: LedgerEntry) -> None:
    if entry.decision is Verdict.SNOOZE and not is_day(entry.value):
        raise ValueError(
            f"sku {bounded(entry.sku)!r}: snooze until {bounded(entry.value)!r}; allowed: a day, 2026-11-25"
        )
    if entry.content and not _MARK.fullmatch(entry.content):
        # A spreadsheet reads some marks as numbers; such a decision would hold for no content at all.
        raise ValueError(
            f"sku {bounded(entry.sku)!r}: content {bounded(entry.content)!r}; allowed: {CONTENT_DIGITS} digits 0 to f, "
            "or empty: it is filled in from the run named"
        )


def _check_held(entry: LedgerEntry, hierarchy: Nodes) -> None:
    """Refuse to hold a product at a path that is no node."""
    held = {Verdict.CORRECT: entry.value, Verdict.LOCK: entry.path}.get(entry.decision, "")
    # A lock that names no path is about the one where the product stands.
    if held and hierarchy.meant(held) != (held,):
        raise ValueError(f"sku {bounded(entry.sku, 60)!r}: {hierarchy.why_none(held)}")


def _json_records(data: bytes) -> Iterator[Any]:
    try:
        found = json.loads(data)
        yield from found["decisions"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError("decisions file: no JSON with a list 'decisions'. Export it again from the page.") from error


def _cell(value: object) -> str:
    # The page writes booleans as JavaScript does: one file, whoever wrote it.
    return str(value).lower() if isinstance(value, bool) else str(value)

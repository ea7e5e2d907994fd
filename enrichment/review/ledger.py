"""The decisions ledger: who decided what about which product, when; append-only on a store.

Entries are kept in immutable files under ``decisions/v=1/<run_id>/<sha256 of the content>.jsonl``. An entry
is named by the hash of its content, so that importing a file twice adds nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from enrichment.stores.port import Store
from schemas.errors import ObjectExists
from schemas.paths import parse_path
from schemas.records import LEVELS, bounded

PREFIX = "decisions/v=1/"
# Forty bits tell one product's old content from its new one; the page stays small.
CONTENT_DIGITS = 10
_TRUE, _FALSE = frozenset({"true", "1"}), frozenset({"", "false", "0"})
_COMMENT_LIMIT = 2_000
_SEQ_DIGITS = 15
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class Verdict(StrEnum):
    """What a reviewer can say about a placement."""

    ACCEPT = "accept"
    REJECT = "reject"
    CORRECT = "correct"
    LOCK = "lock"
    SNOOZE = "snooze"
    ASK_VENDOR = "ask_vendor"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One decision. ``path`` is the placement that was judged, ``previous`` where the product stood before.

    ``value`` is the right path of a ``correct``, the date of a ``snooze``, else empty. ``level`` names the
    level found wrong, where the reviewer said so. ``content`` is the first ten digits of the product's
    content hash at the time. ``audit`` marks an answer given in the random audit block.
    """

    vendor: str
    sku: str
    decision: Verdict
    path: str
    previous: str
    content: str
    reviewer: str
    at: str
    run_id: str
    level: str = ""
    value: str = ""
    comment: str = ""
    seq: int = 0
    audit: bool = False

    def __post_init__(self) -> None:
        """Refuse an entry without product, reviewer, time or known level, a path that is none, half a character."""
        texts = [text for name in self.__dataclass_fields__ if isinstance(text := getattr(self, name), str)]
        broken = next((text for text in texts if not _encodable(text)), "")
        _require(not broken, "text", broken, "whole characters (no lone surrogate)")
        _require(bool(self.vendor) and bool(self.sku), "vendor and sku", f"{self.vendor}/{self.sku}", "both named")
        _require(bool(self.reviewer.strip()), "reviewer", self.reviewer, "a name")
        _require(bool(_RUN_ID.fullmatch(self.run_id)), "run_id", self.run_id, "letters, digits, '.', '_' and '-'")
        _require(self.level in ("", *LEVELS), "level", self.level, f"empty or one of {LEVELS}")
        _require(len(self.comment) <= _COMMENT_LIMIT, "comment", len(self.comment), f"<= {_COMMENT_LIMIT} characters")
        for path in (self.path, self.previous, self.value if self.decision is Verdict.CORRECT else ""):
            parse_path(path)
        _require(self.decision is not Verdict.CORRECT or bool(self.value), "value", self.value, "the right path")
        _require(_has_zone(self.at), "at", self.at, "an ISO time with its zone, such as 2026-11-18T09:30:00+00:00")

    @property
    def id(self) -> str:
        """The sha256 of the entry's content."""
        return hashlib.sha256(_line(self).encode()).hexdigest()

    @property
    def key(self) -> tuple[str, str]:
        """The product's name: vendor and sku."""
        return self.vendor, self.sku


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _has_zone(at: str) -> bool:
    try:
        return datetime.fromisoformat(at).tzinfo is not None
    except ValueError:
        return False


def append(store: Store, entries: Iterable[LedgerEntry], known: set[str] | None = None) -> int:
    """Add the entries that the ledger does not hold yet; return how many were new.

    Writers need no lock: a file is written once under its own hash, and readers drop repeats. ``known`` spares
    a caller that appends often from reading the ledger each time: ids it has read, to which new ones are added.
    """
    fresh = {entry.id: entry for entry in entries}
    held = {entry.id for entry in read(store)} if known is None else known
    fresh = {entry_id: entry for entry_id, entry in fresh.items() if entry_id not in held}
    # A file a run keeps a night's decisions together; sorted lines give equal batches equal names.
    by_run: dict[str, list[str]] = {}
    for entry_id in sorted(fresh):
        by_run.setdefault(fresh[entry_id].run_id, []).append(_line(fresh[entry_id]))
    for run_id, lines in sorted(by_run.items()):
        _put_lines(store, run_id, lines)
    held.update(fresh)
    return len(fresh)


def read(store: Store) -> tuple[LedgerEntry, ...]:
    """Return all entries once, oldest first."""
    entries: dict[str, LedgerEntry] = {}
    for key in store.list(PREFIX):
        # Only at what was written between entries: ``splitlines`` also cuts at U+2028, which JSON leaves in a text.
        for line in filter(None, store.get(key).decode().split("\n")):
            entry = from_record(json.loads(line))
            entries[entry.id] = entry
    return in_order(entries.values())


def in_order(entries: Iterable[LedgerEntry]) -> tuple[LedgerEntry, ...]:
    """Return ``entries`` by time, then by the reviewer's own count, then by content."""
    found: list[LedgerEntry] = []
    for _, tied in groupby(sorted(entries, key=_moment), key=_moment):
        same = list(tied)
        # An id is a hash of the whole entry: it is asked for only where nothing else tells which comes first.
        found += sorted(same, key=lambda entry: entry.id) if len(same) > 1 else same
    return tuple(found)


def _moment(entry: LedgerEntry) -> tuple[datetime, int]:
    return datetime.fromisoformat(entry.at), entry.seq


def as_record(entry: LedgerEntry) -> dict[str, object]:
    """Return the entry as one JSON object; :func:`from_record` reads it back."""
    return asdict(entry)


def from_record(record: dict[str, object]) -> LedgerEntry:
    """Build an entry from one JSON object; ``ValueError`` names the field that does not fit."""
    names = LedgerEntry.__dataclass_fields__
    unknown = set(record) - set(names)
    _require(not unknown, "field", sorted(unknown), f"only {tuple(names)}")
    text = {name: str(record.get(name, "") or "") for name in names if name not in ("decision", "seq", "audit")}
    said = str(record.get("decision", "") or "")
    _require(said in set(Verdict), "decision", said, ", ".join(Verdict))
    count = str(record.get("seq") or 0)
    _require(count.isdecimal() and len(count) <= _SEQ_DIGITS, "seq", count, "a whole number, 0 or more")
    drawn = str(record.get("audit") or "").strip().lower()
    _require(drawn in _TRUE | _FALSE, "audit", drawn, "true or false")
    return LedgerEntry(
        decision=Verdict(said),
        seq=int(count),
        audit=drawn in _TRUE,
        **text,
    )


def _put_lines(store: Store, run_id: str, lines: list[str]) -> None:
    data = ("\n".join(lines) + "\n").encode()
    key = f"{PREFIX}{run_id}/{hashlib.sha256(data).hexdigest()}.jsonl"
    try:
        store.put_new(key, data)
    except ObjectExists:
        # Another writer put the very same bytes: nothing is left to do.
        return


def _line(entry: LedgerEntry) -> str:
    return json.dumps(asdict(entry), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _require(ok: bool, what: str, got: object, allowed: str) -> None:
    if not ok:
        raise ValueError(f"decision {what}: got {bounded(repr(got))}; allowed: {allowed}")

"""Decisions written by hand or exported from the page, checked against the run that each of them names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from enrichment.publish.read import find_run, open_run, read_table
from enrichment.review.exchange import Imported, Kind, Refused, read_decisions
from enrichment.review.ledger import CONTENT_DIGITS, LedgerEntry, Verdict, append
from enrichment.review.nodes import known_nodes
from enrichment.stores.port import Store
from schemas.errors import UsageError
from schemas.paths import join_path
from schemas.records import LEVELS, bounded
from schemas.taxonomy_spec import taxonomy

# Of what left the catalogue no path is right or wrong, and nobody can be asked about it any more.
_OF_THE_GONE = (Verdict.ACCEPT, Verdict.UNDO)


@dataclass(frozen=True, slots=True)
class Seen:
    """A product as a run showed it: its content mark, its path and the one it came from that night, or that it left."""

    content: str = ""
    path: str = ""
    previous: str = ""
    withdrawn: bool = False


Facts = dict[tuple[str, str], Seen]


def import_decisions(store: Store, data: bytes, kind: Kind) -> tuple[Imported, int]:
    """Add the file's decisions to the ledger; return what was read and refused, and how many entries were new.

    A row without the product's content, path or previous path is completed from the run it names: what the reviewer
    saw, and not what the product has become since. A product that run neither published nor withdrew is refused, and
    so is a row that names no published run; one that it withdrew can only be accepted. Refused rows are in the file's
    order.
    """
    read = read_decisions(data, kind, known_nodes(taxonomy()))

    @cache
    def facts(run_id: str) -> Facts | UsageError:
        # Told once a row, looked for once a run.
        try:
            return _facts(store, run_id)
        except UsageError as error:
            return error

    kept: list[tuple[LedgerEntry, tuple[int, int]]] = []
    refused = list(read.refused)
    for entry, (row, line) in zip(read.entries, read.places, strict=True):
        known = facts(entry.run_id)
        if isinstance(known, UsageError):
            refused.append(Refused(row, str(known), line))
        elif entry.key not in known:
            refused.append(Refused(row, _stranger(entry), line))
        elif known[entry.key].withdrawn and entry.decision not in _OF_THE_GONE:
            refused.append(Refused(row, _gone(entry), line))
        else:
            kept.append((_completed(entry, known[entry.key]), (row, line)))
    refused.sort(key=lambda refusal: refusal.row)
    imported = Imported(tuple(entry for entry, _ in kept), tuple(refused), tuple(place for _, place in kept))
    return imported, append(store, imported.entries)


def _facts(store: Store, run_id: str) -> Facts:
    """Return what a run showed of every product that it published or withdrew."""
    run = open_run(store, find_run(store, run_id))
    moves = read_table(store, run, "hierarchy_changes")
    changes = moves.select(["vendor", "sku", "change", "previous_path"]).to_pylist()
    gone = {(row["vendor"], row["sku"]): Seen(withdrawn=True) for row in changes if row["change"] == "withdrawn"}
    previous = {(row["vendor"], row["sku"]): row["previous_path"] for row in changes if row["change"] == "refiled"}
    rows = read_table(store, run, "products").select(["vendor", "sku", "content_hash", *LEVELS]).to_pylist()
    return gone | {
        (key := (row["vendor"], row["sku"])): Seen(
            (row["content_hash"] or "")[:CONTENT_DIGITS],
            join_path(row[level] for level in LEVELS if row[level]),
            previous.get(key) or "",
        )
        for row in rows
    }


def _completed(entry: LedgerEntry, seen: Seen) -> LedgerEntry:
    return replace(
        entry,
        content=entry.content or seen.content,
        path=entry.path or seen.path,
        previous=entry.previous or seen.previous,
    )


def _stranger(entry: LedgerEntry) -> str:
    return f"{_named(entry)}: no such product in run {entry.run_id}, and none that left in it"


def _gone(entry: LedgerEntry) -> str:
    return (
        f"{_named(entry)}: decision {entry.decision.value!r}; allowed: {Verdict.ACCEPT.value!r}, as it left the "
        f"catalogue in run {entry.run_id} and there is nothing left to place"
    )


def _named(entry: LedgerEntry) -> str:
    return f"{bounded(entry.vendor, 60)} {bounded(entry.sku, 60)!r}"

"""Decisions written by hand or exported from the page, checked against the published catalogue."""

from __future__ import annotations

from dataclasses import replace

from enrichment.publish.read import latest, read_table
from enrichment.review.exchange import Imported, Kind, Refused, read_decisions
from enrichment.review.ledger import CONTENT_DIGITS, LedgerEntry, append
from enrichment.review.nodes import known_nodes
from enrichment.review.paths import join_path
from enrichment.stores.port import Store
from schemas.records import LEVELS, bounded
from schemas.taxonomy_spec import taxonomy

Facts = dict[tuple[str, str], tuple[str, str]]


def import_decisions(store: Store, data: bytes, kind: Kind) -> tuple[Imported, int]:
    """Add the file's decisions to the ledger; return what was read and refused, and how many entries were new.

    A row without the product's content or path is completed from the catalogue that readers follow: a decision that
    names neither would hold for nothing. A product that is not in it is refused. Refused rows are in the file's order.
    """
    read = read_decisions(data, kind, known_nodes(taxonomy()))
    facts = _facts(store)
    told = list(zip(read.entries, read.places, strict=True))
    kept = [(_completed(entry, facts), place) for entry, place in told if entry.key in facts]
    strangers = [_stranger(entry, *place) for entry, place in told if entry.key not in facts]
    refused = sorted((*read.refused, *strangers), key=lambda refusal: refusal.row)
    imported = Imported(tuple(entry for entry, _ in kept), tuple(refused), tuple(place for _, place in kept))
    return imported, append(store, imported.entries)


def _facts(store: Store) -> Facts:
    """Return (vendor, sku) -> content mark and path of every published product."""
    rows = read_table(store, latest(store), "products").select(["vendor", "sku", "content_hash", *LEVELS]).to_pylist()
    return {
        (row["vendor"], row["sku"]): (
            (row["content_hash"] or "")[:CONTENT_DIGITS],
            join_path(row[level] for level in LEVELS if row[level]),
        )
        for row in rows
    }


def _completed(entry: LedgerEntry, facts: Facts) -> LedgerEntry:
    content, path = facts[entry.key]
    return replace(entry, content=entry.content or content, path=entry.path or path)


def _stranger(entry: LedgerEntry, row: int, line: int) -> Refused:
    named = f"{bounded(entry.vendor, 60)} {bounded(entry.sku, 60)!r}"
    return Refused(row, f"{named}: no such product in the published catalogue", line)

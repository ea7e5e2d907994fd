"""People's decisions, as a run obeys them: a snapshot taken when the night was planned.

Decisions that come in while the night runs wait for the next one, so that a resumed run gives equal bytes.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict
from functools import lru_cache

from enrichment.review.ledger import LedgerEntry, from_record, read
from enrichment.review.standing import RULINGS, standing_entries
from enrichment.runs.plan import canonical, short_hash
from enrichment.runs.run import Run
from enrichment.stages.versions import obeying
from enrichment.stores.port import Store
from schemas.errors import ObjectMissing

SNAPSHOT = "ledger.json"


def snapshot(store: Store) -> bytes:
    """Return all decisions of the store's ledger as canonical JSON."""
    return canonical([asdict(entry) for entry in read(store)])


def entries_of(run: Run) -> tuple[LedgerEntry, ...]:
    """Return the decisions that ``run`` obeys."""
    try:
        return _parse(run.store.get(f"{run.prefix}/{SNAPSHOT}"))
    except ObjectMissing:
        return ()


def judged_skus(run: Run, vendor: str) -> list[str]:
    """List the vendor's products about which somebody ever gave an order, one that was taken back included."""
    return sorted({e.sku for e in entries_of(run) if e.vendor == vendor and e.decision in RULINGS})


def verdict_hashes(run: Run, vendor: str) -> dict[str, str]:
    """Return sku -> hash of the orders that stand about it and of how they are read: part of a product's fingerprint.

    An acceptance, a snooze or a question to the vendor orders nothing, so the product is not answered anew for it.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for entry in standing_entries(entry for entry in entries_of(run) if entry.vendor == vendor):
        if entry.decision in RULINGS:
            found[entry.sku].append(f"{entry.id} {entry.decision}")
    return {sku: short_hash([obeying(), *ids]) for sku, ids in found.items()}


@lru_cache(maxsize=2)
def _parse(data: bytes) -> tuple[LedgerEntry, ...]:
    return tuple(from_record(record) for record in json.loads(data))

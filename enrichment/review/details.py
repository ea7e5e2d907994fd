"""What lies beside the page: full text, evidence, neighbours and earlier decisions, a script file a hundred lines.

A page opened from a folder may not read other files, but it may run scripts beside it; so each file is one
call of ``enrichDetails`` with JSON.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from enrichment.review.inputs import Key, Neighbour
from enrichment.review.ledger import LedgerEntry
from enrichment.review.listing import Line, key_array, picture_of, row_keys
from enrichment.review.scripted import script_json
from enrichment.review.shown import shown
from enrichment.review.standing import not_undone
from enrichment.review.thumbs import thumbnail_name
from schemas.paths import join_path
from schemas.records import LEVELS

CHUNK = 100
_TEXT_LIMIT = 4_000
_CLAIM_LIMIT = 60
_NEIGHBOURS = 5
_CLAIM_FIELDS = (
    *("attribute", "value", "source", "producer", "confidence"),
    *("evidence_kind", "evidence_field", "evidence_start", "evidence_end", "evidence_quote", "outcome"),
)
_PRODUCT_FIELDS = ("name", "description", "levels_seen", "placed_by", "confidences", "image_group_confidence", "rows")
_OUTCOME_ORDER = {"won": 0, "lost": 1, "ignored": 2}


def write_details(
    lines: Sequence[Line],
    products: pa.Table,
    claims: pa.Table,
    neighbours: dict[Key, list[dict[str, Any]]],
    entries: Sequence[LedgerEntry],
    folder: Path,
) -> list[Path]:
    """Write ``details/0000.js`` and so on, each for 100 lines of the page in their order; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    past = _past_decisions(entries)
    files = []
    facts, said = _Rows(products, lines, _PRODUCT_FIELDS), _Rows(claims, lines, _CLAIM_FIELDS)
    for number, start in enumerate(range(0, len(lines), CHUNK)):
        records = []
        for at, line in enumerate(lines[start : start + CHUNK], start):
            record = _record(next(iter(facts.of(at)), {}), list(said.of(at)))
            record["similar"] = neighbours.get(line.change.key, [])
            record["past"] = past.get(line.change.key, [])
            records.append(record)
        files.append(folder / f"{number:04d}.js")
        files[-1].write_text(f"enrichDetails({number},{script_json(records)});\n", encoding="utf-8", newline="\n")
    return files


def describe_neighbours(
    found: Mapping[Key, Sequence[Neighbour]],
    facts: Mapping[Key, dict[str, Any]],
    accepted: set[Key],
    pictures: Collection[str] = (),
) -> dict[Key, list[dict[str, Any]]]:
    """Return each product's look-alikes, those that a person accepted first, with name, path and picture.

    ``pictures`` are the hashes of those that have a thumbnail; others come without.
    """
    return {key: _described(near, facts, accepted, pictures) for key, near in found.items()}


def _described(
    near: Sequence[Neighbour], facts: Mapping[Key, dict[str, Any]], accepted: set[Key], pictures: Collection[str]
) -> list[dict[str, Any]]:
    rows = []
    for neighbour in sorted(near, key=lambda n: ((n.vendor, n.sku) not in accepted, -n.cosine, n.vendor, n.sku)):
        fact = facts.get((neighbour.vendor, neighbour.sku))
        if fact is not None:
            picture = picture_of(fact)
            rows.append(
                {
                    "vendor": neighbour.vendor,
                    "sku": neighbour.sku,
                    "name": shown(fact["name"] or ""),
                    "path": join_path(fact[level] for level in LEVELS if fact[level]),
                    "cosine": round(float(neighbour.cosine), 3),
                    "picture": thumbnail_name(picture) if picture in pictures else "",
                    "accepted": (neighbour.vendor, neighbour.sku) in accepted,
                }
            )
    return rows[:_NEIGHBOURS]


class _Rows:
    """The rows of a table that belong to each line, found by one join and read a few at a time."""

    def __init__(self, table: pa.Table, lines: Sequence[Line], fields: Sequence[str]) -> None:
        # One hash join for the whole table; a lookup a line would read a million claims fifty thousand times.
        owner = pc.index_in(row_keys(table), value_set=key_array(line.change.key for line in lines))
        known = table.select(list(fields)).append_column("_line", owner).filter(pc.is_valid(owner))
        order = np.argsort(known.column("_line").to_numpy(), kind="stable")
        self._table = known.take(pa.array(order))
        bounds: NDArray[np.int64] = np.searchsorted(self._table.column("_line").to_numpy(), np.arange(len(lines) + 1))
        self._bounds = bounds

    def of(self, line: int) -> Iterator[dict[str, Any]]:
        """Yield the rows of one line, in the table's order."""
        start, end = int(self._bounds[line]), int(self._bounds[line + 1])
        yield from self._table.slice(start, end - start).to_pylist()


def _record(fact: dict[str, Any], claims: list[dict[str, Any]]) -> dict[str, Any]:
    # What won is what a reviewer wants to see first; among equals the surest.
    claims.sort(key=lambda c: (_OUTCOME_ORDER.get(c["outcome"], 3), c["attribute"], -(c["confidence"] or 0.0)))
    return {
        "name": shown(fact.get("name") or "", _TEXT_LIMIT),
        "description": shown(fact.get("description") or "", _TEXT_LIMIT),
        "seen": fact.get("levels_seen") or [],
        "by": shown(fact.get("placed_by") or ""),
        "confidences": [round(float(c), 4) for c in fact.get("confidences") or ()],
        "group_confidence": round(float(fact.get("image_group_confidence") or 0.0), 4),
        "rows": list(fact.get("rows") or ())[:20],
        "claims": [_claim(claim) for claim in claims[:_CLAIM_LIMIT]],
        "claims_left": max(0, len(claims) - _CLAIM_LIMIT),
    }


def _claim(claim: dict[str, Any]) -> list[Any]:
    """Return one claim as a list in the order of ``_CLAIM_FIELDS``; texts are bounded, offsets kept."""
    values = []
    for name in _CLAIM_FIELDS:
        value = claim[name]
        if name == "confidence":
            value = round(float(value or 0.0), 4)
        values.append(shown(value) if isinstance(value, str) else value)
    return values


def _past_decisions(entries: Sequence[LedgerEntry]) -> dict[Key, list[list[str]]]:
    past: dict[Key, list[list[str]]] = {}
    for entry in not_undone(entries):
        told = [entry.at, shown(entry.reviewer), entry.decision.value, entry.path, entry.value, entry.comment]
        past.setdefault(entry.key, []).append(told)
    return past

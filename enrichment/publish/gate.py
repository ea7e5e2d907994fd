"""The publish gate: one suite a table; what it refuses never becomes the latest run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from enrichment.publish.accounting import VendorAccount
from enrichment.publish.allowed import DEFAULT_LIMITS, SEVERAL, Allowed, Limits
from enrichment.publish.changes import compared, refiled
from enrichment.publish.expectations import Expectation, among, at_least, between, failures, filled, unique
from enrichment.publish.keys import KEY, inside, joined
from enrichment.publish.verdict import GateResult
from schemas.records import LEVELS, PlacementStatus, Reason, Source
from schemas.tables import CAUSES

_PLACEMENTS = tuple(s.value for s in PlacementStatus)
_SOURCES = tuple(s.value for s in Source)
_REASONS = tuple(r.value for r in Reason)
_REASON_WORDS = "reasons of schemas.records.Reason"


@dataclass(frozen=True, slots=True)
class Candidate:
    """The tables that want to be published, beside what they are compared with.

    ``base`` is the base run's products and ``withdrawn`` the keys asked to leave; both None on a first night.
    """

    products: pa.Table
    attribute_claims: pa.Table
    hierarchy_changes: pa.Table
    accounts: Sequence[VendorAccount]
    base: pa.Table | None = None
    withdrawn: pa.Table | None = None


def check(candidate: Candidate, allowed: Allowed, limits: Limits = DEFAULT_LIMITS) -> GateResult:
    """Ask every suite of the candidate; the result says what failed, ``require()`` raises it."""
    suites = [
        ("products", _products(candidate.products), _products_suite(allowed, limits)),
        (
            "attribute_values",
            _values(candidate, allowed),
            [among("allowed", [True], "values of schemas/attributes.yaml")],
        ),
        ("attribute_claims", _claims(candidate), _claims_suite()),
        ("hierarchy_changes", _changes(candidate.hierarchy_changes), _changes_suite()),
        (
            "accounting",
            _accounting(candidate.accounts),
            [filled("vendor"), unique(["vendor"]), between("unaccounted", 0, 0)],
        ),
        ("run", _run(candidate, limits), [between("refiled_share", 0, limits.refiled_share), between("lost", 0, 0)]),
    ]
    found = [failure for name, table, suite in suites for failure in failures(name, table, suite)]
    return GateResult({name: len(suite) for name, _, suite in suites}, tuple(found))


def _products(products: pa.Table) -> pa.Table:
    least, most = _extremes(products["confidences"].combine_chunks())
    narrow = products.select(
        [*KEY, "fingerprint", "versions_hash", "placement", "image_group", "image_group_confidence"]
    )
    columns = {
        "path": joined(products, LEVELS),
        "whole": _whole(products),
        "reasons_known": _reasons_known(products),
        "least_confidence": least,
        "most_confidence": most,
    }
    for name, column in columns.items():
        narrow = narrow.append_column(name, column)
    return narrow


def _products_suite(allowed: Allowed, limits: Limits) -> list[Expectation]:
    return [
        at_least(limits.least_products),
        *[filled(name) for name in (*KEY, "fingerprint", "versions_hash", "placement")],
        unique(KEY),
        among("placement", _PLACEMENTS),
        among("image_group", sorted(allowed.groups)),
        among("path", sorted(allowed.paths), "a path of schemas/taxonomy.yaml"),
        among("whole", [True], "levels known from the top down, without a gap"),
        among("reasons_known", [True], _REASON_WORDS),
        between("image_group_confidence", 0, 1),
        between("least_confidence", 0, 1),
        between("most_confidence", 0, 1),
    ]


def _reasons_known(table: pa.Table) -> pa.Array:
    """Tell for each row whether all its reasons are declared ones."""
    listed = table["reasons"].combine_chunks()
    strange = pc.invert(pc.is_in(pc.list_flatten(listed), pa.array(_REASONS)))
    known = np.ones(table.num_rows, dtype=bool)
    known[pc.list_parent_indices(listed).filter(strange).to_numpy(zero_copy_only=False)] = False
    return pa.array(known)


def _extremes(listed: pa.ListArray) -> tuple[pa.Array, pa.Array]:
    """Return the least and the greatest number of each list, null for an empty one."""
    rows, values = pc.list_parent_indices(listed), pc.list_flatten(listed)
    grouped = pa.table({"row": rows, "value": values}).group_by("row").aggregate([("value", "min"), ("value", "max")])
    at = pc.index_in(pa.array(np.arange(len(listed)), pa.int64()), value_set=grouped["row"].combine_chunks())
    return grouped["value_min"].combine_chunks().take(at), grouped["value_max"].combine_chunks().take(at)


def _whole(products: pa.Table) -> pa.Array:
    """Tell for each product whether no known level stands below an unknown one."""
    known = [np.asarray(pc.is_valid(products[level]).to_numpy(), dtype=bool) for level in LEVELS]
    gaps = [~above & below for above, below in pairwise(known)]
    return pa.array(~np.logical_or.reduce(gaps))


def _values(candidate: Candidate, allowed: Allowed) -> pa.Table:
    """Return each attribute value in use once, and whether it is declared: small, whatever the catalogue's size."""
    cells = {(n, v) for n in allowed.values for v in _distinct(candidate.products, f"attr_{n}")}
    claims = candidate.attribute_claims.group_by(["attribute", "value"]).aggregate([])
    cells |= set(zip(claims["attribute"].to_pylist(), claims["value"].to_pylist(), strict=True))
    used = {(n, v) for n, cell in cells if n in allowed.values and cell is not None for v in cell.split(SEVERAL)}
    rows = sorted(used)
    known = [v in allowed.values[n] for n, v in rows]
    names, values = pa.array([n for n, _ in rows], pa.string()), pa.array([v for _, v in rows], pa.string())
    return pa.table({"attribute": names, "value": values, "allowed": pa.array(known, pa.bool_())})


def _distinct(table: pa.Table, name: str) -> list[str]:
    values: list[str] = pc.unique(table[name]).drop_null().to_pylist() if name in table.schema.names else []
    return values


def _claims(candidate: Candidate) -> pa.Table:
    claims = candidate.attribute_claims
    narrow = claims.select([*KEY, "attribute", "value", "source", "producer", "outcome", "confidence"])
    return narrow.append_column("has_product", inside(claims, candidate.products))


def _claims_suite() -> list[Expectation]:
    return [
        *[filled(name) for name in (*KEY, "attribute", "value", "source", "producer", "outcome", "confidence")],
        among("source", _SOURCES),
        among("outcome", ("won", "lost", "ignored")),
        between("confidence", 0, 1),
        among("has_product", [True], "claims of published products only"),
    ]


def _changes(changes: pa.Table) -> pa.Table:
    narrow = changes.select([*KEY, "change", "cause", "level", "status", "confidence"])
    return narrow.append_column("reasons_known", _reasons_known(changes))


def _changes_suite() -> list[Expectation]:
    return [
        *[filled(name) for name in (*KEY, "change", "cause")],
        unique(KEY),
        among("change", ("new", "refiled", "withdrawn")),
        among("cause", CAUSES),
        among("level", LEVELS),
        among("status", _PLACEMENTS),
        among("reasons_known", [True], _REASON_WORDS),
        between("confidence", 0, 1),
    ]


def _accounting(accounts: Sequence[VendorAccount]) -> pa.Table:
    vendors = pa.array([a.vendor for a in accounts], pa.string())
    return pa.table({"vendor": vendors, "unaccounted": pa.array([a.unaccounted for a in accounts], pa.int64())})


def _run(candidate: Candidate, limits: Limits) -> pa.Table:
    """Return one row: the share of known products that were refiled, and how many left without being withdrawn."""
    known = compared(candidate.base, candidate.products)
    share = refiled(candidate.hierarchy_changes) / known if known >= limits.least_compared else 0.0
    lost = 0
    if candidate.base is not None:
        here = pc.or_(inside(candidate.base, candidate.products), inside(candidate.base, candidate.withdrawn))
        lost = pc.sum(pc.invert(here)).as_py() or 0
    return pa.table({"refiled_share": pa.array([share], pa.float64()), "lost": pa.array([lost], pa.int64())})

"""What the report is made of: published tables, the run's own account, earlier nights, human decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

from enrichment.review.ledger import LedgerEntry
from enrichment.review.standing import Today, as_written
from schemas.tables import ROW_PROBLEMS

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A published product that looks like another; ``cosine`` is 1 for the same picture."""

    vendor: str
    sku: str
    cosine: float


@dataclass(frozen=True, slots=True)
class VendorNight:
    """How one vendor's drop fared: ``in``, ``missing`` (late) or ``failed``, why, and where its rows went."""

    vendor: str
    state: str = "in"
    reason: str = ""
    rows_in: int = 0
    published: int = 0
    withdrawn: int = 0
    quarantined: int = 0


@dataclass(frozen=True, slots=True)
class RunHeader:
    """Which run this is, what it is compared with, and what shaped both."""

    run_id: str
    night: date
    base_run_id: str | None = None
    base_night: date | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    base_versions: Mapping[str, str] = field(default_factory=dict)
    vendors: tuple[VendorNight, ...] = ()
    gate: str = "not run"
    gate_reasons: tuple[str, ...] = ()

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> RunHeader:
        """Read a manifest's keys ``run_id night base_run_id base_night versions base_versions vendors gate``.

        ``vendors`` is a list of mappings with :class:`VendorNight`'s fields.
        """
        named = {v["vendor"]: _vendor_night(v) for v in manifest.get("vendors", ())}
        gate = manifest.get("gate") or {}
        return cls(
            run_id=str(manifest["run_id"]),
            night=_as_date(manifest["night"]),
            base_run_id=manifest.get("base_run_id"),
            base_night=_as_date(manifest["base_night"]) if manifest.get("base_night") else None,
            versions={k: str(v) for k, v in dict(manifest.get("versions", {})).items()},
            base_versions={k: str(v) for k, v in dict(manifest.get("base_versions", {})).items()},
            vendors=tuple(named[name] for name in sorted(named)),
            gate=str(gate.get("status", "not run")),
            gate_reasons=tuple(str(reason) for reason in gate.get("reasons", ())),
        )


@dataclass(frozen=True, slots=True)
class ReportInputs:
    """Everything :func:`enrichment.review.report.write_report` reads.

    ``products`` and ``claims`` are the whole published tables, ``changes`` and ``problems`` those of the
    night. ``history`` holds earlier nights' ``summary.json``, oldest first (the last 28 are used).
    ``today`` gives a path that a decision names as tonight's hierarchy calls it.
    ``pictures`` returns a picture's bytes by sha256 and may raise ``OSError`` (no thumbnail then).
    ``impact`` weighs a product (traffic, stock, price; 1 where absent), ``similar`` finds neighbours.
    """

    manifest: Mapping[str, Any]
    products: pa.Table
    claims: pa.Table
    changes: pa.Table
    problems: pa.Table = field(default_factory=ROW_PROBLEMS.empty_table)
    previous_products: pa.Table | None = None
    history: Sequence[Mapping[str, Any]] = ()
    entries: Sequence[LedgerEntry] = ()
    today: Today = as_written
    nodes: Sequence[str] = ()
    pictures: Callable[[str], bytes] | None = None
    impact: Callable[[str, str], float] | None = None
    similar: Callable[[str, str], Sequence[Neighbour]] | None = None
    listed: int = 50_000
    thumbnails: int = 5_000
    audited: int = 60

    @property
    def night(self) -> date:
        """The night that the report is of."""
        return _as_date(self.manifest["night"])


def _as_date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _vendor_night(row: Mapping[str, Any]) -> VendorNight:
    counts = {name: int(row.get(name) or 0) for name in ("rows_in", "published", "withdrawn", "quarantined")}
    return VendorNight(str(row["vendor"]), str(row.get("state", "in")), str(row.get("reason") or ""), **counts)

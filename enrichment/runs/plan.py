"""The plan of a run: what goes in and what shapes the answers; its hash names the run."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from enrichment.config import Settings
from schemas.records import RunManifest, VendorDrop

# Versions that name the run but make no product stale: each product carries its own share of people's decisions and its
# own vendor's declaration, the hosts that may be asked show in its pictures, and the build as a whole also covers how
# reports and files are written. The last is the run that stood for the same inputs before, published without a vendor.
DECISIONS, BUILD, VENDORS, HOSTS, INSTEAD_OF = "decisions", "build", "vendors", "hosts", "instead_of"
NOT_SHARED = frozenset({DECISIONS, BUILD, VENDORS, HOSTS, INSTEAD_OF})
_RUN_ID = re.compile(r"(\d{4}-\d{2}-\d{2})-[0-9a-f]{12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class RunPlan:
    """A run's manifest and the settings it was started with.

    ``refused`` names folders of undeclared vendors; ``declared`` is vendor -> hash of its declaration, ``unread``
    vendor -> why its declaration cannot be read.
    """

    manifest: RunManifest
    settings: Settings
    refused: tuple[str, ...] = ()
    declared: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)

    def versions_hash(self, vendor: str) -> str:
        """Hash of all that shapes the answers about a vendor's products, but their content and people's decisions."""
        shared = {n: v for n, v in self.manifest.versions.items() if n not in NOT_SHARED}
        return short_hash({**shared, "declared": self.declared.get(vendor)})

    @property
    def identity(self) -> bytes:
        """What every shard's answer depends on: the run's inputs, and how many products make a shard; no place."""
        return canonical([self.manifest.run_id, self.settings.shard_rows])

    def to_bytes(self) -> bytes:
        """Return canonical JSON: equal plans give equal bytes."""
        manifest = asdict(self.manifest)
        vendors = {"refused": self.refused, "declared": self.declared, "unread": self.unread}
        return canonical({"manifest": manifest, "settings": self.settings.to_json(), **vendors})

    @classmethod
    def from_bytes(cls, data: bytes) -> RunPlan:
        """Read :meth:`to_bytes` back."""
        raw = json.loads(data)
        m = raw["manifest"]
        drops = tuple(
            VendorDrop(d["vendor"], date.fromisoformat(d["night"]), d["uri"], d["fingerprint"]) for d in m["drops"]
        )
        manifest = RunManifest(
            run_id=m["run_id"],
            night=date.fromisoformat(m["night"]),
            base_run_id=m["base_run_id"],
            drops=drops,
            missing=tuple(m["missing"]),
            versions=m["versions"],
        )
        vendors = tuple(raw["refused"]), raw.get("declared", {}), raw.get("unread", {})
        return cls(manifest, Settings.from_json(raw["settings"]), *vendors)


def run_id(
    night: date,
    base: str | None,
    drops: tuple[VendorDrop, ...],
    versions: Mapping[str, str],
    left_out: Iterable[str] = (),
) -> str:
    """Name a run after its night and the hash of its inputs: the same night run twice is the same run.

    Vendors that are ``left_out``, for no declaration of theirs can be read, stand in what is published all the same.
    """
    inputs: dict[str, Any] = {"base": base, "drops": {d.vendor: d.fingerprint for d in drops}}
    inputs |= {"versions": dict(versions), "left_out": sorted(left_out)}
    return f"{night.isoformat()}-{short_hash(inputs)}"


def night_of(name: str) -> date | None:
    """Read the night out of what :func:`run_id` made; None where it made no such name.

    >>> night_of("2026-11-17-0123456789ab")
    datetime.date(2026, 11, 17)
    >>> night_of("2026-11-17-../latest") is None
    True
    """
    found = _RUN_ID.fullmatch(name)
    try:
        return None if found is None else date.fromisoformat(found[1])
    except ValueError:
        return None


def canonical(data: Any) -> bytes:
    """Return JSON bytes with sorted keys, dates in ISO form and no white space."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode()


def short_hash(data: Any) -> str:
    """Return 12 hex digits of the sha256 over canonical JSON."""
    return hashlib.sha256(canonical(data)).hexdigest()[:12]

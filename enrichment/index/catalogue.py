"""Bundles of a whole catalogue: one a group, and one of everything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.index.bundle import BundleInfo, build_bundle
from enrichment.index.load import as_matrix
from enrichment.index.settings import DEFAULTS, ForestSettings
from enrichment.progress.null import NullProgress
from enrichment.progress.port import Progress
from schemas.errors import UsageError

ALL = "all"


def build_all(
    table: pa.Table,
    groups: Sequence[str],
    out: Path,
    model_hash: str,
    settings: ForestSettings = DEFAULTS,
    progress: Progress | None = None,
) -> dict[str, BundleInfo]:
    """Build ``out/<group>`` for each of ``groups`` and ``out/all`` from one embeddings table; groups may be empty.

    Raises:
        UsageError: a repeated key, a bad vector, or a group named like the bundle of everything.
        GateRefused: a bundle's recall stays below its target; nothing of this night may leave then.

    """
    if ALL in groups:
        raise UsageError(f"index group {ALL!r}: the name is kept for the bundle of everything")
    built: dict[str, BundleInfo] = {}
    with progress or NullProgress() as told:
        told.start(len(groups) + 1, "index")
        for group in (*groups, ALL):
            built[group] = build_group(table, group, out / group, model_hash, settings)
            told.advance()
    return built


def build_group(
    table: pa.Table, group: str, out: Path, model_hash: str, settings: ForestSettings = DEFAULTS
) -> BundleInfo:
    """Build the bundle of one group (or ``all``) from the embeddings ``table`` of the catalogue into ``out``."""
    part = table if group == ALL else table.filter(pc.equal(table["group"], group))
    keys = list(zip(part["vendor"].to_pylist(), part["sku"].to_pylist(), strict=True))
    shas, groups = part["sha256"].to_pylist(), part["group"].to_pylist()
    return build_bundle(as_matrix(part), keys, shas, group, out, model_hash, settings, groups)

"""Bundles of a whole catalogue: one a group, and one of everything."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.index.build import BundleInfo, build_bundle
from enrichment.index.load import as_matrix
from enrichment.index.settings import DEFAULTS, ForestSettings

ALL = "all"


def build_group(
    table: pa.Table, group: str, out: Path, model_hash: str, settings: ForestSettings = DEFAULTS
) -> BundleInfo:
    """Build the bundle of one group (or ``all``) from the embeddings ``table`` of the catalogue into ``out``."""
    part = table if group == ALL else table.filter(pc.equal(table["group"], group))
    keys = list(zip(part["vendor"].to_pylist(), part["sku"].to_pylist(), strict=True))
    shas, groups = part["sha256"].to_pylist(), part["group"].to_pylist()
    return build_bundle(as_matrix(part), keys, shas, group, out, model_hash, settings, groups)

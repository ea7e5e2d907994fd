from __future__ import annotations

from pathlib import Path

from schemas.declared import SCHEMA_DIR
from schemas.vendor_spec import VendorSpec, vendor_spec


def vendor_specs(folder: Path = SCHEMA_DIR / "vendors") -> dict[str, VendorSpec]:
    """Every vendor declared in ``folder``, by name; the first file that does not fit is an error."""
    return {path.stem: vendor_spec(path) for path in sorted(folder.glob("*.yaml"))}

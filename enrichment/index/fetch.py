"""Bring a published bundle from its store to a local folder, where it can be mapped."""

from __future__ import annotations

from pathlib import Path

from enrichment.index.build import FILES, SIDECAR
from enrichment.stores.port import Store


def fetch_bundle(store: Store, prefix: str, group: str, folder: Path | str) -> Path:
    """Copy ``<prefix>/indexes/<group>/`` to ``folder/<group>`` and return that folder; ``load_bundle`` checks it.

    The sidecar comes last, and a folder whose sidecar already equals the published one is not fetched again.

    Raises:
        ObjectMissing: the run has no bundle of that group.

    """
    target = Path(folder) / group
    target.mkdir(parents=True, exist_ok=True)
    wanted = store.get(f"{prefix}/indexes/{group}/{SIDECAR}")
    local = target / SIDECAR
    if local.is_file() and local.read_bytes() == wanted:
        return target
    local.unlink(missing_ok=True)
    for name in FILES:
        if name != SIDECAR:
            store.download(f"{prefix}/indexes/{group}/{name}", target / name)
    local.write_bytes(wanted)
    return target

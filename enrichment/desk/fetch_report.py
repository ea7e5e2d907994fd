"""Bring a published report from its store to a local folder."""

from __future__ import annotations

from pathlib import Path

from enrichment.publish.read import download_file, find_run, latest, open_run
from enrichment.stores.port import Store

REPORT = "report/"


def fetch_report(store: Store, run_id: str | None, folder: Path) -> Path:
    """Copy the report of ``run_id`` (by default the run readers follow) into ``folder`` and return its folder."""
    published = open_run(store, find_run(store, run_id)) if run_id else latest(store)
    for name in published.manifest["files"]:
        if name.startswith(REPORT):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            download_file(store, published, name, target)
    return folder / REPORT.rstrip("/")

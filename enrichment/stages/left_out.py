"""Drops that changed while the night ran: a run published without one stays so, and the night again is another run."""

from __future__ import annotations

from enrichment.publish.layout import RunKey
from enrichment.publish.read import complete_runs
from enrichment.runs.run import Run
from enrichment.stores.port import Store
from enrichment.vendors.drops import UNREADABLE, DropChanged


def lacks_a_drop(store: Store, run_id: str) -> bool:
    """Tell whether the run is published and lacks a drop that had changed since it was planned."""
    if not store.exists(f"runs/{run_id}/plan.json"):
        return False
    run = Run(store, run_id)
    # What could not be read when it was planned is not what these inputs promise.
    vendors = [drop.vendor for drop in run.plan.manifest.drops if drop.fingerprint != UNREADABLE]
    return is_published(run) and any(_changed(run, vendor) is not None for vendor in vendors)


def require_still_in(run: Run, vendor: str) -> None:
    """Return quietly unless the run is published without the vendor's drop.

    Raises:
        DropChanged: it is, whatever the drop holds by now.

    """
    told = _changed(run, vendor)
    if told is not None and is_published(run):
        raise DropChanged(told)


def is_published(run: Run) -> bool:
    """Tell whether the run was published whole."""
    manifest = run.plan.manifest
    return RunKey(manifest.night, manifest.run_id) in complete_runs(run.store, manifest.night)


def _changed(run: Run, vendor: str) -> str | None:
    failure = run.failure("read", vendor)
    return failure.message if failure is not None and failure.error == DropChanged.__name__ else None

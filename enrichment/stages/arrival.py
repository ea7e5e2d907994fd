"""Has a vendor's drop arrived, or is it late? What the DAG's sensors ask."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal

from enrichment.config import Settings
from enrichment.vendors.drops import files_in, link_of
from schemas.errors import DeclarationError
from schemas.vendor_spec import vendor_spec

log = logging.getLogger(__name__)
State = Literal["arrived", "late", "waiting"]


def arrivals(vendors: Iterable[str], night: date, now: datetime, settings: Settings | None = None) -> dict[str, State]:
    """Return what :func:`arrival` says of each vendor; one that it fails for holds up nobody else.

    Raises:
        Exception: it failed for a vendor, and no other is waited for.

    """
    found: dict[str, State] = {}
    failed: Exception | None = None
    for vendor in vendors:
        try:
            found[vendor] = arrival(vendor, night, now, settings)
        except Exception as error:
            log.exception("vendor %s", vendor)
            failed = failed or error
    if failed is not None and "waiting" not in found.values():
        raise failed
    return found


def arrival(vendor: str, night: date, now: datetime, settings: Settings | None = None) -> State:
    """Tell whether ``vendor`` has delivered for ``night``.

    A drop has arrived when it has a file and nothing in it was written or renamed within ``settle_seconds``. After the
    vendor's declared deadline (minutes after 00:00 UTC of the night) it is late and nobody waits for it; for a past
    night, and so in a backfill, the deadline has passed and the answer is immediate. So it is for a vendor whose
    declaration cannot be read.
    """
    settings = settings or Settings.from_env()
    drops = Path(settings.drops)
    # A link is not followed when drops are looked for, so nothing ever arrives behind one.
    linked = link_of(drops, vendor, night) is not None
    if not linked and _still(drops / vendor / night.isoformat(), now, settings.settle_seconds):
        return "arrived"
    try:
        deadline = vendor_spec(Path(settings.vendors) / f"{vendor}.yaml").deadline_minutes
    except DeclarationError:
        # The night goes on without it, and says why.
        return "late"
    midnight = datetime(night.year, night.month, night.day, tzinfo=UTC)
    return "late" if now >= midnight + timedelta(minutes=deadline) else "waiting"


def _still(folder: Path, now: datetime, seconds: int) -> bool:
    try:
        # Hidden files, which are no part of a drop, count here: uploads grow under such names.
        seen = [path.lstat() for path in (folder, *folder.rglob("*"))]
        # A file may bring its time of writing along, old or yet to come; that of its last change is the system's own.
        changed = max(max(stat.st_ctime, stat.st_mtime if stat.st_mtime <= now.timestamp() else 0) for stat in seen)
        return bool(files_in(folder)) and now.timestamp() - changed >= seconds
    except (FileNotFoundError, NotADirectoryError):
        # Not there yet, or renamed between two looks.
        return False

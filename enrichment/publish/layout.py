"""Where a published run lies, and what its names mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

ROOT = "published/v=1"
POINTER = f"{ROOT}/latest.json"
MANIFEST, SUCCESS = "_manifest.json", "_SUCCESS"
FORMAT = 1


@dataclass(frozen=True, slots=True, order=True)
class RunKey:
    """A run by its night and id; runs sort by night."""

    night: date
    run_id: str

    @property
    def prefix(self) -> str:
        """Folder of the run: ``published/v=1/run_date=YYYY-MM-DD/run_id=<id>``."""
        return f"{ROOT}/run_date={self.night.isoformat()}/run_id={self.run_id}"


def run_of(key: str) -> RunKey | None:
    """Read night and run id out of a key below ``ROOT``; None where it lies in no run.

    >>> run_of("published/v=1/run_date=2026-11-17/run_id=r1/_SUCCESS")
    RunKey(night=datetime.date(2026, 11, 17), run_id='r1')
    >>> run_of("published/v=1/latest.json") is None
    True
    """
    parts = key.removeprefix(f"{ROOT}/").split("/")
    if len(parts) < 3 or not parts[0].startswith("run_date=") or not parts[1].startswith("run_id="):
        return None
    try:
        return RunKey(date.fromisoformat(parts[0].removeprefix("run_date=")), parts[1].removeprefix("run_id="))
    except ValueError:
        return None


def table_key(name: str) -> str:
    """Return a table's file below a run's prefix."""
    return f"{name}/part-0.parquet"

"""What earlier nights came to: the summaries beside their reports."""

from __future__ import annotations

import json
from typing import Any

from enrichment.publish.read import complete_runs, open_run, read_file
from enrichment.runs.run import Run
from schemas.errors import UsageError

NIGHTS = 28
SUMMARY = "report/summary.json"


def night_summaries(run: Run) -> list[dict[str, Any]]:
    """Return the summaries of the newest earlier nights, oldest first, one run a night."""
    nights = {key.night: key for key in complete_runs(run.store) if key.night < run.plan.manifest.night}
    found = []
    for key in [nights[night] for night in sorted(nights)][-NIGHTS:]:
        try:
            found.append(json.loads(read_file(run.store, open_run(run.store, key), SUMMARY)))
        except UsageError:
            # A run published without a report has no numbers to compare with.
            continue
    return found

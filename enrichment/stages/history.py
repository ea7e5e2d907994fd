"""What earlier nights came to: the summaries beside their reports."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any

from enrichment.publish.read import earlier_nights, open_run, read_file
from enrichment.runs.run import Run
from schemas.errors import UsageError

NIGHTS = 28
SUMMARY = "report/summary.json"


def night_summaries(run: Run) -> list[dict[str, Any]]:
    """Return the summaries of the newest earlier nights, oldest first, of the run that stands for each night."""
    nights = list(islice(earlier_nights(run.store, run.plan.manifest.night), NIGHTS))
    found = []
    for key in reversed(nights):
        try:
            found.append(json.loads(read_file(run.store, open_run(run.store, key), SUMMARY)))
        except UsageError:
            # A run published without a report has no numbers to compare with.
            continue
    return found

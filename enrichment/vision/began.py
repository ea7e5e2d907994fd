"""What a training run began with, kept beside its checkpoints: no other run is taken for its continuation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from enrichment.models.version import MANIFEST, Kind, open_version
from enrichment.vision.settings import TrainSettings
from enrichment.vision.training_rows import TrainingRow
from schemas.errors import UsageError
from schemas.records import bounded

BEGAN, LAST = "began.json", "last.ckpt"
# What may change while a run is taken up: how far it goes, how fast, and where things lie. Labels are in the rows.
_FREE = frozenset(
    {"epochs", "patience", "threads", "devices", "keep_every", "resume", "fast_dev_run", "out", "work", "claims"}
)


def same_run(folder: Path, settings: TrainSettings, rows: Iterable[TrainingRow]) -> None:
    """Write what a run in ``folder`` begins with; refuse to go on from the checkpoints of another.

    Raises:
        UsageError: the folder holds a run of other settings, rows or labels.

    """
    mine = {name: value for name, value in settings.to_json().items() if name not in _FREE}
    mine |= {"rows": _digest(rows), "start": _hash_of(settings.start), "weights": _file_hash(settings.weights)}
    mine = json.loads(json.dumps(mine))
    kept = folder / BEGAN
    if settings.resume and not kept.is_file() and (folder / LAST).is_file():
        raise UsageError(
            f"{folder} holds checkpoints of a run that did not say what it began with ({BEGAN} is missing). "
            "Give another --version or --work, or delete that folder."
        )
    if settings.resume and kept.is_file():
        theirs: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
        for name in sorted({*mine, *theirs}):
            if mine.get(name) != theirs.get(name):
                raise UsageError(
                    f"{folder} holds a run that began with {name}={bounded(str(theirs.get(name)), 60)}; this one has "
                    f"{bounded(str(mine.get(name)), 60)}. Give another --version or --work, or delete that folder."
                )
        return
    folder.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(mine, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _hash_of(start: Path | None) -> str | None:
    """Return the hash of a sealed version, the name of any other folder: equal names are not equal weights."""
    if start is None:
        return None
    return open_version(start, Kind.VISION).hash if (start / MANIFEST).is_file() else start.name


def _file_hash(weights: Path | None) -> str | None:
    if weights is None:
        return None
    with weights.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest(rows: Iterable[TrainingRow]) -> str:
    told = hashlib.sha256()
    for row in rows:
        told.update(
            json.dumps(
                [
                    row.source,
                    row.key,
                    row.split,
                    sorted(row.labels.items()),
                    sorted(row.weak),
                    sorted(row.among.items()),
                ]
            ).encode()
        )
    return told.hexdigest()

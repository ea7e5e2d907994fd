"""Labels of training sets against what the packaged model sees in their pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from enrichment.desk.mine_labels import claims_of, rows_of
from enrichment.labels.audit import LabelAudit, audit
from enrichment.labels.corrections import declared_values
from enrichment.labels.labelled import Labelled
from enrichment.labels.votes import aligned, read_votes
from enrichment.models.registry import starter
from enrichment.models.version import METRICS, Kind, ModelVersion, read_json
from enrichment.progress.port import Progress
from enrichment.vision.look import Looker, Picture
from enrichment.vision.training_labels import training_labels
from enrichment.vision.training_rows import TrainingRow
from enrichment.vision.weak_labels import claims_by_row, weakly_labelled
from schemas.errors import UsageError


def audit_labels(
    sources: Mapping[str, Path],
    attribute: str,
    out: Path,
    most: int,
    threads: int,
    progress: Progress,
    version: ModelVersion | None = None,
    votes: Path | None = None,
) -> LabelAudit:
    """Audit ``attribute`` over the rows of ``sources``; features are the embeddings of ``version``, or the starter's.

    A version that was trained on these rows has seen their labels: it hides errors that it learned by heart, and the
    page says so. One trained on other rows finds more. ``votes`` is a CSV of annotators' labels of the same rows.

    Raises:
        UsageError: no row of the sources has that label, or the votes cannot be read or are about none of the rows.

    """
    judge = version or starter(Kind.VISION)
    known = rows_of(sources)
    if attribute in training_labels().distant.attributes:
        known = weakly_labelled(known, claims_by_row(claims_of(known, progress)))
    rows = [row for row in known if attribute in row.labels]
    if not rows:
        raise UsageError(f"no row of {', '.join(sorted(sources))} is labelled with {attribute!r}")
    said = _votes(votes, attribute, rows)
    keys = [hashlib.sha256(row.picture).hexdigest() for row in rows]
    pictures = [Picture(row.source, row.key, key, row.picture) for row, key in zip(rows, keys, strict=True)]
    seen = Looker(judge, threads).look(pictures, progress).embeddings
    at = {sha: n for n, sha in enumerate(seen.ids)}
    kept = [n for n, key in enumerate(keys) if key in at]
    items = Labelled(
        attribute,
        [rows[n].key for n in kept],
        [rows[n].labels[attribute] for n in kept],
        seen.vectors[[at[keys[n]] for n in kept]],
        [rows[n].family for n in kept],
        [rows[n].picture for n in kept],
        {name: [column[n] for n in kept] for name, column in said.items()},
    )
    return audit(items, out, progress, most, _told(judge, sources))


def _votes(path: Path | None, attribute: str, rows: Sequence[TrainingRow]) -> dict[str, list[str]]:
    """Return the labels of ``rows`` by annotator."""
    if path is None:
        return {}
    allowed = declared_values().get(attribute, set()) | {row.labels[attribute] for row in rows}
    return aligned(read_votes(path, attribute, allowed), [row.key for row in rows])


def _told(judge: ModelVersion, sources: Mapping[str, Path]) -> dict[str, str]:
    """Return what the page says of the model that judged."""
    taught = sorted(set(read_json(judge.folder / METRICS).get("rows", {})) & set(sources))
    told = {"judged by": judge.version}
    if taught:
        told["caution"] = f"it was trained on {', '.join(taught)}: errors it learned by heart are not found"
    return told

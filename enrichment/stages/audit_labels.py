"""Labels of training sets against what the packaged model sees in their pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from enrichment.labels.audit import LabelAudit, audit
from enrichment.labels.labelled import Labelled
from enrichment.models.registry import starter
from enrichment.models.version import Kind
from enrichment.progress.port import Progress
from enrichment.stages.mine_labels import claims_of, rows_of
from enrichment.vision.look import Looker, Picture
from enrichment.vision.training_labels import training_labels
from enrichment.vision.weak_labels import claims_by_row, weakly_labelled
from schemas.errors import UsageError


def audit_labels(
    sources: Mapping[str, Path], attribute: str, out: Path, most: int, threads: int, progress: Progress
) -> LabelAudit:
    """Audit ``attribute`` over the rows of ``sources``; features are the look model's embeddings.

    Raises:
        UsageError: no row of the sources has that label.

    """
    known = rows_of(sources)
    if attribute in training_labels().distant.attributes:
        known = weakly_labelled(known, claims_by_row(claims_of(known, progress)))
    rows = [row for row in known if attribute in row.labels]
    if not rows:
        raise UsageError(f"no row of {', '.join(sorted(sources))} is labelled with {attribute!r}")
    keys = [hashlib.sha256(row.picture).hexdigest() for row in rows]
    pictures = [Picture(row.source, row.key, key, row.picture) for row, key in zip(rows, keys, strict=True)]
    seen = Looker(starter(Kind.VISION), threads).look(pictures, progress).embeddings
    at = {sha: n for n, sha in enumerate(seen.ids)}
    kept = [n for n, key in enumerate(keys) if key in at]
    items = Labelled(
        attribute,
        [rows[n].key for n in kept],
        [rows[n].labels[attribute] for n in kept],
        seen.vectors[[at[keys[n]] for n in kept]],
        [rows[n].family for n in kept],
        [rows[n].picture for n in kept],
    )
    return audit(items, out, progress, most)

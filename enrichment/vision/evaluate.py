"""Evaluate a version on splits that no choice was made on: a table, JSON and a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from enrichment.models.version import ModelVersion, read_json
from enrichment.progress.port import Progress
from enrichment.vision.chart import draw_chart
from enrichment.vision.engine import CALIBRATION, Engine, read_net
from enrichment.vision.figures import accepted, brand_figures, group_figures, mostly_weak, tag_figures
from enrichment.vision.measured import Measured, known, measure
from enrichment.vision.package import write_json
from enrichment.vision.picture_cache import decode_trusted
from enrichment.vision.splits import TEST_BRAND, TEST_CLUSTER, TEST_SENDER, brand_of
from enrichment.vision.training_rows import TrainingRow, read_rows
from enrichment.vision.vocabulary import Vocabulary
from enrichment.vision.weak_labels import Claims, weakly_labelled
from schemas.errors import UsageError

TEST_SPLITS = (TEST_CLUSTER, TEST_BRAND, TEST_SENDER)
FIGURES, CHART = "evaluation.json", "evaluation.png"


def evaluate(
    version: ModelVersion,
    sources: Mapping[str, Path],
    out: Path | None,
    threads: int,
    progress: Progress,
    claims: Claims | None = None,
) -> dict[str, Any]:
    """Measure ``version`` on the test splits of ``sources``; write JSON and a picture into ``out`` if given.

    ``claims`` of the rows' words add weak labels, as in training: a tag's figures say how many of its labels are
    weak (``weak``), and there an error may be the words'. Without them, tags that only words label are not measured.

    Raises:
        UsageError: a source is unknown, its file absent, or none of their rows is in a test split.
        ModelMismatch: the version's parts do not fit each other.

    """
    torch.set_num_threads(threads)
    net, vocabulary, inputs = read_net(version.folder)
    rows = [row for source, path in sorted(sources.items()) for row in read_rows(source, path)]
    tested = weakly_labelled([row for row in rows if row.split in TEST_SPLITS], claims or {})
    if not tested:
        raise UsageError(f"no row of {', '.join(sorted(sources))} is in a test split ({', '.join(TEST_SPLITS)})")
    measured = measure(tested, Engine(net, inputs), vocabulary, decode_trusted, progress)
    calibration = read_json(version.folder / CALIBRATION)
    splits = split_figures(measured, vocabulary, calibration)
    figures = {"version": version.version, "hash": version.hash, "splits": splits}
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        write_json(out / FIGURES, figures)
        draw_chart(figures, out / CHART)
    return figures


def split_figures(measured: Measured, vocabulary: Vocabulary, calibration: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of every (source, split) among the measured rows."""
    out: dict[str, Any] = {}
    fitted = calibration["temperatures"]
    for source, split in sorted({(row.source, row.split) for row in measured.rows}):
        part = measured.split(source, split)
        tags = [name for name in vocabulary.tags if known(part, name, vocabulary).any()]
        out[f"{source}/{split}"] = {
            "image_group": {
                **group_figures(part, vocabulary, fitted),
                "accepted": accepted(part, vocabulary, calibration),
            },
            **{name: tag_figures(part, name, vocabulary, fitted) for name in tags},
            "brands": brand_figures(part, brands_of(part.rows)),
        }
    return out


def brands_of(rows: Sequence[TrainingRow]) -> list[str]:
    """Return each row's brand, empty where its source has no titles."""
    return [brand_of(row.title) for row in rows]


def table(figures: Mapping[str, Any]) -> list[tuple[str, str, int, str, str, str, str]]:
    """Return rows for a printed table: split, what, n, accuracy, 95 % interval, macro-F1, calibration error."""
    out = []
    for split, heads in figures["splits"].items():
        for name, head in heads.items():
            if name == "brands":
                continue
            interval = f"{head['low']:.3f}-{head['high']:.3f}"
            f1 = f"{head['smallest_recall']:.3f} (min recall)" if "smallest_recall" in head else "-"
            f1 = f"{head['macro_f1']:.3f}" if "macro_f1" in head else f1
            error = f"{head['calibration_error']:.3f}"
            label = f"{name} (weak labels)" if mostly_weak(head) else name
            out.append((split, label, head["n"], f"{head['accuracy']:.3f}", interval, f1, error))
    return out

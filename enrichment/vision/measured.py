"""Score rows of known truth with a version, so that calibration and evaluation read the same arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from enrichment.progress.port import Progress
from enrichment.vision.engine import Engine, RawScores
from enrichment.vision.frame import Decoder
from enrichment.vision.letterbox import Pixels
from enrichment.vision.training_rows import TrainingRow
from enrichment.vision.vocabulary import GROUP, MISSING, Vocabulary


@dataclass(frozen=True, slots=True)
class Measured:
    """Rows with their raw scores and true codes by head (``MISSING`` where a row has no label or the head no value)."""

    rows: list[TrainingRow]
    raw: RawScores
    codes: dict[str, NDArray[np.int64]]

    def only(self, chosen: NDArray[np.bool_]) -> Measured:
        """Return the rows where ``chosen`` is true."""
        raw = RawScores(
            self.raw.group[chosen], {n: t[chosen] for n, t in self.raw.tags.items()}, self.raw.embedding[chosen]
        )
        rows = [row for row, keep in zip(self.rows, chosen, strict=True) if keep]
        return Measured(rows, raw, {name: codes[chosen] for name, codes in self.codes.items()})

    def split(self, source: str, split: str) -> Measured:
        """Return the rows of one source and split."""
        return self.only(np.array([r.source == source and r.split == split for r in self.rows], dtype=bool))


def measure(
    rows: Sequence[TrainingRow], engine: Engine, vocabulary: Vocabulary, decode: Decoder, progress: Progress
) -> Measured:
    """Look at every row's picture and keep what the heads say."""
    progress.start(len(rows), "measure")

    def squares() -> Iterator[Pixels]:
        for row in rows:
            yield engine.inputs.frame.square(row.picture, decode)
            progress.advance()

    raw = engine.scores(squares())
    progress.close()
    names = (GROUP, *vocabulary.tags)
    codes = {n: np.array([vocabulary.code(n, r.labels.get(n)) for r in rows], dtype=np.int64) for n in names}
    return Measured(list(rows), raw, codes)


def known(measured: Measured, name: str, vocabulary: Vocabulary) -> NDArray[np.bool_]:
    """Tell which rows have a true value of ``name`` that their true group can have."""
    codes, group = measured.codes[name], measured.codes[GROUP]
    allowed = np.ones(len(codes), dtype=bool)
    if name != GROUP:
        allowed = vocabulary.mask(name)[np.maximum(group, 0), np.maximum(codes, 0)] & (group != MISSING)
    found: NDArray[np.bool_] = (codes != MISSING) & allowed
    return found

"""Look at pictures once each: image group, attribute claims and embedding, with calibrated confidence."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from enrichment.images.decode import decode
from enrichment.images.refused import PictureRefused
from enrichment.models.version import ModelVersion, read_json
from enrichment.progress.null import NullProgress
from enrichment.progress.port import Progress
from enrichment.vision.answer import Answers, answers, best, claimed
from enrichment.vision.engine import CALIBRATION, Engine, RawScores, read_net
from enrichment.vision.letterbox import Pixels
from enrichment.vision.net import DIMENSIONS
from enrichment.vision.vocabulary import GROUP
from schemas.attribute_spec import Attributes, attributes
from schemas.errors import ObjectCorrupt, ObjectMissing
from schemas.records import AttributeClaim, EmbeddingBatch, Evidence, EvidenceKind, GroupPrediction, Source

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a product: the sha256 of its bytes, and these, or what fetches them when its turn has come."""

    vendor: str
    sku: str
    sha256: str
    data: bytes | Callable[[], bytes]

    def read(self) -> bytes:
        """Return its bytes."""
        return self.data() if callable(self.data) else self.data


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen: a prediction and claims for each picture, an embedding for each distinct one.

    ``unread`` are pictures that could not be decoded, or whose bytes a store has lost; they have no prediction.
    """

    predictions: list[GroupPrediction]
    claims: list[AttributeClaim]
    embeddings: EmbeddingBatch
    unread: list[Picture] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Seen:
    """One distinct picture's answers: group scores, (attribute, value, confidence) triples, embedding."""

    scores: tuple[float, ...]
    tags: tuple[tuple[str, str, float], ...]
    embedding: NDArray[np.float32]


class Looker:
    """A loaded version; answers depend on the picture alone, never on the order or number of the others."""

    def __init__(self, version: ModelVersion, threads: int, precision: str = "auto") -> None:
        """Load ``version`` for ``threads`` processor threads; ``precision`` is ``auto``, ``bf16`` or ``fp32``.

        Raises:
            ModelMismatch: the folder's parts do not fit each other.

        """
        self.version, self._threads = version, threads
        net, self.vocabulary, self.inputs = read_net(version.folder)
        self.engine = Engine(net, self.inputs, precision)
        calibration = read_json(version.folder / CALIBRATION)
        self.temperatures: dict[str, float] = calibration["temperatures"]
        self._ceilings: dict[str, float] = calibration.get("ceilings", {})
        self._allowed = _declared_values(self.vocabulary.tags, attributes())

    @property
    def producer(self) -> str:
        """The name that every claim carries."""
        return f"look@{self.version.hash[:8]}"

    def look(self, pictures: Sequence[Picture], progress: Progress | None = None) -> Look:
        """Return what the pictures show, in the order given; equal pictures are computed once.

        Each thread fetches, decodes and scores a batch by itself: nobody waits for another's share of a layer, no
        more than a batch a thread is in memory, and how many threads there are cannot reach an answer.
        """
        told = progress or NullProgress()
        distinct = list({picture.sha256: picture for picture in pictures}.values())
        batches = [distinct[at : at + self.engine.batch] for at in range(0, len(distinct), self.engine.batch)]
        told.start(len(distinct), "look")
        seen: dict[str, _Seen] = {}
        with ThreadPoolExecutor(self._threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            for batch, found in zip(batches, pool.map(self._batch, batches), strict=True):
                seen |= found
                told.advance(len(batch))
        told.close()
        readable = [p for p in pictures if p.sha256 in seen]
        return Look(
            [self._prediction(p, seen[p.sha256]) for p in readable],
            [claim for p in readable for claim in self._claims(p, seen[p.sha256])],
            _embeddings(seen),
            [p for p in pictures if p.sha256 not in seen],
        )

    def _batch(self, pictures: Sequence[Picture]) -> dict[str, _Seen]:
        """Return what is seen on the pictures, at most ``engine.batch`` of them, that can be read."""
        squares = {picture.sha256: self._square(picture) for picture in pictures}
        read = {sha256: square for sha256, square in squares.items() if square is not None}
        return dict(zip(read, self._read(self.engine.batch_scores(list(read.values()))), strict=True)) if read else {}

    def _square(self, picture: Picture) -> Pixels | None:
        try:
            return self.inputs.frame.square(picture.read(), decode)
        except PictureRefused:
            return None
        except (ObjectMissing, ObjectCorrupt) as error:
            log.warning("not looked at: %s", error)
            return None

    def _read(self, raw: RawScores) -> list[_Seen]:
        found = answers(raw, self.vocabulary, self.temperatures)
        tags = self._tag_answers(found)
        return [
            _Seen(tuple(map(float, found.group[i])), tuple(tags[i]), raw.embedding[i]) for i in range(len(found.group))
        ]

    def _tag_answers(self, found: Answers) -> list[list[tuple[str, str, float]]]:
        sure = found.group.max(axis=1)
        groups = [self.vocabulary.groups[at] for at in found.group.argmax(axis=1)]
        out: list[list[tuple[str, str, float]]] = [[] for _ in groups]
        for name, shares in found.tags.items():
            values = self.vocabulary.tags[name]
            place, confidence = best(name, values, shares)
            confidence = claimed(name, confidence, sure, self._ceilings)
            for row, group in enumerate(groups):
                value = values[place[row]]
                if confidence[row] > 0 and value in self._allowed.get((name, group), self._allowed.get((name, ""), ())):
                    out[row].append((name, value, float(confidence[row])))
        return out

    def _prediction(self, picture: Picture, seen: _Seen) -> GroupPrediction:
        at = int(np.argmax(seen.scores))
        group = self.vocabulary.groups[at]
        return GroupPrediction(
            picture.vendor, picture.sku, picture.sha256, group, min(1.0, seen.scores[at]), seen.scores, self.producer
        )

    def _claims(self, picture: Picture, seen: _Seen) -> Iterator[AttributeClaim]:
        at = int(np.argmax(seen.scores))
        group = (GROUP, self.vocabulary.groups[at], min(1.0, seen.scores[at]))
        evidence = Evidence(EvidenceKind.IMAGE, picture.sha256)
        for attribute, value, confidence in (group, *seen.tags):
            yield AttributeClaim(
                picture.vendor, picture.sku, attribute, value, Source.IMAGE, self.producer, confidence, evidence
            )


def _declared_values(tags: dict[str, tuple[str, ...]], declared: Attributes) -> dict[tuple[str, str], frozenset[str]]:
    """Return the values that may be claimed by (attribute, group); an attribute without declared values allows all."""
    out: dict[tuple[str, str], frozenset[str]] = {}
    known = {attribute.name: attribute for attribute in declared.attributes}
    for name, values in tags.items():
        if name not in known:
            continue
        listed = {value.name for value in known[name].values} or set(values)
        for group in known[name].groups or ("",):
            out[name, group] = frozenset(values) & listed
    return out


def _embeddings(seen: dict[str, _Seen]) -> EmbeddingBatch:
    if not seen:
        return EmbeddingBatch((), np.zeros((0, DIMENSIONS), dtype=np.float32))
    vectors = np.stack([s.embedding for s in seen.values()]).astype(np.float32)
    return EmbeddingBatch(tuple(seen), vectors / np.linalg.norm(vectors, axis=1, keepdims=True))

"""What earlier nights saw: a picture that the same version looked at before need not be looked at again.

No store of its own: the base's published claims say by whom and on which picture's sha256 each was made, and its
forest holds the embedding of each product's first picture. Both are read with their hashes verified.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from enrichment.index.load import as_matrix
from enrichment.models.registry import ModelVersion
from enrichment.runs.plan import canonical
from enrichment.runs.run import Run
from enrichment.stages.base import base_embeddings, base_table, of_vendor
from schemas.attribute_spec import attributes
from schemas.records import Source

_PACKAGE = Path(__file__).parents[1]
_ROOMS = ("vision", "images", "models")
_LIBRARIES = ("pillow", "torch")
_COLUMNS = ("sku", "attribute", "value", "confidence", "evidence_field")

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Seen:
    """What pictures show, by sha256.

    ``answers``: (attribute, value, confidence 0 to 1) in order of attributes. ``vectors``: embeddings float32 ``[D]``
    of unit norm; earlier nights kept none of a picture that led no product.
    """

    answers: Mapping[str, Sequence[tuple[str, str, float]]] = field(default_factory=dict)
    vectors: Mapping[str, Vector] = field(default_factory=dict)

    def __or__(self, newer: Seen) -> Seen:
        """Return what both show; where both know a picture, the newer."""
        return Seen({**self.answers, **newer.answers}, {**self.vectors, **newer.vectors})


def producer_of(model: ModelVersion) -> str:
    """Name all that an answer depends on besides the picture: ``look@<version's hash>.<hash of the looking code>``."""
    return f"{model.producer}.{_code()}"


def earlier_looks(run: Run, vendor: str, producer: str, wanted: Iterable[str]) -> Seen:
    """Return what ``producer`` saw in the ``wanted`` pictures (sha256) of the vendor's products in the base.

    All answers about a picture are those of one product, so that they are of one look.
    """
    shas = pa.array(sorted(set(wanted)), pa.string())
    made = (pc.field("source") == Source.IMAGE.value) & (pc.field("producer") == producer)
    about = pc.field("evidence_field").isin(shas)
    claims = base_table(run, "attribute_claims", of_vendor(vendor) & made & about, _COLUMNS)
    # The vectors are the base's largest file: not asked for where every picture is new.
    if claims is None or not claims.num_rows:
        return Seen()
    embeddings = base_embeddings(run, of_vendor(vendor) & pc.field("sha256").isin(shas))
    if embeddings is None:
        return Seen()
    answers: dict[str, dict[str, dict[str, tuple[str, float]]]] = defaultdict(lambda: defaultdict(dict))
    for row in claims.to_pylist():
        answers[row["evidence_field"]][row["sku"]][row["attribute"]] = row["value"], row["confidence"]
    keys = zip(embeddings["sku"].to_pylist(), embeddings["sha256"].to_pylist(), strict=True)
    vectors = dict(zip(keys, as_matrix(embeddings), strict=True))
    whose = {sha: min(by_sku, key=lambda sku: ((sku, sha) not in vectors, sku)) for sha, by_sku in answers.items()}
    return Seen(
        {sha: sorted((name, *told) for name, told in answers[sha][sku].items()) for sha, sku in whose.items()},
        {sha: vectors[sku, sha] for sha, sku in whose.items() if (sku, sha) in vectors},
    )


def to_look_at(pictures: Mapping[str, Sequence[str]], seen: Seen) -> set[str]:
    """Return the sha256 of pictures without an answer; ``pictures`` are each product's, in order.

    A product is answered by earlier looks as a whole or not at all: its embedding is that of its first picture.
    """
    known = [shas[0] in seen.vectors and seen.answers.keys() >= set(shas) for shas in pictures.values()]
    return {sha for shas, done in zip(pictures.values(), known, strict=True) if not done for sha in shas}


@cache
def _code() -> str:
    """Hash the code that looks, the libraries that decode and compute, and the values that may be claimed."""
    digest = hashlib.sha256()
    for room in _ROOMS:
        for path in sorted(path for path in (_PACKAGE / room).iterdir() if path.suffix in {".py", ".yaml"}):
            digest.update(f"{room}/{path.name}".encode() + b"\0" + path.read_bytes() + b"\0")
    # The build of a library ("+cpu") is the machine's matter.
    digest.update(canonical({name: version(name).partition("+")[0] for name in _LIBRARIES}))
    declared = [(a.name, a.groups, [value.name for value in a.values]) for a in attributes().attributes]
    digest.update(canonical(declared))
    return digest.hexdigest()[:8]

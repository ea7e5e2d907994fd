"""Read names with linear models that were trained without their brands: what the models say of strangers' words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

from nlp.catalog import STARTER, ProductText, build
from nlp.extractors.whole_text import WholeText
from nlp.lexicon import Lexicon
from nlp.training.calibration import noun_confidence
from nlp.training.corpus import Example, without_fold
from nlp.training.linear_training import HEADS, train
from schemas.records import AttributeClaim


@dataclass(frozen=True, slots=True)
class Share:
    """Of the ``rows`` whose truth is known, the share with a claim and the share with a right one."""

    rows: int
    claimed: float
    right: float


def parts_without(
    lexicon: Lexicon, names: Sequence[Example], texts: Sequence[Example], held: int, folder: Path
) -> Path:
    """Train linear models and noun confidences without the brands of fold ``held`` into ``folder``, a new one.

    It takes about 20 s. Parts that learn from no label (word vectors) are those that ship.
    """
    part = Path(copytree(STARTER, folder))
    others, _ = without_fold(names, held)
    train(lexicon, others, without_fold(texts, held)[0]).save(part)
    (part / "nouns.json").write_text(json.dumps(noun_confidence(lexicon, others)), encoding="utf-8")
    return part


def measure_heads(lexicon: Lexicon, names: Sequence[Example], texts: Sequence[Example], held: int) -> dict[str, Share]:
    """Return what linear models trained without the brands of fold ``held`` claim of these brands' names, by head."""
    with TemporaryDirectory() as scratch:
        reader = build(parts_without(lexicon, names, texts, held, Path(scratch) / "parts"), ner=False)
    _, asked = without_fold(names, held)
    return shares(asked, reader.read([ProductText("held", e.id, e.name, "") for e in asked]))


def shares(asked: Sequence[Example], claims: Sequence[Sequence[AttributeClaim]]) -> dict[str, Share]:
    """Return by head how often the linear models claim a value, and the right one; rules' claims do not count."""
    found = {}
    for head, truth in HEADS.items():
        said = [
            (truth(e), next((c.value for c in own if c.attribute == head and _by_models(c)), None))
            for e, own in zip(asked, claims, strict=True)
            if truth(e) is not None
        ]
        rows = max(1, len(said))
        claimed, right = sum(value is not None for _, value in said), sum(value == known for known, value in said)
        found[head] = Share(len(said), round(claimed / rows, 4), round(right / rows, 4))
    return found


def _by_models(claim: AttributeClaim) -> bool:
    return claim.producer.startswith(f"{WholeText.name}@")

"""A small spaCy entity recogniser that finds attribute values by their context, known or not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.pipeline import EntityRecognizer
from spacy.tokens import Doc

LABELS = ("colour", "pattern", "material", "neckline", "collar", "sleeve_style", "hem", "closure", "shoe_type", "fit")
UNKNOWN = "unk"
_REMEMBERED, _BATCH = 50_000, 256
_CONFIG: dict[str, Any] = {
    "model": {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "ner",
        "extra_state_tokens": False,
        "hidden_width": 48,
        "maxout_pieces": 2,
        "use_upper": True,
        "tok2vec": {
            "@architectures": "spacy.HashEmbedCNN.v2",
            "pretrained_vectors": None,
            "width": 48,
            "depth": 3,
            "embed_size": 1000,
            "window_size": 1,
            "maxout_pieces": 2,
            "subword_features": True,
        },
    }
}

Span = tuple[str, int, int]


def blank() -> tuple[Language, EntityRecognizer]:
    """Return an untrained recogniser and the pipeline that owns it."""
    pipeline = spacy.blank("en")
    recogniser = pipeline.add_pipe("ner", config=_CONFIG)
    if not isinstance(recogniser, EntityRecognizer):
        raise TypeError(f"the ner component is a {type(recogniser).__name__}, not an EntityRecognizer")
    for label in LABELS:
        recogniser.add_label(label)
    return pipeline, recogniser


class Recogniser:
    """Reads clauses one by one and remembers them: vendors repeat their clauses, and no clause sees its neighbours."""

    def __init__(self, pipeline: Language, recogniser: EntityRecognizer, known: frozenset[str]) -> None:
        """Take a trained component and the words it was trained on; see :meth:`load`."""
        self._vocab = pipeline.vocab
        self._known = known
        self._recogniser = recogniser
        self._seen: dict[tuple[str, ...], tuple[Span, ...]] = {}

    def spans(self, clause: Sequence[str]) -> tuple[Span, ...]:
        """Return ``(label, start, end)`` word spans of the values in ``clause``."""
        key = tuple(clause)
        if key not in self._seen:
            self.learn([key])
        return self._seen[key]

    def learn(self, clauses: Sequence[tuple[str, ...]]) -> None:
        """Read those of ``clauses`` that were not read before, together; each is still read on its own."""
        new = [c for c in dict.fromkeys(clauses) if c not in self._seen]
        if len(self._seen) + len(new) > _REMEMBERED:
            self._seen.clear()
            new = list(dict.fromkeys(clauses))
        docs = [Doc(self._vocab, words=disguised(c, self._known)) for c in new]
        for clause, doc in zip(new, self._recogniser.pipe(docs, batch_size=_BATCH), strict=True):
            self._seen[clause] = tuple((e.label_, e.start, e.end) for e in doc.ents)

    def save(self, folder: Path) -> None:
        """Write ``ner.bin`` in spaCy's own format, and ``ner.json`` with its labels and known words."""
        (folder / "ner.bin").write_bytes(self._recogniser.to_bytes(exclude=["vocab"]))
        (folder / "ner.json").write_text(
            json.dumps({"labels": LABELS, "words": sorted(self._known)}, indent=0), encoding="utf-8"
        )

    @classmethod
    def load(cls, folder: Path) -> Recogniser:
        """Read what :meth:`save` wrote."""
        pipeline, recogniser = blank()
        pipeline.initialize()
        recogniser.from_bytes((folder / "ner.bin").read_bytes(), exclude=["vocab"])
        words = json.loads((folder / "ner.json").read_text(encoding="utf-8"))["words"]
        return cls(pipeline, recogniser, frozenset(words))


def disguised(words: Sequence[str], known: frozenset[str]) -> list[str]:
    """Replace every word outside ``known`` by one and the same mark, so that only its context speaks."""
    return [w if w in known or not w.isalpha() else UNKNOWN for w in words]

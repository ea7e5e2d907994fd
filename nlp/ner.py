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
from spacy.vocab import Vocab

from nlp.word_classes import WordClasses

LABELS = ("colour", "pattern", "material", "neckline", "collar", "sleeve_style", "hem", "closure", "shoe_type", "fit")
UNKNOWN = "unk"
_REMEMBERED, _BATCH = 50_000, 256
_WIDTH, _ROWS = 48, (1000, 200)
_CONFIG: dict[str, Any] = {
    "model": {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "ner",
        "extra_state_tokens": False,
        "hidden_width": _WIDTH,
        "maxout_pieces": 2,
        "use_upper": True,
        "tok2vec": {
            "@architectures": "spacy.Tok2Vec.v2",
            # A word is known by itself where it builds clauses, and by its mark: no spelling of a value is learnt.
            "embed": {
                "@architectures": "spacy.MultiHashEmbed.v2",
                "width": _WIDTH,
                "attrs": ["NORM", "TAG"],
                "rows": list(_ROWS),
                "include_static_vectors": False,
            },
            "encode": {
                "@architectures": "spacy.MaxoutWindowEncoder.v2",
                "width": _WIDTH,
                "depth": 3,
                "window_size": 1,
                "maxout_pieces": 2,
            },
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

    def __init__(
        self, pipeline: Language, recogniser: EntityRecognizer, known: frozenset[str], classes: WordClasses
    ) -> None:
        """Take a trained component, the words it knows by themselves and the marks of all words; see :meth:`load`."""
        self._vocab = pipeline.vocab
        self._known = known
        self._classes = classes
        self._recogniser = recogniser
        self._seen: dict[tuple[str, ...], tuple[Span, ...]] = {}

    def spans(self, clause: Sequence[str]) -> tuple[Span, ...]:
        """Return ``(label, start, end)`` word spans of the values in ``clause``."""
        key = tuple(clause)
        if key not in self._seen:
            self.learn([key])
        return self._seen[key]

    def strange(self, words: Sequence[str]) -> list[bool]:
        """Tell of each of ``words`` whether it is known by its mark at most, as a word of an unknown value."""
        return [w.isalpha() and w not in self._known for w in words]

    def learn(self, clauses: Sequence[tuple[str, ...]]) -> None:
        """Read those of ``clauses`` that were not read before, together; each is still read on its own."""
        new = [c for c in dict.fromkeys(clauses) if c not in self._seen]
        if len(self._seen) + len(new) > _REMEMBERED:
            self._seen.clear()
            new = list(dict.fromkeys(clauses))
        docs = [document(self._vocab, disguised(c, self._known), self._classes.of(c)) for c in new]
        for clause, doc in zip(new, self._recogniser.pipe(docs, batch_size=_BATCH), strict=True):
            self._seen[clause] = tuple((e.label_, e.start, e.end) for e in doc.ents)

    def marked(self, classes: WordClasses) -> Recogniser:
        """Return the same recogniser with other marks, and nothing remembered."""
        other = Recogniser.__new__(Recogniser)
        other.__dict__.update(self.__dict__, _classes=classes, _seen={})
        return other

    def lean(self, towards_nothing: float) -> None:
        """Make every word ``towards_nothing`` (in logits) likelier to be no value: fewer findings, surer ones."""
        layer = self._recogniser.model.get_ref("upper")
        bias = layer.get_param("b").copy()
        moves = self._recogniser.moves
        bias[[moves.get_class_name(i) for i in range(moves.n_moves)].index("O")] += towards_nothing
        layer.set_param("b", bias)
        self._seen.clear()

    def save(self, folder: Path) -> None:
        """Write ``ner.bin`` in spaCy's own format, ``ner.json`` with its labels and known words, and the marks."""
        (folder / "ner.bin").write_bytes(self._recogniser.to_bytes(exclude=["vocab"]))
        facts = {"labels": LABELS, "words": sorted(self._known)}
        (folder / "ner.json").write_text(json.dumps(facts, indent=0), encoding="utf-8")
        self._classes.save(folder)

    @classmethod
    def load(cls, folder: Path) -> Recogniser:
        """Read what :meth:`save` wrote."""
        pipeline, recogniser = blank()
        pipeline.initialize()
        recogniser.from_bytes((folder / "ner.bin").read_bytes(), exclude=["vocab"])
        facts = json.loads((folder / "ner.json").read_text(encoding="utf-8"))
        return cls(pipeline, recogniser, frozenset(facts["words"]), WordClasses.load(folder))


def document(vocab: Vocab, words: Sequence[str], marks: Sequence[str]) -> Doc:
    """Return a clause as spaCy takes it: ``words`` as they are, their marks as tags."""
    return Doc(vocab, words=list(words), tags=list(marks))


def disguised(words: Sequence[str], known: frozenset[str]) -> list[str]:
    """Replace every word outside ``known`` by one and the same mark, so that only its context speaks."""
    return [w if w in known or not w.isalpha() else UNKNOWN for w in words]

"""Which kind of value a word is used like, whether or not the vocabulary has it: one *mark* a word."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

STRANGE = ""
"""The mark of a word that was met too seldom to tell what it is used like."""


class WordClasses:
    """Words with their marks: a value class and how surely the word is used like it ("colour3"), or ``none``."""

    def __init__(self, marks: Mapping[str, str]) -> None:
        """Take the mark of each known word; see ``nlp/training/word_class_training.py``."""
        self._marks = dict(marks)

    def __len__(self) -> int:
        return len(self._marks)

    def of(self, words: Sequence[str]) -> list[str]:
        """Return the mark of each of ``words``, ``STRANGE`` where it has none."""
        return [self._marks.get(word, STRANGE) for word in words]

    def without(self, words: frozenset[str]) -> WordClasses:
        """Return the marks of all other words."""
        return WordClasses({w: m for w, m in self._marks.items() if w not in words})

    def save(self, folder: Path) -> None:
        """Write ``word_classes.json``: the words of each mark."""
        grouped: dict[str, list[str]] = {}
        for word, mark in sorted(self._marks.items()):
            grouped.setdefault(mark, []).append(word)
        text = json.dumps(grouped, ensure_ascii=False, indent=0, sort_keys=True)
        (folder / "word_classes.json").write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> WordClasses:
        """Read what :meth:`save` wrote."""
        grouped = json.loads((folder / "word_classes.json").read_text(encoding="utf-8"))
        return cls({word: mark for mark, words in grouped.items() for word in words})

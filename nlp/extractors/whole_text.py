"""Article type, image group, gender and occasion from the whole name, by the trained linear models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from nlp.lexicon import Lexicon
from nlp.linear import Answer, Feature, LinearModels, grams
from nlp.meaning import NOUNS, VALUES, Kind
from nlp.reading import Finding, Passage, Reading
from nlp.tokens import BREAKS

_FLOOR = {"article_type": 0.3, "gender": 0.6, "occasion": 0.75}
_GROUP_FLOOR = 0.4
_CLAUSE = 15


class WholeText:
    """Claims what the words of a name, taken together, are typical of; confidence is calibrated on unseen brands."""

    name = "tfidf"

    def __init__(self, lexicon: Lexicon, models: LinearModels, version: str) -> None:
        """Take the trained models and the hash of their files."""
        self._lexicon = lexicon
        self._models = models
        self.version = version
        article = next(h for h in models.heads if h.name == "article_type")
        group_of = [lexicon.groups.get(c, "other") for c in article.classes]
        self._groups = sorted(set(group_of))
        self._in_group = np.array([[g == own for g in self._groups] for own in group_of], dtype=np.float64)

    def prepare(self, readings: Sequence[Reading]) -> None:
        """Ask the models about many products together, which is several times as fast as one by one."""
        told = [(reading, passage) for reading in readings if (passage := self._told_by(reading)) is not None]
        answers = self._models.answers([features(passage) for _, passage in told], _FLOOR["article_type"])
        for (reading, _), answer in zip(told, answers, strict=True):
            reading.answers = answer

    def find(self, reading: Reading) -> Iterator[Finding]:
        """Yield article type and group, then gender and occasion, where the models are sure enough."""
        passage = self._told_by(reading)
        if passage is None:
            return
        if reading.answers is None:
            self.prepare([reading])
        answers = reading.answers or {}
        article = answers.get("article_type")
        if article is None or article.probability < _FLOOR["article_type"]:
            return
        yield from self._article(reading, passage, article)
        # What remains is typical of the product, so a name that names no product says nothing.
        if reading.article is None:
            return
        for head in ("gender", "occasion"):
            answer = answers.get(head)
            if answer is None or answer.probability < _FLOOR[head]:
                continue
            if head == "gender" or (reading.article in self._lexicon.worn and not _states(reading, head)):
                yield passage.finding(head, answer.value, answer.probability, answer.start, answer.end)

    def _told_by(self, reading: Reading) -> Passage | None:
        """Return the passage that tells what the product is: its name, or a description that names it where none does.

        None where no words tell.
        """
        if reading.accessory:
            return None
        if _has_noun(reading.name):
            return reading.name
        if reading.article is not None:
            return reading.description
        return reading.name if self._tells(reading.name) else None

    def _tells(self, name: Passage) -> bool:
        """Tell whether a name without a noun says what the product is.

        One known word that is a value says how the product is, or whom it is for: the models would be sure that
        "Zork Men" are sandals, for no other name of theirs is so bare.
        """
        words = name.tokens.words
        known = {i for i, word in enumerate(words) if word in self._models}
        values = {i for start, end, meaning in name.matches if meaning.mask & VALUES for i in range(start, end)}
        return len(known) > 1 or not known <= values

    def _article(self, reading: Reading, passage: Passage, answer: Answer) -> Iterator[Finding]:
        # In double precision: a single-precision sum differs with where the row lies in memory.
        totals = answer.scores.astype(np.float64) @ self._in_group
        best = int(totals.argmax())
        group, sure = self._groups[best], round(float(totals[best]), 5)
        yield passage.finding("article_type", answer.value, answer.probability, answer.start, answer.end)
        if sure >= _GROUP_FLOOR:
            yield passage.finding("image_group", group, min(1.0, max(0.0, sure)), answer.start, answer.end)
            if reading.group is None and sure >= 0.8:
                reading.group = group


def features(passage: Passage) -> list[Feature]:
    """Return the terms of a passage's first clause, product nouns once more as ``noun:Name``."""
    words = passage.tokens.words
    if passage.name != "name":
        end = next((i for i, w in enumerate(words) if w in BREAKS and i > 2), len(words))
        words = words[: min(end, _CLAUSE)]
    found = list(grams(words))
    last = None
    for match in passage.matches:
        start, end, meaning = match
        if end > len(words):
            break
        if meaning.mask & NOUNS and not passage.flags[start]:
            noun = next(s.value for s in meaning.senses if s.kind in (Kind.ARTICLE, Kind.NOUN))
            found.append((f"noun:{noun}", start, end))
            last = (f"last:{noun}", start, end)
    return [*found, last] if last else found


def _states(reading: Reading, attribute: str) -> bool:
    """Tell whether a text names a value of ``attribute`` in words; then nothing needs to be inferred."""
    found = (m[2].senses for p in reading.passages for m in p.matches if m[2].mask & VALUES)
    return any(name == attribute and kind is Kind.VALUE for senses in found for kind, name, _ in senses)


def _has_noun(passage: Passage) -> bool:
    return any(m[2].mask & NOUNS for m in passage.matches)

"""Article type, image group, gender and occasion from the whole name, by the trained linear models."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nlp.lexicon import NOUNS, VALUES, Kind, Lexicon
from nlp.linear import Answer, LinearModels, grams
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
        self._in_group = np.array([[g == own for g in self._groups] for own in group_of], dtype=np.float32)

    def find(self, reading: Reading) -> Iterator[Finding]:
        """Yield article type and group, then gender and occasion, where the models are sure enough."""
        passage = reading.name
        if not _has_noun(passage):
            if reading.article is not None:
                passage = reading.description
            elif not passage.tokens.words:
                return
        answers = self._models.answer(features(passage), _FLOOR["article_type"])
        article = answers.get("article_type")
        if article is None or article.probability < _FLOOR["article_type"]:
            return
        yield from self._article(reading, passage, article)
        # What remains is typical of the product, so a name that names no product says nothing.
        if reading.article is None:
            return
        for head in ("gender", "occasion"):
            answer = answers.get(head)
            if head == "occasion" and (_states(reading, head) or reading.article not in self._lexicon.worn):
                continue
            if answer is not None and answer.probability >= _FLOOR[head]:
                yield passage.finding(head, answer.value, answer.probability, answer.start, answer.end)

    def _article(self, reading: Reading, passage: Passage, answer: Answer) -> Iterator[Finding]:
        totals = answer.scores @ self._in_group
        best = int(totals.argmax())
        group, sure = self._groups[best], float(totals[best])
        yield passage.finding("article_type", answer.value, answer.probability, answer.start, answer.end)
        if sure >= _GROUP_FLOOR:
            yield passage.finding("image_group", group, float(np.clip(sure, 0.0, 1.0)), answer.start, answer.end)
            if reading.group is None and sure >= 0.8:
                reading.group = group


def features(passage: Passage) -> list[tuple[str, int, int]]:
    """Return the terms of a passage's first clause, product nouns once more as ``noun:Name``."""
    words = passage.tokens.words
    if passage.name != "name":
        end = next((i for i, w in enumerate(words) if w in BREAKS and i > 2), len(words))
        words = words[: min(end, _CLAUSE)]
    found = list(grams(words))
    last = None
    for match in passage.matches:
        if match.end > len(words):
            break
        if match.mask & NOUNS and not passage.flags[match.start]:
            noun = next(s.value for s in match.senses if s.kind in (Kind.ARTICLE, Kind.NOUN))
            found.append((f"noun:{noun}", match.start, match.end))
            last = (f"last:{noun}", match.start, match.end)
    return [*found, last] if last else found


def _states(reading: Reading, attribute: str) -> bool:
    """Tell whether a text names a value of ``attribute`` in words; then nothing needs to be inferred."""
    found = (m for p in reading.passages for m in p.matches if m.mask & VALUES)
    return any(s.attribute == attribute and s.kind is Kind.VALUE for m in found for s in m.senses)


def _has_noun(passage: Passage) -> bool:
    return any(m.mask & NOUNS for m in passage.matches)

"""Article type, image group, gender and occasion from the whole name, by the trained linear models."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nlp.lexicon import Kind, Lexicon
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
        self._groups = [lexicon.groups.get(c, "other") for c in article.classes]

    def find(self, reading: Reading) -> Iterator[Finding]:
        """Yield article type and group, then gender and occasion, where the models are sure enough."""
        passage = reading.name if _has_noun(reading.name) or not reading.description.tokens.words else reading.description
        if not reading.name.tokens.words and not reading.description.tokens.words:
            return
        answers = self._models.answer(features(passage))
        article = answers.get("article_type")
        if article is not None:
            yield from self._article(reading, passage, article)
        for head in ("gender", "occasion"):
            answer = answers.get(head)
            if head == "occasion" and (_states(reading, head) or reading.article not in self._lexicon.worn):
                continue
            if answer is not None and answer.probability >= _FLOOR[head]:
                yield passage.finding(head, answer.value, answer.probability, answer.start, answer.end)

    def _article(self, reading: Reading, passage: Passage, answer: Answer) -> Iterator[Finding]:
        totals: dict[str, float] = {}
        for group, score in zip(self._groups, answer.scores, strict=True):
            totals[group] = totals.get(group, 0.0) + float(score)
        group, sure = max(totals.items(), key=lambda item: (item[1], item[0]))
        if answer.probability >= _FLOOR["article_type"]:
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
        noun = next((s.value for s in match.senses if s.kind in (Kind.ARTICLE, Kind.NOUN)), None)
        if noun is not None and not passage.flags[match.start]:
            found.append((f"noun:{noun}", match.start, match.end))
            last = (f"last:{noun}", match.start, match.end)
    return [*found, last] if last else found


def _states(reading: Reading, attribute: str) -> bool:
    """Tell whether a text names a value of ``attribute`` in words; then nothing needs to be inferred."""
    return any(s.attribute == attribute and s.kind is Kind.VALUE for p in reading.passages for m in p.matches for s in m.senses)


def _has_noun(passage: Passage) -> bool:
    return any(s.kind in (Kind.ARTICLE, Kind.NOUN) for m in passage.matches for s in m.senses)

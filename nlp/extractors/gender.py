"""Gender and age group from the words that name them."""

from __future__ import annotations

from collections.abc import Iterator

from nlp.meaning import GENDERS, NOUNS, Match
from nlp.reading import DESCRIPTION, Finding, Passage, Reading

_AGE = {"men": "adult", "women": "adult", "boys": "kids", "girls": "kids", "kids": "kids"}
_INFANT = frozenset({"infant", "infants", "baby", "babies", "newborn"})


class Gender:
    """Believes gender words anywhere in a name, and in a description only after "for" or before a product noun."""

    name = "gender"
    version = "1"

    def find(self, reading: Reading) -> Iterator[Finding]:
        """Yield the gender, then the age group it implies."""
        for passage in reading.passages:
            named = [m for m in passage.matches if m[2].mask & GENDERS and not passage.flags[m[0]]]
            seen = [m for m in named if self._counts(passage, m)]
            if not seen:
                continue
            values = {s.value for m in seen for s in m.senses if s.attribute == "gender"}
            value, match = _agree(values), seen[0]
            yield passage.finding("gender", value, 0.97, match.start, match.end)
            age = "infant" if passage.tokens.words[match.start] in _INFANT else _AGE.get(value)
            if age:
                yield passage.finding("age_group", age, 0.95, match.start, match.end)

    def _counts(self, passage: Passage, match: Match) -> bool:
        if passage.name != DESCRIPTION:
            return True
        words = passage.tokens.words
        follower = passage.by_start.get(match.end)
        noun = follower is not None and follower.mask & NOUNS
        return bool(noun) or (match.start > 0 and words[match.start - 1] == "for")


def _agree(values: set[str]) -> str:
    """Return one gender for several words: men with women are unisex, boys with girls are kids."""
    if len(values) == 1:
        return next(iter(values))
    if "unisex" in values or {"men", "women"} <= values:
        return "kids" if values <= {"unisex", "kids"} else "unisex"
    young = values & {"boys", "girls", "kids"}
    if young:
        return next(iter(young)) if len(young) == 1 else "kids" if {"boys", "girls"} <= young else min(young - {"kids"})
    return min(values)

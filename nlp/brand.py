"""How many leading words of a name are its brand, and so say nothing of the product ("Red Tape Men Brown Shoes")."""

from __future__ import annotations

from collections.abc import Sequence

from nlp.lexicon import phrase_words
from nlp.meaning import GENDERS, NOUNS, Match
from nlp.tokens import BREAKS

_FURTHEST = 5


def brand_words(words: Sequence[str], matches: Sequence[Match], brand: str) -> int:
    """Return the length of the brand at the start of a name.

    ``brand`` is what the vendor says it is ("" = unsaid). Failing that, what stands before the gender is the brand,
    unless the vocabulary knows every word of it ("Black Leather Women Boots" names no brand), or the product is named
    there and the gender set behind it ("Zork Red Shirt for Women"). Two words joined by "and"
    are a brand where the vocabulary does not know the second ("Wool & Prince Undershirt"). The dots of abbreviations
    are no words, and what the vocabulary knows after the last one is no brand ("U.S. Polo Assn. Striped Men Shirt").
    """
    said = phrase_words(brand)
    if said and tuple(words[: len(said)]) == said:
        return len(said)
    return max(_before_gender(words, matches), _pair(words, matches))


def _before_gender(words: Sequence[str], matches: Sequence[Match]) -> int:
    for match in matches:
        spoken = {i for i in range(match.start) if words[i] not in BREAKS}
        if len(spoken) > _FURTHEST:
            return 0
        if match.start and match.mask & GENDERS:
            if _is_set_behind(words, matches, match):
                return 0
            strange = spoken - {i for m in matches if m.end <= match.start for i in range(m.start, m.end)}
            if not strange:
                return 0
            dot = max((i for i in range(match.start) if words[i] in BREAKS), default=-1)
            return match.start if dot < max(strange) else dot + 1
    return 0


def _is_set_behind(words: Sequence[str], matches: Sequence[Match], gender: Match) -> bool:
    """Tell whether a gender ends a name, or follows a comma, a dash or "for", and the only product nouns precede it."""
    nouns = [m.start for m in matches if m.mask & NOUNS]
    if not nouns or nouns[-1] > gender.start:
        return False
    return gender.end == len(words) or words[gender.start - 1] in ("for", ",")


def _pair(words: Sequence[str], matches: Sequence[Match]) -> int:
    if len(words) < 4 or words[1] != "and" or not words[2].isalpha():
        return 0
    return 0 if any(m.start <= 2 < m.end for m in matches) else 3

"""Which declared value a vendor's spelling means: exact, misspelt, or used like one."""

from __future__ import annotations

import difflib
from typing import NamedTuple

from nlp.lexicon import phrase_words
from nlp.vectors import WordVectors
from schemas.attribute_spec import Attribute, Attributes

_SPELLING, _ALIKE = 0.84, 0.78
_STEM = 5
_LIMIT, _REMEMBERED = 80, 20_000


class Resolution(NamedTuple):
    """The value a spelling stands for, how sure, and by what: ``exact``, ``within``, ``spelling`` or ``vectors``."""

    value: str
    confidence: float
    by: str


class ValueResolver:
    """Resolves one attribute's value spellings; unknown ones only where a known one is clearly nearest."""

    def __init__(self, attributes: Attributes, vectors: WordVectors | None = None) -> None:
        """Compile the spellings of every attribute that declares values."""
        self._vectors = vectors
        self._seen: dict[tuple[str, str], Resolution | None] = {}
        self._heads = {a.name: frozenset(w for h in a.heads for w in phrase_words(h)) for a in attributes.attributes}
        self._spellings: dict[str, dict[tuple[str, ...], str]] = {
            a.name: _spellings(a) for a in attributes.attributes if a.values
        }

    def resolve(self, attribute: str, text: str) -> Resolution | None:
        """Return what ``text`` means as a value of ``attribute``; None where nothing is near enough."""
        key = attribute, text[:_LIMIT]
        if key not in self._seen:
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            self._seen[key] = self._resolve(*key)
        return self._seen[key]

    def _resolve(self, attribute: str, text: str) -> Resolution | None:
        known = self._spellings.get(attribute)
        words = phrase_words(text)
        if not known or not words:
            return None
        if words in known:
            return Resolution(known[words], 1.0, "exact")
        return self._within(known, words) or _misspelt(known, words) or self._alike(attribute, known, words)

    def _within(self, known: dict[tuple[str, ...], str], words: tuple[str, ...]) -> Resolution | None:
        for size in range(len(words) - 1, 0, -1):
            for start in range(len(words) - size + 1):
                value = known.get(words[start : start + size])
                if value is not None:
                    return Resolution(value, 0.9, "within")
        return None

    def _alike(self, attribute: str, known: dict[tuple[str, ...], str], words: tuple[str, ...]) -> Resolution | None:
        # "slash neck" shares "neck" with every neckline: only what stands beside the head can tell.
        own = self._vectors.of(w for w in words if w not in self._heads[attribute]) if self._vectors else None
        if own is None or self._vectors is None:
            return None
        best: dict[str, float] = {}
        for spelling, value in known.items():
            other = self._vectors.of(w for w in spelling if w not in self._heads[attribute])
            if other is not None:
                best[value] = max(best.get(value, 0.0), float(own @ other))
        if not best:
            return None
        value, score = max(best.items(), key=lambda item: (item[1], item[0]))
        return Resolution(value, round(score * 0.9, 3), "vectors") if score >= _ALIKE else None


def _spellings(attribute: Attribute) -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    for value in attribute.values:
        for spelling in value.spellings:
            found.setdefault(phrase_words(spelling), value.name)
    return found


def _misspelt(known: dict[tuple[str, ...], str], words: tuple[str, ...]) -> Resolution | None:
    """Compare without spaces ("threequarter", "peterpan-collor"); short words must match exactly."""
    flat = "".join(words)
    if len(flat) < 4:
        return None
    spellings = {"".join(s): v for s, v in sorted(known.items(), reverse=True) if len("".join(s)) >= 4}
    if flat in spellings:
        return Resolution(spellings[flat], 0.97, "spelling")
    stem = max((s for s in spellings if len(s) >= _STEM and flat.startswith(s)), key=len, default=None)
    if stem is not None:
        return Resolution(spellings[stem], 0.85, "within")
    near = difflib.get_close_matches(flat, spellings, n=1, cutoff=_SPELLING)
    return Resolution(spellings[near[0]], 0.8, "spelling") if near else None

"""One spelling for many: the key under which names and synonyms of hierarchy levels are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

_APOSTROPHES = re.compile("['\N{RIGHT SINGLE QUOTATION MARK}\N{GRAVE ACCENT}]")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_JOINERS = frozenset({"and", "und", "et", "for"})
_PARTS = re.compile(r"\s*(?:&|/|,|\+|\||;|\band\b)\s*", re.IGNORECASE)
_YEAR = r"(?:(?:19|20)\d\d|\d\d)"
_YEARS = rf"{_YEAR}(?:\s*[-/]\s*{_YEAR})?"
_DATE = re.compile(rf"^\W*{_YEARS}(?!\d)|(?<!\d){_YEARS}\W*$")
LONGEST = 200


def words(text: str) -> tuple[str, ...]:
    """Return the words of ``text``: casefolded, without accents and punctuation, in the singular.

    >>> words("WOMEN'S Dresses & Watches")
    ('women', 'dress', 'watch')
    """
    plain = unicodedata.normalize("NFKD", text[:LONGEST]).encode("ascii", "ignore").decode().casefold()
    parts = _NOT_WORD.split(_APOSTROPHES.sub("", plain))
    return tuple(_singular(word) for word in parts if word and word not in _JOINERS)


@lru_cache(maxsize=65_536)
def key(text: str) -> str:
    """Return the comparison key of ``text``; "" where it has no Latin letter and no digit.

    >>> key("T-Shirts") == key("tshirt")
    True
    """
    return "".join(words(text))


def mark(text: str) -> str:
    """Return what a placeholder is known by: its key, or itself where it is written in a script without keys.

    >>> mark("N/A"), mark("ΚΑΝΈΝΑ ")
    ('na', 'κανένα')
    """
    return key(text) or text.strip().casefold()


def says_nothing(text: str, placeholders: Collection[str]) -> bool:
    """Tell whether ``text`` is one of ``placeholders``, each as :func:`mark` returns it, or has no letter or digit."""
    return mark(text) in placeholders or not any(character.isalnum() for character in text)


def parts(text: str) -> tuple[str, ...]:
    """Split a compound level such as "Tops & Tees/Polos" into its parts."""
    return tuple(part for part in _PARTS.split(text[:LONGEST]) if part)


def undated(text: str) -> str:
    """Return ``text`` without the year, of two or four digits, or the two years that it begins or ends with.

    >>> undated("FW 2026/27"), undated("27S/S"), undated("SS127")
    ('FW ', 'S/S', 'SS127')
    """
    return _DATE.sub("", text[:LONGEST])


def _singular(word: str) -> str:
    """Cut an English plural ending; consistent rather than right ("scarves" becomes "scarve" on both sides)."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    if len(word) > 2 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word

"""Whether a name is of a thing *for* a product ("Sunglasses Hard Case"): such a thing is not the product."""

from __future__ import annotations

from nlp.lexicon import Lexicon
from nlp.meaning import GENDERS, NOUNS, VALUES, Kind, Match
from nlp.reading import Passage

_PART, _SAID = 1 << Kind.PART, VALUES | GENDERS | 1 << Kind.WORD
_JOINERS = frozenset({"and", "or"})
_COUNTED = frozenset({"pack", "set", "of"})


def names_accessory(passage: Passage, head: Match, cut: int, lexicon: Lexicon) -> bool:
    """Tell whether the noun phrase of ``head``, up to word ``cut``, ends in a noun of care or keeping, or is "for" one.

    Values and counts behind that noun do not matter ("Shoe Brush Black", "Sneaker Wipes 12 Pieces"). One that is
    also a part may only be described as what keeps: "Dress Straps" and "Watch Hard Case" are no dress and no watch,
    "Slip Dress Thin Straps" is one. What another noun is joined to stays ("Laptop Bag / Document Holder").
    """
    if not _is_worn(head, lexicon):
        return False
    words = passage.tokens.words
    if any(words[i] == "for" and words[i - 1] in lexicon.accessories for i in range(1, head.start)):
        return True
    after = range(head.end, cut)
    last = next((i for i in after if not words[i].isalpha() or words[i] in _COUNTED), cut) - 1
    while last >= head.end and words[last] not in lexicon.accessories and _is_said(passage, last):
        last -= 1
    if last < head.end or words[last] not in lexicon.accessories:
        return False
    if not _JOINERS.isdisjoint(words[head.end : last]) or _is_said(passage, last):
        return False
    part = passage.by_start.get(last)
    return part is None or not part.mask & _PART or lexicon.keeping.issuperset(words[head.end : last])


def _is_worn(head: Match, lexicon: Lexicon) -> bool:
    """Tell whether the noun is of what is worn or carried: a "Perfume Spray" is perfume, a "Makeup Kit Box" a kit."""
    noun = next(s for s in head.senses if 1 << s.kind & NOUNS)
    return noun.value in lexicon.worn if noun.kind is Kind.ARTICLE else noun.value != "other"


def _is_said(passage: Passage, at: int) -> bool:
    """Tell whether a value of an attribute covers the word."""
    return any(m.start <= at < m.end and m.mask & _SAID for m in passage.matches)

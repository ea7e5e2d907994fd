"""Attributes from declared phrases, with denial and the part they speak of taken into account."""

from __future__ import annotations

from collections.abc import Iterator

from nlp.lexicon import NOUNS, PARTS, VALUES, Kind, Lexicon, Match
from nlp.reading import DESCRIPTION, Finding, Passage, Reading
from nlp.tokens import BREAKS
from schemas.attribute_spec import Attributes

_SKIPPED = frozenset({"image_group", "article_type", "gender", "age_group"})
_OWNED = frozenset({"colour", "material", "pattern", "weave", "occasion", "season", "sport"})
"""Attributes whose words describe whatever noun follows them, so the noun must be the product."""
_HARD_PARTS = frozenset({"dial", "dials", "frame", "frames", "lens", "lenses", "strap", "straps", "sole", "soles"}) | {
    "outsole", "collar", "lining", "band", "temple", "temples", "rim",
}  # fmt: skip
"""Parts whose colour and material are never the product's, even where its noun follows ("black dial watch")."""
_SETS = frozenset(
    {
        "Kurta Sets",
        "Clothing Set",
        "Suits",
        "Night suits",
        "Tracksuits",
        "Lehenga Choli",
        "Salwar and Dupatta",
        "Sarees",
    }
)
"""Article types of several garments: what is said of any of them is said of the product."""
_ANYWHERE = frozenset({"colour", "pattern", "material"})
"""What may be said of a product that is neither worn nor carried (bed linen, cosmetics)."""
_NARROW = 4
_TELLING = VALUES | 1 << Kind.HEAD
_JOINERS = frozenset({"and", "or", "to"})
_SURE = 0.96
"""Measured: the smoothed share of right claims on labelled products of unseen brands."""
_LEFT = 4
_BARE = 16
_RIGHT = 7


class Gazetteer:
    """Finds declared values by their synonyms, and short words beside their heads ("round" + "neck")."""

    name = "gazetteer"
    version = "1"

    def __init__(self, lexicon: Lexicon, attributes: Attributes) -> None:
        """Take the compiled phrases and which groups each attribute applies to."""
        self._lexicon = lexicon
        self._groups = {a.name: frozenset(a.groups) for a in attributes.attributes}

    def find(self, reading: Reading) -> Iterator[Finding]:
        """Yield values in text order: the name first."""
        worn = reading.article is None or reading.article in self._lexicon.worn
        for passage in reading.passages:
            if passage.name == DESCRIPTION and not worn:
                return
            for match in passage.matches:
                if not match.mask & _TELLING or passage.flags[match.start] or match.start < passage.brand:
                    continue
                if not _is_keyed(passage, match):
                    yield from self._match(reading, passage, match, worn)

    def _match(self, reading: Reading, passage: Passage, match: Match, worn: bool) -> Iterator[Finding]:
        for sense in match.senses:
            if sense.attribute in _SKIPPED or not self._applies(sense.attribute, reading.group, worn):
                continue
            if sense.kind is Kind.VALUE and self._speaks_of_product(sense.attribute, reading, passage, match):
                yield passage.finding(sense.attribute, sense.value, _SURE, match.start, match.end)
            elif sense.kind is Kind.HEAD:
                yield from _words_left(sense.attribute, passage, match)

    def _applies(self, attribute: str, group: str | None, worn: bool) -> bool:
        allowed = self._groups.get(attribute)
        if not worn:
            return attribute in _ANYWHERE
        if not allowed:
            return True
        return len(allowed) > _NARROW if group is None else group in allowed

    def _speaks_of_product(self, attribute: str, reading: Reading, passage: Passage, match: Match) -> bool:
        if attribute not in _OWNED:
            return not _is_detail(passage, match)
        owner = owner_of(passage, match.end, self._lexicon.stops)
        if owner is None:
            return passage.name != DESCRIPTION or _opens(passage, match, self._lexicon.stops)
        if owner.mask & NOUNS:
            return self._same_product(reading, owner)
        return False

    def _same_product(self, reading: Reading, owner: Match) -> bool:
        if reading.group is None or reading.article in _SETS:
            return True
        if reading.group == "other":
            return any(s.value in (reading.article, "other") for s in owner.senses)
        groups = {
            self._lexicon.groups.get(s.value, s.value) for s in owner.senses if s.kind in (Kind.ARTICLE, Kind.NOUN)
        }
        return reading.group in groups


def _is_keyed(passage: Passage, match: Match) -> bool:
    """Tell whether a phrase stands in a "Key: value" that is read as such; long phrases speak for themselves."""
    if match.start not in passage.key_words:
        return False
    return match.end - match.start < 2 or all(s.attribute in _OWNED for s in match.senses)


def owner_of(passage: Passage, start: int, stops: frozenset[str]) -> Match | None:
    """Return the noun that the words before ``start`` describe: a part, an article type, or None."""
    words = passage.tokens.words
    soft: Match | None = None
    i = start
    while i < min(len(words), start + _RIGHT):
        word = words[i]
        match = passage.by_start.get(i)
        if word in BREAKS or (match is None and word in stops):
            break
        if match is None:
            i += 1
            continue
        if match.mask & NOUNS:
            return match
        if match.mask & PARTS:
            if word in _HARD_PARTS:
                return match
            soft = match
            i = match.end
        else:
            i += 1
    return soft


def _opens(passage: Passage, match: Match, stops: frozenset[str]) -> bool:
    """Tell whether a phrase without a noun stands in a bare clause: the first one, or one made of values only."""
    words = passage.tokens.words
    start, end = match.start, match.end
    while start and words[start - 1] not in BREAKS and match.start - start < _BARE:
        start -= 1
    while end < len(words) and words[end] not in BREAKS and words[end] not in ("with", "has") and end - start < _BARE:
        end += 1
    if end - start >= _BARE:
        return False
    inside = [passage.by_start[i] for i in range(start, end) if i in passage.by_start]
    if any(words[i] in stops and i not in passage.by_start for i in range(start, end)):
        return False
    known = {i for m in inside for i in range(m.start, m.end)}
    strange = sum(i not in known and words[i].isalpha() for i in range(start, end))
    return strange <= (1 if start == 0 else 0)


def _is_detail(passage: Passage, match: Match) -> bool:
    """Tell whether a phrase only describes a pocket or a trimming ("zip pocket", "lace-up detail at the back")."""
    words = passage.tokens.words
    follower = words[match.end] if match.end < len(words) else ""
    return follower in ("pocket", "pockets", "compartment", "compartments", ":")


def _words_left(attribute: str, passage: Passage, head: Match) -> Iterator[Finding]:
    words = passage.tokens.words
    i = head.start - 1
    lowest = max(-1, i - _LEFT)
    while i > lowest:
        if words[i] in BREAKS or passage.flags[i]:
            return
        match = passage.by_end.get(i + 1)
        if match is not None:
            found = [s for s in match.senses if s.kind in (Kind.WORD, Kind.VALUE) and s.attribute == attribute]
            for sense in found:
                yield passage.finding(attribute, sense.value, _SURE, match.start, head.end)
            if match.mask & NOUNS and not found:
                return
            i = match.start - 1
            if found and not (i > 0 and words[i] in _JOINERS):
                return
            continue
        i -= 1

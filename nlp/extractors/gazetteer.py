"""Attributes from declared phrases, with denial and the part they speak of taken into account."""

from __future__ import annotations

from collections.abc import Iterator

from nlp.lexicon import Lexicon
from nlp.meaning import GENDERS, NOUNS, PARTS, VALUES, Kind, Match
from nlp.reading import DESCRIPTION, Finding, Passage, Reading
from nlp.tokens import BREAKS
from schemas.attribute_spec import Attribute, Attributes

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
_SAID = frozenset({Kind.WORD, Kind.VALUE})
_TELLING = VALUES | 1 << Kind.HEAD | 1 << Kind.WORD
_BETWEEN = VALUES | GENDERS | 1 << Kind.WORD
_JOINERS = frozenset({"and", "or", "to"})
_LEADING = frozenset({"in", "the", "a", "an", "this", "is", "are", "comes"})
"""Stops after which a word can still describe the product: "in skin" does, "for skin" and "on your skin" do not."""
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
        own = [a for a in attributes.attributes if a.name not in _SKIPPED]
        groups = {g for a in own for g in a.groups} | {*lexicon.groups.values(), None}
        self._allowed = {g: frozenset(a.name for a in own if _applies(a, g)) for g in groups}
        self._everywhere = frozenset(a.name for a in own if not a.groups)
        self._headless = frozenset(a.name for a in own if a.name in _OWNED and not a.heads)

    def find(self, reading: Reading) -> Iterator[Finding]:
        """Yield values in text order: the name first."""
        worn = reading.article is None or reading.article in self._lexicon.worn
        allowed = self._allowed.get(reading.group, self._everywhere) if worn else _ANYWHERE
        for passage in reading.passages if worn else (reading.name,):
            yield from self._passage(reading, passage, allowed)

    def _passage(self, reading: Reading, passage: Passage, allowed: frozenset[str]) -> list[Finding]:
        found: list[Finding] = []
        flags, brand, keyed = passage.flags, passage.brand, passage.key_words
        for match in passage.matches:
            start, end, meaning = match
            if not meaning.mask & _TELLING or flags[start] or start < brand or (start in keyed and _is_keyed(match)):
                continue
            for kind, attribute, value in meaning.senses:
                if attribute not in allowed:
                    continue
                if kind is Kind.HEAD:
                    found += _words_left(attribute, passage, match)
                elif self._is_said(kind, attribute, reading, passage, match):
                    found.append(passage.finding(attribute, value, _SURE, start, end))
        return found

    def _is_said(self, kind: Kind, attribute: str, reading: Reading, passage: Passage, match: Match) -> bool:
        if kind is Kind.WORD:
            return attribute in self._headless and self._describes_worn(reading, passage, match)
        return kind is Kind.VALUE and self._speaks_of_product(attribute, reading, passage, match)

    def _speaks_of_product(self, attribute: str, reading: Reading, passage: Passage, match: Match) -> bool:
        if attribute == "stone" and self._is_of_part(passage, match):
            return False
        if attribute not in _OWNED:
            return not _is_detail(passage, match)
        owner = owner_of(passage, match[1], self._lexicon.stops)
        if owner is None:
            return passage.name != DESCRIPTION or _opens(passage, match, self._lexicon.stops)
        if owner[2].mask & NOUNS:
            return self._same_product(reading, owner) and not _is_title(reading, passage, match, owner)
        return False

    def _describes_worn(self, reading: Reading, passage: Passage, match: Match) -> bool:
        """Tell whether a short word describes what is worn: a lotion's "skin" is its buyer's, a shoe's its colour.

        It must stand before the noun with only values between ("Skin Lace Bra"), or end the name ("Pumps in Skin").
        """
        words, stops = passage.tokens.words, self._lexicon.stops
        if not self._is_worn(reading) or (match.start and words[match.start - 1] in stops - _LEADING):
            return False
        at = match.end
        while at < len(words) and words[at] not in BREAKS:
            follower = passage.by_start.get(at)
            if follower is not None and follower.mask & NOUNS and not _describes(passage, follower):
                return self._same_product(reading, follower)
            if not _leads_on(words[at], follower, at > match.end):
                return False
            at = at + 1 if follower is None else follower.end
        if passage.name != DESCRIPTION:
            return _is_set_off(passage, match)
        return match.end - match.start > 1 and _opens(passage, match, stops)

    def _is_worn(self, reading: Reading) -> bool:
        if reading.article is None:
            return reading.group not in (None, "other")
        return reading.article in self._lexicon.worn

    def _is_of_part(self, passage: Passage, match: Match) -> bool:
        """Tell whether a part is made of it ("mother of pearl dial")."""
        owner = owner_of(passage, match[1], self._lexicon.stops)
        return owner is not None and passage.tokens.words[owner[0]] in _HARD_PARTS

    def _same_product(self, reading: Reading, owner: Match) -> bool:
        if reading.group is None or reading.article in _SETS:
            return True
        if reading.group == "other":
            return any(s.value in (reading.article, "other") for s in owner.senses)
        groups = {
            self._lexicon.groups.get(s.value, s.value) for s in owner.senses if s.kind in (Kind.ARTICLE, Kind.NOUN)
        }
        return reading.group in groups


def _applies(attribute: Attribute, group: str | None) -> bool:
    """Tell whether an attribute may be claimed of a group; where it is unknown, only what most groups have."""
    if not attribute.groups:
        return True
    return len(attribute.groups) > _NARROW if group is None else group in attribute.groups


def _is_keyed(match: Match) -> bool:
    """Tell whether a phrase in a "Key: value" is read as such; long phrases speak for themselves."""
    return match[1] - match[0] < 2 or all(s.attribute in _OWNED for s in match.senses)


def owner_of(passage: Passage, start: int, stops: frozenset[str]) -> Match | None:
    """Return the noun that the words before ``start`` describe: a part, an article type, or None."""
    words, by_start = passage.tokens.words, passage.by_start
    soft: Match | None = None
    i = start
    last = min(len(words), start + _RIGHT)
    while i < last:
        word = words[i]
        match = by_start.get(i)
        i += 1
        if match is None:
            if word in BREAKS or word in stops:
                break
            continue
        mask = match[2].mask
        if mask & NOUNS:
            if not _describes(passage, match):
                return match
            i = match[1]
        elif mask & PARTS:
            if word in _HARD_PARTS:
                return match
            soft = match
            i = match[1]
    return soft


def _describes(passage: Passage, match: Match) -> bool:
    """Tell whether a noun that may be a value too describes the noun after it ("cream" in "cream ethnic kurtas")."""
    follower: Match | None = match
    while follower is not None and follower[2].mask & VALUES:
        follower = passage.by_start.get(follower[1])
        if follower is not None and follower[2].mask & NOUNS:
            return True
    return False


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
    for i in range(start, end):
        if words[i] in stops and i not in passage.by_start:
            return False
    inside = [passage.by_start[i] for i in range(start, end) if i in passage.by_start]
    known = {i for m in inside for i in range(m.start, m.end)}
    strange = sum(i not in known and words[i].isalpha() for i in range(start, end))
    return strange <= (1 if start == 0 else 0)


def _leads_on(word: str, match: Match | None, later: bool) -> bool:
    """Tell whether a word, or the phrase that begins there, may stand between a value and its noun."""
    if match is None:
        return word in _JOINERS
    # A head ends a value that has begun ("round" + "neck"); right after a word it makes that another's ("skin fit").
    return bool(match.mask & (_BETWEEN | 1 << Kind.HEAD if later else _BETWEEN))


def _is_set_off(passage: Passage, match: Match) -> bool:
    """Tell whether a phrase begins its clause, or follows a value, the noun or a word that joins it to them."""
    before = passage.tokens.words[match.start - 1] if match.start else "."
    known = passage.by_end.get(match.start)
    return before in BREAKS | _JOINERS | {"in"} or (known is not None and bool(known.mask & (_BETWEEN | NOUNS)))


def _is_title(reading: Reading, passage: Passage, match: Match, owner: Match) -> bool:
    """Tell whether a word belongs to a theme that a mug or a gift card is named after ("White Rabbit Gift Card").

    Such a name begins with a value, where others have their brand; only values stand between a value and its noun.
    """
    first = passage.by_start.get(0)
    if passage.name == DESCRIPTION or reading.group != "other" or passage.brand:
        return False
    if first is None or not first[2].mask & VALUES:
        return False
    i = match[1]
    while i < owner[0]:
        between = passage.by_start.get(i)
        if between is None and passage.tokens.words[i] not in _JOINERS:
            return True
        if between is not None and not between[2].mask & (VALUES | NOUNS | GENDERS):
            return True
        i = between[1] if between is not None else i + 1
    return False


def _is_detail(passage: Passage, match: Match) -> bool:
    """Tell whether a phrase only describes a pocket or a trimming ("zip pocket", "lace-up detail at the back")."""
    words = passage.tokens.words
    follower = words[match.end] if match.end < len(words) else ""
    return follower in ("pocket", "pockets", "compartment", "compartments", ":")


def _words_left(attribute: str, passage: Passage, head: Match) -> list[Finding]:
    """Return the short words of ``attribute`` left of its head ("round" or "V" + "neck")."""
    words, flags = passage.tokens.words, passage.flags
    found: list[Finding] = []
    i = head[0] - 1
    lowest = max(-1, i - _LEFT)
    while i > lowest and words[i] not in BREAKS and not flags[i]:
        match = passage.by_end.get(i + 1)
        i -= 1
        if match is None:
            continue
        start, _, meaning = match
        own = [value for kind, name, value in meaning.senses if name == attribute and kind in _SAID]
        found += [passage.finding(attribute, value, _SURE, start, head[1]) for value in own]
        i = start - 1
        if own and not (i > 0 and words[i] in _JOINERS):
            break
        if meaning.mask & NOUNS and not own:
            break
    return found

"""Which words of a text speak of the product at all: denials, other products, comparisons, longer phrases."""

from __future__ import annotations

from nlp.meaning import VALUES, Kind, Match
from nlp.tokens import BREAKS

DENIED, ELSEWHERE, SEEMING = 1, 2, 4
_REACH = 5
_TURNS = frozenset({"but", "with", "has", "just", "only", "instead"})
_PAIRING = frozenset({"pair", "pairs", "paired", "pairing", "look", "looks", "go", "goes", "work", "works"}) | {
    "match", "matches", "wear", "worn", "team", "teams", "teamed", "style", "styled",
}  # fmt: skip
_OFFERED = frozenset({"size", "sized", "shipping", "delivery", "returns", "return", "gift", "gifts", "from", "of"}) | {
    "with", "flowing", "flow", "fall", "falling", "spirited", "home",
}  # fmt: skip
"""After these words "free" denies nothing."""
_LEFT_OUT = frozenset({"material", "metal", "stone", "closure"})
"""What a product may be free of."""
_IT, _PRAISING = frozenset({"it", "them"}), frozenset({"best", "most", "better", "too", "also", "equally", "either"})
_MAKING = frozenset({"made", "make", "makes", "finish", "finished", "designed", "cut", "built", "trimmed", "lined"}) | {
    "gave", "give", "gives", "crafted", "updated", "update", "filled", "fill", "equipped", "adorned", "elevates",
}  # fmt: skip
"""Verbs whose "it with" tells what the product has; after any other it is worn beside something."""
_ADDING = frozenset({"add", "throw", "grab", "pop", "slip", "borrow", "swap", "try"})
_ANOTHER = frozenset({"a", "an", "our", "some", "on", "your", "any", "another"})
_YOURS, _POINTING = 3, frozenset({"this", "these", "those", "the", "and", "or", "by", "wearing", "a", "an"})
_DENIES, _EXCEPTION, _UNDONE = 1 << Kind.NEGATOR, 1 << Kind.EXCEPTION, 1 << Kind.UNDONE
_AWAY, _SEEMS = 1 << Kind.ELSEWHERE, 1 << Kind.SEEMING
_TURNING = _DENIES | _EXCEPTION | _UNDONE | _AWAY | _SEEMS | 1 << Kind.VALUE


def marks(words: list[str], matches: list[Match], prose: bool = True) -> list[int]:
    """Return for each word ``[N]`` the flags ``DENIED | ELSEWHERE | SEEMING`` that hold there (0 = plain speech).

    Only ``prose`` speaks to its reader; in a name "your" is a slogan's ("Wear Your Mind Men Printed T-shirt").
    """
    flags = [0] * len(words)
    turning = [m for m in matches if m[2].mask & _TURNING]
    excepted = {m[0] for m in turning if m[2].mask & _EXCEPTION}
    for start, end, meaning in turning:
        mask = meaning.mask
        if mask & _UNDONE:
            _flag_back(flags, words, start)
        if mask & _AWAY:
            _flag_sentence(flags, words, start)
        elif mask & _SEEMS:
            _flag(flags, words, end, SEEMING, _REACH)
        elif (mask & _DENIES and end not in excepted) or _denies_on(words, start, end):
            _flag(flags, words, end, DENIED, _REACH)
    if "free" in words:
        _flag_freed(flags, words, matches)
    if "with" in words:
        _flag_paired(flags, words, turning)
    if prose and "your" in words:
        _flag_yours(flags, words, turning)
    if prose and not _ADDING.isdisjoint(words):
        _flag_added(flags, words)
    return flags


def _denies_on(words: list[str], start: int, end: int) -> bool:
    """Tell whether a value that is itself a denial goes on: "without sleeves or buttons"."""
    return words[start] in ("no", "without") and end < len(words) and words[end] in ("or", "nor")


def _flag_freed(flags: list[int], words: list[str], matches: list[Match]) -> None:
    """Deny what a thing is free of: "leather-free", but not "cotton free size"."""
    for start, end, meaning in matches:
        if end == len(words) or words[end] != "free" or (end + 1 < len(words) and words[end + 1] in _OFFERED):
            continue
        if any(s.attribute in _LEFT_OUT or s.kind is Kind.PART for s in meaning.senses):
            flags[start:end] = [flag | DENIED for flag in flags[start:end]]


def _flag_paired(flags: list[int], words: list[str], turning: list[Match]) -> None:
    """Leave alone what a sentence pairs the product with: "looks good with", but not "clean look with"."""
    for i, word in enumerate(words):
        if word == "with" and _is_praised(words, i):
            _flag_sentence(flags, words, i)
        if word != "with" or _PAIRING.isdisjoint(words[max(0, i - 3) : i]):
            continue
        said = {j for start, end, meaning in turning if meaning.mask & VALUES for j in range(start, end)}
        if any(words[j] in _PAIRING and j not in said for j in range(max(0, i - 3), i)):
            _flag_sentence(flags, words, i)


def _is_praised(words: list[str], at: int) -> bool:
    """Tell whether "with" at ``at`` follows "like it", "love it best": the verb's object is the product."""
    i = at - 2 if at > 1 and words[at - 1] in _PRAISING else at - 1
    return i > 0 and words[i] in _IT and words[i - 1].isalpha() and words[i - 1] not in _MAKING


def _flag_yours(flags: list[int], words: list[str], turning: list[Match]) -> None:
    """Leave alone what is the reader's ("your usual floral blouse"); a value just before "your" is a verb."""
    for i, word in enumerate(words):
        if word == "your":
            for at in range(i + 1, min(len(words), i + 1 + _YOURS)):
                if words[at] in BREAKS or words[at] in _TURNS or words[at] in _POINTING:
                    break
                flags[at] |= ELSEWHERE
    for start, end, meaning in turning:
        if meaning.mask & VALUES and end < len(words) and words[end] == "your":
            flags[start:end] = [flag | ELSEWHERE for flag in flags[start:end]]


def _flag_added(flags: list[int], words: list[str]) -> None:
    """Leave alone what a sentence bids the reader add: "Throw a denim jacket round your shoulders"."""
    for i, word in enumerate(words[:-1]):
        if word in _ADDING and words[i + 1] in _ANOTHER and (i == 0 or words[i - 1] in BREAKS):
            _flag(flags, words, i + 2, ELSEWHERE, _REACH)


def _flag(flags: list[int], words: list[str], start: int, flag: int, reach: int) -> None:
    for i in range(start, min(len(words), start + reach)):
        if words[i] in BREAKS or words[i] in _TURNS:
            return
        flags[i] |= flag


def _flag_sentence(flags: list[int], words: list[str], start: int) -> None:
    for i in range(start, len(words)):
        if words[i] == "." or flags[i] & ELSEWHERE:
            return
        flags[i] |= ELSEWHERE


def _flag_back(flags: list[int], words: list[str], end: int) -> None:
    for i in range(end - 1, -1, -1):
        if words[i] in BREAKS:
            return
        flags[i] |= DENIED

"""Cut normalised text into lower-case words; sentence ends that vendors glued away come back as breaks."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from nlp.normalise import Normal
from nlp.spelling import COMMON

BREAKS = frozenset(".,:;")
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+(?:[.,/]\d+)*|[^\w\s]|\n")
_GLUE = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_PUNCTUATION = {
    ".": ".", "!": ".", "?": ":", "\n": ".", "|": ".", ";": ";", ":": ":", "&": "and", "+": "and",
    "/": "or", '"': '"', "%": "%", "'": "", "_": "", "*": "", "#": "", "@": "", "$": "", "^": "", "`": "", "\\": "",
}  # fmt: skip
_REMEMBERED, _LONGEST = 32_768, 64
_NOTHING: frozenset[str] = frozenset()


@dataclass(slots=True)
class Tokens:
    """Words ``[N]`` of one text with their spans in the original; breaks are words of ``BREAKS``.

    A break that no character stands for (a glued sentence end) has an empty span.
    """

    words: list[str]
    starts: list[int]
    ends: list[int]


_Piece = tuple[tuple[str, ...], tuple[int, ...], tuple[int, ...], frozenset[str]]
"""The words of what stands between two spaces, their spans in it, and which of them have inner capitals."""


def tokenise(normal: Normal, whole: AbstractSet[str] | None = None) -> Tokens:
    """Cut ``normal`` into words; ``whole`` (None = never cut) are words with inner capitals that stay in one piece.

    No word crosses a space, so a text is cut at its spaces first; what stands between them repeats in a catalogue,
    and is remembered.
    """
    texts = normal.text.split(" ")
    lengths = list(map(len, texts))
    if max(lengths) <= _LONGEST:
        pieces = list(map(_remembered, texts))
    else:
        pieces = [_remembered(text) if len(text) <= _LONGEST else _piece(text) for text in texts]
    if whole is not None:
        for i, piece in enumerate(pieces):
            if piece[3]:
                pieces[i] = _parted(texts[i], piece, whole)
    offsets = [i + before for i, before in enumerate(accumulate(lengths, initial=0))]
    words = [word for piece in pieces for word in piece[0]]
    starts = [at + start for at, piece in zip(offsets, pieces, strict=False) for start in piece[1]]
    ends = [at + end for at, piece in zip(offsets, pieces, strict=False) for end in piece[2]]
    if normal.starts is not None:
        _restore(normal, starts, ends)
    return Tokens(words, starts, ends)


def _parted(text: str, piece: _Piece, whole: AbstractSet[str]) -> _Piece:
    """Cut the words of a piece at their inner capitals, but for those that are ``whole``."""
    cut = piece[3] - whole
    if not cut:
        return piece
    if len(text) > _LONGEST or len(cut) < len(piece[3]):
        return _piece(text, whole)
    return _remembered(text, _NOTHING)


def _piece(text: str, whole: AbstractSet[str] | None = None) -> _Piece:
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    inner: set[str] = set()
    last = -1
    for hit in _TOKEN.finditer(text):
        word = hit.group()
        start, end = hit.span()
        if len(word) == 1 and not word.isalnum():
            word = _mark(text, word, start)
            if word:
                words.append(word)
                starts.append(start)
                ends.append(end)
            continue
        if start == last and _glued(text, start, word):
            words.append(".")
            starts.append(start)
            ends.append(start)
        last = end
        low = word.lower()
        if _capital_inside(word):
            inner.add(low)
            if whole is not None and low not in whole:
                _cut(word, start, words, starts, ends)
                continue
        words.append(COMMON.get(low, low))
        starts.append(start)
        ends.append(end)
    return tuple(words), tuple(starts), tuple(ends), frozenset(inner)


@lru_cache(maxsize=_REMEMBERED)
def _remembered(text: str, whole: frozenset[str] | None = None) -> _Piece:
    return _piece(text, whole)


def _capital_inside(word: str) -> bool:
    return len(word) > 3 and not word.islower() and not word[1:].islower() and not word.isupper()


def _mark(text: str, mark: str, at: int) -> str:
    if mark == "-":
        inside = 0 < at < len(text) - 1 and not text[at - 1].isspace() and not text[at + 1].isspace()
        return "" if inside else ","
    return _PUNCTUATION.get(mark, ",")


def _glued(text: str, at: int, word: str) -> bool:
    """Tell whether a number and a word that touch belong to two sentences ("5 pocketsRegular", "sleeves2 pockets")."""
    if text[at - 1].isdigit():
        return len(word) > 3 and word[0].isupper() and word[1:].islower()
    return word[0].isdigit() and at > 3 and text[at - 4 : at].isalpha() and text[at - 4 : at].islower()


def _cut(word: str, at: int, words: list[str], starts: list[int], ends: list[int]) -> None:
    for i, part in enumerate(_GLUE.split(word)):
        if i:
            words.append(".")
            starts.append(at)
            ends.append(at)
        low = part.lower()
        words.append(COMMON.get(low, low))
        starts.append(at)
        at += len(part)
        ends.append(at)


def _restore(normal: Normal, starts: list[int], ends: list[int]) -> None:
    for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if end > start:
            starts[i], ends[i] = normal.span(start, end)
        else:
            starts[i] = ends[i] = normal.span(start, start + 1)[0]

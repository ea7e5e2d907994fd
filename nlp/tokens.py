"""Cut normalised text into lower-case words; sentence ends that vendors glued away come back as breaks."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from nlp.normalise import Normal
from nlp.spelling import COMMON

BREAKS = frozenset(".,:;")
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+(?:[.,/]\d+)*|[^\w\s]|\n")
_GLUE = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_PUNCTUATION = {
    ".": ".", "!": ".", "?": ":", "\n": ".", "|": ".", ";": ";", ":": ":", "&": "and", "+": "and",
    "/": "or", '"': '"', "%": "%", "'": "", "_": "", "*": "", "#": "", "@": "", "$": "", "^": "", "`": "", "\\": "",
}  # fmt: skip


@dataclass(slots=True)
class Tokens:
    """Words ``[N]`` of one text with their spans in the original; breaks are words of ``BREAKS``.

    A break that no character stands for (a glued sentence end) has an empty span.
    """

    words: list[str]
    starts: list[int]
    ends: list[int]


def tokenise(normal: Normal, whole: Collection[str] | None = None) -> Tokens:
    """Cut ``normal`` into words; ``whole`` (None = never cut) are words with inner capitals that stay in one piece."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    text = normal.text
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
        if word.islower() or whole is None or not _capital_inside(word) or word.lower() in whole:
            low = word.lower()
            words.append(COMMON.get(low, low))
            starts.append(start)
            ends.append(end)
        else:
            _cut(word, start, words, starts, ends)
    if normal.starts is not None:
        _restore(normal, starts, ends)
    return Tokens(words, starts, ends)


def _capital_inside(word: str) -> bool:
    return not word[1:].islower() and not word.isupper() and len(word) > 3


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

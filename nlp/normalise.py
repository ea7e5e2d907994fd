"""Clean vendor text and remember, for every kept character, where it stood in the original."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import ftfy

LIMIT = 20_000
"""Characters of one text that are read; what lies beyond is counted as capped, never silently lost."""

_SPECIAL = re.compile(
    r"<(?P<quiet>(?i:script|style))\b[^<>]{0,300}>"
    r"|<(?P<tag>/?[a-zA-Z!][^<>]{0,500})>"
    r"|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});"
    r"|[^\x00-\x7f]+"
    r"|[\x00-\x08\x0b-\x1f\x7f]"
)
_BLOCK = re.compile(r"/?(?:br|p|li|ul|ol|div|td|tr|th|table|h[1-6]|dd|dt|section)\b", re.IGNORECASE)
_SAME = {
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{DOUBLE PRIME}": '"',
    "\N{PRIME}": "'",
    "\N{EN DASH}": "-",
    "\N{EM DASH}": ",",
    "\N{NON-BREAKING HYPHEN}": "-",
    "\N{HYPHEN}": "-",
    "\N{MULTIPLICATION SIGN}": "x",
    "\N{BULLET}": "\n",
    "\N{MIDDLE DOT}": "\n",
    "\N{HORIZONTAL ELLIPSIS}": ".",
    "\N{LINE SEPARATOR}": "\n",
    "\N{PARAGRAPH SEPARATOR}": "\n",
}
_FRACTION = re.compile("(\\d+)\N{FRACTION SLASH}(\\d+)")


@dataclass(frozen=True, slots=True)
class Normal:
    """Cleaned text; character ``i`` came from ``[starts[i], ends[i])`` of the original (None = unmoved)."""

    text: str
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None
    capped: bool = False

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Map a non-empty span of the cleaned text to the original."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], max(self.ends[start:end])


def normalise(text: str | None) -> Normal:
    """Strip tags, decode entities, mend mojibake, unify quotes and fractions; offsets stay known.

    At most ``LIMIT`` characters are read, so the time is bounded whatever a vendor sends.
    """
    if not text:
        return Normal("")
    capped = len(text) > LIMIT
    text = text[:LIMIT]
    if text.isascii() and "<" not in text and "&" not in text and text.isprintable():
        return Normal(text, capped=capped)
    return _mapped(text, capped)


class _Kept:
    """Kept characters, each with its span in the original."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []

    def same(self, text: str, start: int, end: int) -> None:
        """Keep ``text[start:end]`` as it is."""
        self.out.extend(text[start:end])
        self.starts.extend(range(start, end))
        self.ends.extend(range(start + 1, end + 1))

    def other(self, piece: str, start: int, end: int) -> None:
        """Keep ``piece`` instead of the original's ``[start, end)``."""
        self.out.extend(piece)
        self.starts.extend([start] * len(piece))
        self.ends.extend([end] * len(piece))

    def run(self, run: str, start: int) -> None:
        """Keep a run of characters beyond ASCII, mended as a whole if it is mojibake."""
        fixed = ftfy.fix_encoding(run)
        if fixed != run:
            self.other(_plain(fixed), start, start + len(run))
            return
        for i, char in enumerate(run, start):
            self.other(_plain(char), i, i + 1)


def _mapped(text: str, capped: bool) -> Normal:
    kept = _Kept()
    at = 0
    while hit := _SPECIAL.search(text, at):
        start, end = hit.span()
        kept.same(text, at, start)
        if hit["quiet"]:
            end = _close(text, hit["quiet"], end)
            kept.other("\n", start, end)
        elif hit["tag"]:
            kept.other("\n" if _BLOCK.match(hit["tag"]) else " ", start, end)
        elif text[start] == "&":
            kept.other(_plain(html.unescape(hit[0])), start, end)
        elif text[start] < "\x80":
            kept.other(" ", start, end)
        else:
            kept.run(text[start:end], start)
        at = end
    kept.same(text, at, len(text))
    return Normal("".join(kept.out), kept.starts, kept.ends, capped)


def _close(text: str, tag: str, start: int) -> int:
    closing = re.compile(f"</{tag}", re.IGNORECASE).search(text, start)
    return len(text) if closing is None else (text.find(">", closing.end()) + 1 or len(text))


def _plain(piece: str) -> str:
    """Spell typographic characters plainly, drop direction and zero-width marks, fold compatibility forms."""
    out = []
    for char in piece:
        if char in _SAME:
            out.append(_SAME[char])
        elif unicodedata.category(char) in ("Cf", "Cc", "Cs", "Mn", "Me"):
            out.append("\n" if char in "\n\r\x85" else "")
        else:
            folded = unicodedata.normalize("NFKC", char) if char > "\x7f" else char
            out.append(" " + _FRACTION.sub(r"\1/\2", folded) if "\N{FRACTION SLASH}" in folded else folded)
    return "".join(out)

"""Material percentages: "80% cotton, 20% polyester" as one statement and a material each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.reading import Finding, Passage, Reading
from nlp.spelling import lowered
from schemas.attribute_spec import Attributes

_PRAISE = "(?:pure|organic|combed|recycled|premium|super|superfine|fine|soft|egyptian|pima|virgin|genuine|real|micro)"
_LEAST, _MOST = 98.0, 102.0


class Composition:
    """Reads shares of materials that add up to a whole; anything else is left alone."""

    name = "composition"
    version = "1"

    def __init__(self, attributes: Attributes) -> None:
        """Compile the declared materials."""
        spellings = {s.lower(): v.name for v in attributes.get("material").values for s in v.spellings if "%" not in s}
        self._values = spellings
        names = "|".join(sorted((re.escape(s) for s in spellings), key=lambda s: (-len(s), s)))
        self._share = re.compile(rf"(\d{{1,3}}(?:\.\d{{1,2}})?)\s?%\s?(?:{_PRAISE} )?({names})\b", re.IGNORECASE)
        self._reverse = re.compile(rf"\b({names})\s?[:-]?\s?(\d{{1,3}}(?:\.\d{{1,2}})?)\s?%", re.IGNORECASE)

    def find(self, reading: Reading) -> Iterator[Finding]:
        """Yield the whole composition, then each material."""
        for passage in reading.passages:
            if "%" in passage.normal.text:
                yield from self._passage(passage)

    def _passage(self, passage: Passage) -> Iterator[Finding]:
        text = passage.normal.text
        shares = [(float(h[1]), self._values[lowered(h[2])], h.span()) for h in self._share.finditer(text)]
        if not shares:
            shares = [(float(h[2]), self._values[lowered(h[1])], h.span()) for h in self._reverse.finditer(text)]
        whole = _first_whole(shares)
        if not whole:
            return
        ordered = sorted(whole, key=lambda s: (-s[0], s[1]))
        said = ", ".join(f"{share:g}% {value}" for share, value, _ in ordered)
        start, end = passage.normal.span(whole[0][2][0], whole[-1][2][1])
        yield Finding("composition", said, 0.95, passage.name, start, end)
        for _, value, (first, last) in whole:
            yield Finding("material", value, 0.95, passage.name, *passage.normal.span(first, last))


def _first_whole(shares: list[tuple[float, str, tuple[int, int]]]) -> list[tuple[float, str, tuple[int, int]]]:
    """Return the first run of shares that adds up to 100 %: the shell, before any lining."""
    run: list[tuple[float, str, tuple[int, int]]] = []
    for share in shares:
        run.append(share)
        total = sum(s[0] for s in run)
        if _LEAST <= total <= _MOST:
            return run
        if total > _MOST:
            run = [share]
    return []

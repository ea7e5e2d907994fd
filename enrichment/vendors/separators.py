"""A declared separator that next to no hierarchy path of a drop holds, where most of them hold another."""

from __future__ import annotations

from collections import Counter

from enrichment.vendors.cells import cell_text
from enrichment.vendors.port import Refusal
from schemas.records import ProblemReason, bounded
from schemas.vendor_spec import PathColumn

_COMMON = (">", "/", "|", "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}", ";", "\\", ":", ",")
# The name of a single level may hold any mark: "Tops / Tees".
_RARE = 0.1
_SHOWN = 60


class PathSeparator:
    """Counts which common separators the path cells of one drop hold."""

    def __init__(self, path: PathColumn | None) -> None:
        """Watch ``path``; None, or a path of one level, needs no separator."""
        self._path = path if path is not None and len(path.levels) > 1 else None
        self._cells = 0
        self._held = 0
        self._others: Counter[str] = Counter()
        self._first = ""

    def see(self, cell: object) -> None:
        """Look at one path cell; a list needs no separator."""
        if self._path is None or isinstance(cell, list | tuple) or not (text := cell_text(cell)):
            return
        self._cells += 1
        if self._path.separator and self._path.separator in text:
            self._held += 1
        elif others := [mark for mark in _COMMON if mark in text]:
            self._others.update(others)
            self._first = self._first or bounded(text, _SHOWN)

    def notices(self) -> list[Refusal]:
        """Return the notice that most cells hold another separator, none where that is not so."""
        # Of equals the first common one: a colon or a comma is rather part of a name.
        mark = max(_COMMON, key=self._others.__getitem__)
        other = self._others[mark]
        if self._path is None or 2 * other <= self._cells or self._held > _RARE * other:
            return []
        declared = repr(self._path.separator) if self._path.separator else "no separator"
        told = f"declared is {declared}, in {self._held} of {self._cells} paths; {other} hold {mark!r}: "
        return [Refusal(ProblemReason.PATH_UNSPLIT, f"{told}{self._first!r}", self._path.column)]

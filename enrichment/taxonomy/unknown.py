"""Vendor column values that no declared value, synonym or hierarchy node knows, and the nearest one that is known."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable

from enrichment.taxonomy.claims import FieldReader
from enrichment.taxonomy.filing import GENDER_COLUMNS, TYPE_COLUMNS
from enrichment.taxonomy.spelling import key, mark, says_nothing
from enrichment.taxonomy.tree import Tree

_NEAR = 0.6
# What is longer is no misspelt value, and comparing it would only cost time.
_LONGEST = 80


class ColumnCheck:
    """Tells what of one vendor's columns nothing can be made of, by the same reading that makes claims of them."""

    def __init__(self, tree: Tree, reader: FieldReader, placeholders: Collection[str] = ()) -> None:
        """Check against the hierarchy and the vocabulary; ``placeholders`` are the vendor's own."""
        self._tree = tree
        self._reader = reader
        self._placeholders = tree.placeholders | {mark(text) for text in placeholders}

    def checks(self, column: str) -> bool:
        """Tell whether ``column`` has a closed list of values at all; free text and numbers have none."""
        return key(column) in TYPE_COLUMNS + GENDER_COLUMNS or bool(self._reader.spellings(column))

    def unknown(self, column: str, text: str) -> bool:
        """Tell whether ``text`` says something in ``column`` of which nothing is understood."""
        if says_nothing(text, self._placeholders):
            return False
        if key(column) in TYPE_COLUMNS + GENDER_COLUMNS:
            meaning = self._tree.read(text)
            return not meaning.nodes and not meaning.genders
        return self.checks(column) and not self._reader.read(column, text)[1]

    def nearest(self, column: str, text: str) -> str | None:
        """Return the known value whose spelling is most like ``text``, with that spelling where it is another word.

        ``crimson (red)`` for "Crimsonn"; None where none is near. Likeness is the ratio of matching characters of
        :mod:`difflib`, at least 0.6.
        """
        if not key(text) or len(text) > _LONGEST:
            return None
        known = self._known(column)
        found = difflib.get_close_matches(key(text), sorted(known), n=1, cutoff=_NEAR)
        if not found:
            return None
        value = known[found[0]]
        return value if key(value) == found[0] else f"{found[0]} ({value})"

    def _known(self, column: str) -> dict[str, str]:
        if key(column) in TYPE_COLUMNS:
            return _by_key(self._tree.types)
        if key(column) in GENDER_COLUMNS:
            return _by_key(self._tree.division_of)
        return dict(self._reader.spellings(column))


def _by_key(names: Iterable[str]) -> dict[str, str]:
    return {key(name): name for name in names}

"""The paths that a reviewer may choose from: every node of the declared hierarchy, under every division."""

from __future__ import annotations

import re
from collections.abc import Iterable

from schemas.paths import SEPARATOR, join_path
from schemas.records import bounded
from schemas.taxonomy_spec import Taxonomy

_SLASH = re.compile(r"\s*/\s*")
_SHOWN = 100


class Nodes:
    """The nodes that a path may name, found also where a person left out the blanks around its slashes."""

    def __init__(self, paths: Iterable[str]) -> None:
        """Know ``paths``, each as the report writes it."""
        self._paths = frozenset(paths)
        self._by_key: dict[str, list[str]] = {}
        for path in sorted(self._paths):
            self._by_key.setdefault(_key(path), []).append(path)

    def meant(self, text: str) -> tuple[str, ...]:
        """Return the paths that ``text`` may stand for: the one written so, else all that differ in blanks alone.

        >>> Nodes(["Men / Shoes", "Men/Shoes", "Men / Hats"]).meant("Men/Hats")
        ('Men / Hats',)
        """
        return (text,) if text in self._paths else tuple(self._by_key.get(_key(text), ()))

    def spelled(self, text: str) -> str:
        """Return the one path that ``text`` stands for; ``text`` itself where that is none or not sure."""
        found = self.meant(text)
        return found[0] if len(found) == 1 else text

    def why_none(self, text: str) -> str:
        """Say what is wrong with a path that names no node, or more than one.

        >>> Nodes(["Men", "Men / Hats", "Men / Shoes"]).why_none("Men / Nonsense")
        "'Men / Nonsense' is no node of the hierarchy: 'Men' has no 'Nonsense'; allowed there: Hats, Shoes"
        """
        several = self.meant(text)
        if several:
            return f"{bounded(text, _SHOWN)!r} may be {' or '.join(map(repr, several))}: write the one that is meant"
        known, rest = self._start(text)
        below = known + SEPARATOR if known else ""
        names = sorted({path[len(below) :].split(SEPARATOR)[0] for path in self._paths if path.startswith(below)})
        where = repr(known) if known else "the hierarchy"
        allowed = f"allowed there: {bounded(', '.join(names), _SHOWN)}" if names else "nothing lies below it"
        return f"{bounded(text, _SHOWN)!r} is no node of the hierarchy: {where} has no {bounded(rest, 60)!r}; {allowed}"

    def _start(self, text: str) -> tuple[str, str]:
        """Return the longest start of ``text`` that is a node, and what follows it."""
        for slash in reversed(list(_SLASH.finditer(text))):
            found = self.meant(text[: slash.start()])
            if len(found) == 1:
                return found[0], text[slash.end() :]
        return "", text


def _key(text: str) -> str:
    return _SLASH.sub("/", text.strip())


def known_nodes(taxonomy: Taxonomy) -> tuple[str, ...]:
    """Return all paths from division down to subclass and category as written paths, sorted."""
    return tuple(sorted({join_path(path) for path in taxonomy.paths()}))

"""Where in a document an element stands, and whether that is what ``records`` names."""

from __future__ import annotations

from enrichment.vendors.xml.shape import local

_DEEPEST = 50


class Trail:
    """The names of the open elements from the root down, as the vendor writes them and without prefixes."""

    def __init__(self) -> None:
        """Start above the root."""
        self._written = [""]
        self._local = [""]

    def enter(self, name: str) -> None:
        """Go down into an element; one deeper than any record stands nowhere."""
        deep = len(self._written) > _DEEPEST
        self._written.append("" if deep else f"{self._written[-1]}.{name}")
        self._local.append("" if deep else f"{self._local[-1]}.{local(name)}")

    def leave(self) -> None:
        """Go up again."""
        self._written.pop()
        self._local.pop()

    def ends_with(self, records: str) -> bool:
        """Tell whether the last names are those of ``records``; what stands above them may be left out."""
        end = f".{records}"
        return self._written[-1].endswith(end) or self._local[-1].endswith(end)

    def below_root(self) -> str:
        """Return the trail without the root's name, ``""`` for the root."""
        return self._written[-1].removeprefix(self._written[min(1, len(self._written) - 1)]).removeprefix(".")

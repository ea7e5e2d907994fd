"""One XML element becomes one record, as xmltodict would have it, in the form that the declared paths ask for."""

from __future__ import annotations

from collections.abc import Iterator

from enrichment.vendors.paths import Repeated
from enrichment.vendors.port import Refusal, Row, malformed
from enrichment.vendors.xml.shape import NOWHERE, Place, local
from schemas.records import EXCERPT_LIMIT, ProblemReason

_DEEPEST = 50
TEXT = "#text"


class Record:
    """Put together from the events between a record's start and its end.

    A child is a key, repeated ones are a list, an attribute is ``@name``, text beside either is ``#text``; an element
    with text alone is a string, an empty one None. Where a declared path says ``[...]``, one child is a list of one;
    where it goes on by a key, repeated children are taken together (``image.url`` gives the url of each, also beside
    ``image[0].url``); where it ends, ``#text`` has the words of the elements inside too. ``title`` is also ``g:title``,
    if that is the only one.
    """

    def __init__(self, record: Place, limit: int) -> None:
        """Start a record whose declared paths start from ``record``; more than ``limit`` characters are too many."""
        self._limit = limit
        self._depth = 0
        self._chars = 0
        self._refused = ""
        self._written = ""
        self._open: list[_Element] = [_Element("", Place(keys={"": record}), listed=False, gathers=False)]

    def start(self, name: str, attributes: list[str]) -> None:
        """Take the start of an element: first the record's own."""
        self._depth += 1
        if len(self._written) <= EXCERPT_LIMIT:
            self._write(f"<{name}{''.join(_spelt(attributes))}>")
        self._count(len(name) + (sum(map(len, attributes)) if attributes else 0))
        if self._depth > _DEEPEST:
            self._refuse(f"nested deeper than {_DEEPEST} levels")
        if not self._refused:
            # The record goes by any name, its place by none.
            opened = self._open[-1].child(name if self._depth > 1 else "")
            self._open.append(opened)
            if attributes:
                opened.take(attributes)

    def text(self, text: str) -> None:
        """Take a piece of text."""
        self._count(len(text))
        if not self._refused:
            if len(self._written) <= EXCERPT_LIMIT:
                self._write(text.strip())
            self._open[-1].texts.append(text)

    def end(self) -> bool:
        """Take the end of an element; tell whether it was the record's own."""
        self._depth -= 1
        if not self._refused:
            self._open.pop().close(self._open[-1])
        return not self._depth

    def row(self) -> Row | Refusal:
        """Return the whole record, or why it is none."""
        if self._chars > self._limit:
            return Refusal(ProblemReason.ROW_TOO_LONG, self._written)
        if self._refused:
            return malformed(self._refused, self._written)
        found = self._open[0].children.get("")
        return found if isinstance(found, dict) else {} if found is None else {TEXT: found}

    def _count(self, chars: int) -> None:
        self._chars += chars
        if self._chars > self._limit:
            self._refuse("too long")

    def _refuse(self, why: str) -> None:
        self._refused = self._refused or why
        # What was gathered so far is of no use to anybody.
        self._open.clear()

    def _write(self, text: str) -> None:
        self._written += text[: EXCERPT_LIMIT + 1]


class _Element:
    """An element that is open: what stands in it so far."""

    __slots__ = ("children", "gathers", "key", "listed", "local", "mixed", "place", "prefixed", "texts", "twins")

    def __init__(self, key: str, place: Place, listed: bool, gathers: bool) -> None:
        self.key = key
        self.place = place
        self.children: dict[str, object] = {}
        self.listed = listed
        self.gathers = gathers
        self.mixed = False
        self.texts: list[str] = []
        self.twins: dict[str, _Element] = {}
        self.prefixed: dict[str, list[str]] = {}
        self.local: list[str] = []

    def child(self, key: str) -> _Element:
        """Return a child element that opens; one that a path goes on from by a key goes on with its twin's content."""
        place = self.place.at(key) if self.place is not NOWHERE else NOWHERE
        gathers = self.gathers or place.ends
        if place.items is not None:
            return _Element(key, place.items, listed=True, gathers=gathers or place.items.ends)
        if key in self.twins:
            return self.twins[key].again()
        opened = _Element(key, place, listed=False, gathers=gathers)
        if place.keys:
            self.twins[key] = opened
        return opened

    def again(self) -> _Element:
        """Open an element's twin: what stands in it comes behind what is here."""
        self.texts, self.mixed = [], False
        for name in self.local:
            del self.children[name]
        self.local = []
        return self

    def take(self, attributes: list[str]) -> None:
        """Put attributes under their names; where a namespace is at home is of no interest."""
        for key, value in zip(attributes[::2], attributes[1::2], strict=True):
            if key != "xmlns" and not key.startswith("xmlns:"):
                self.add(f"@{key}", value)

    def add(self, key: str, value: object, listed: bool = False) -> None:
        """Put a value under its key, behind one that is there."""
        if key not in self.children:
            self.children[key] = Repeated([value]) if listed else value
            if ":" in key and (name := local(key)) in self.place.keys:
                self.prefixed.setdefault(name, []).append(key)
            return
        there = self.children[key]
        if isinstance(there, list):
            there.append(value)
        else:
            self.children[key] = [there, value]

    def close(self, parent: _Element) -> None:
        """Put the element's value into its parent."""
        text = "".join(self.texts)
        text = " ".join(text.split()) if self.mixed else text.strip()
        if parent.gathers:
            # What breaks a line, as <br/> does, parts words as well.
            parent.texts.append(f" {text} ")
            parent.mixed = True
        is_mapping = bool(self.children or self.place.keys)
        if is_mapping and text:
            self.add(TEXT, text)
        for name, keys in self.prefixed.items():
            # Of two prefixes neither is meant; a name without a prefix stands for itself.
            if len(keys) == 1 and name not in self.children:
                self.children[name] = self.children[keys[0]]
                self.local.append(name)
        value: object = self.children or None if is_mapping else text or None
        twins = self.place.keys and not self.listed and self.key in parent.children
        if not twins:
            parent.add(self.key, value, self.listed)
        elif value is not None:
            parent.children[self.key] = value


def _spelt(attributes: list[str]) -> Iterator[str]:
    yield from (f' {key}="{value}"' for key, value in zip(attributes[::2], attributes[1::2], strict=True))

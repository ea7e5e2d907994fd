"""XML in, events out, and nothing else: no document type, no entity, no other file, every size bounded.

Expat (https://libexpat.github.io), which comes with Python, because it hands out the pieces of a file that never is in
memory as a whole, opens nothing by itself, and stops at the first byte that is not XML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from xml.parsers import expat

from enrichment.vendors.xml.text import xml_pieces
from schemas.errors import DropError
from schemas.records import bounded
from schemas.vendor_spec import VendorSpec

# Expat keeps each different name for good, and each open element until it is closed.
_NAMES = 20_000
_NAME_CHARS = 1_000
_OPEN = 10_000
# A tag or a comment is held until its end has come; a record that is merely too long costs its row alone.
_HELD = 4
_SHOWN, _BEFORE = 60, 16
_UNDEFINED = expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]
_BARE = re.compile(rb"&[^;<]*\Z")


class Elements(Protocol):
    """What is told of a document's elements."""

    def start(self, name: str, attributes: list[str]) -> None:
        """Take the start of an element; ``attributes`` are names and values in turn."""
        ...

    def end(self) -> None:
        """Take the end of the element that was opened last."""
        ...

    def text(self, text: str) -> None:
        """Take text, entities and CDATA read, perhaps one of several pieces."""
        ...


def parsed(spec: VendorSpec, path: Path, elements: Elements) -> Iterator[None]:
    """Tell ``elements`` what the file holds, stopping after each piece of it.

    Raises:
        DropError: no XML, truncated, a document type with declarations, or one tag beyond any measure.

    """
    document = _Document(spec, path, elements)
    for piece in xml_pieces(spec, path):
        document.feed(piece)
        yield
    document.close()
    yield


class _Document:
    """One file on its way through the parser."""

    def __init__(self, spec: VendorSpec, path: Path, elements: Elements) -> None:
        self._spec = spec
        self._path = path
        self._elements = elements
        self._names: set[str] = set()
        self._open: list[str] = []
        self._fed = 0
        self._bytes = b""
        self._parser = expat.ParserCreate(intern=None)
        self._parser.buffer_text = True
        self._parser.ordered_attributes = True
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = elements.text

    def feed(self, piece: str) -> None:
        """Go on with the next piece."""
        self._bytes = piece.encode()
        self._fed += len(self._bytes)
        try:
            self._parser.Parse(piece, False)
        except expat.ExpatError as error:
            raise self._broken(error) from error
        if self._fed - self._parser.CurrentByteIndex > _HELD * self._spec.limits.record_chars:
            raise self._beyond(f"one tag or comment of more than {_HELD * self._spec.limits.record_chars} bytes")

    def close(self) -> None:
        """Refuse a document that is not at its end."""
        try:
            self._parser.Parse("", True)
        except expat.ExpatError as error:
            wanted = f"</{bounded(self._open[-1], _SHOWN)}>" if self._open else "a first element"
            raise self._refused(f"truncated: ends before {wanted}") from error

    def _start(self, name: str, attributes: list[str]) -> None:
        known = self._names
        if name not in known:
            self._learn(name)
        for attribute in attributes[::2]:
            if attribute not in known:
                self._learn(attribute)
        if len(self._open) == _OPEN:
            raise self._beyond(f"more than {_OPEN} elements within one another")
        self._open.append(name)
        self._elements.start(name, attributes)

    def _end(self, _name: str) -> None:
        self._open.pop()
        self._elements.end()

    def _learn(self, name: str) -> None:
        if len(name) > _NAME_CHARS or len(self._names) == _NAMES:
            raise self._beyond(f"a name of more than {_NAME_CHARS} characters, or more than {_NAMES} different names")
        self._names.add(name)

    def _doctype(self, _name: str, _system: str | None, _public: str | None, declares: bool) -> None:
        # One that merely names a file, as old exports do, is passed over: the file is never opened.
        if declares:
            raise DropError(
                f"drop {self._spec.vendor} file {self._path.name}: declares entities or elements of its own "
                "(<!DOCTYPE ... [), which is never read: such text can grow without end. Ask the vendor for XML "
                "without it."
            )

    def _broken(self, error: expat.ExpatError) -> DropError:
        at = self._parser.ErrorByteIndex - (self._fed - len(self._bytes))
        before, after = self._bytes[max(0, at - _BEFORE) : max(0, at)], self._bytes[max(0, at) :][: 4 * _SHOWN]
        shown = (before + after).decode("utf-8", "ignore")[:_SHOWN]
        why = expat.ErrorString(error.code)
        # Expat notices a bare ampersand only behind it.
        bare = error.code == _UNDEFINED or _BARE.search(before)
        hint = "; & is sent as &amp;, and other characters as themselves" if bare else ""
        return self._refused(f"no XML here: {bounded(shown)!r}, line {error.lineno}: {why}{hint}")

    def _beyond(self, what: str) -> DropError:
        return DropError(
            f"drop {self._spec.vendor} file {self._path.name}: {what}. Ask the vendor, or raise limits.record_chars "
            f"in {self._spec.file} if so long a tag is real."
        )

    def _refused(self, what: str) -> DropError:
        return DropError(f"drop {self._spec.vendor} file {self._path.name}: {what}. Ask the vendor to send it again.")

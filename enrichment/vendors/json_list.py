"""One JSON document that holds a list of records at a declared path, read piece by piece."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from enrichment.vendors.columns import checked_records
from enrichment.vendors.encoding import check_text
from enrichment.vendors.jsonl import DECODER, checked
from enrichment.vendors.port import Refusal, Row
from enrichment.vendors.source import open_text
from schemas.errors import DropError
from schemas.records import EXCERPT_LIMIT, bounded
from schemas.vendor_spec import VendorSpec

_CHUNK = 1 << 16
_SPACE = " \t\r\n"


def read_json(spec: VendorSpec, path: Path) -> Iterator[Row | Refusal]:
    """Yield the records of a JSON document; see :class:`enrichment.vendors.port.Reader`."""
    return checked_records(spec, _records(spec, path), path)


def _records(spec: VendorSpec, path: Path) -> Iterator[Row | Refusal]:
    shape = check_text(spec, path)
    with open_text(path, shape.encoding, "") as stream:
        document = _Document(spec, path, stream)
        yield from _descend(document, tuple(filter(None, spec.records.split("."))))
        if document.peek():
            raise document.broken("nothing more")


def _descend(document: _Document, keys: tuple[str, ...]) -> Iterator[Row | Refusal]:
    if not keys:
        yield from _items(document)
        return
    found: list[str] = []
    for key in _members(document):
        found.append(key)
        if key == keys[0]:
            yield from _descend(document, keys[1:])
        else:
            document.value()
    if keys[0] not in found:
        raise document.no_records(keys[0], found)


def _members(document: _Document) -> Iterator[str]:
    document.take("{")
    while document.peek() != "}":
        yield str(document.value(":"))
        if document.peek() != "}":
            document.take(",")
    document.take("}")


def _items(document: _Document) -> Iterator[Row | Refusal]:
    document.take("[")
    while document.peek() != "]":
        yield checked(document.value(), document.written)
        if document.peek() != "]":
            document.take(",")
    document.take("]")


class _Document:
    """A window over the document's text; holds one value at a time."""

    def __init__(self, spec: VendorSpec, path: Path, stream: io.TextIOBase) -> None:
        self._spec = spec
        self._path = path
        self._stream = stream
        self._text = ""
        self._at = 0
        self._ended = False
        self.written = ""

    def peek(self) -> str:
        """Return the next character that is no white space, ``""`` at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._fill():
                return ""

    def take(self, char: str) -> None:
        """Go past ``char``, which must come next."""
        if self.peek() != char:
            raise self.broken(repr(char))
        self._at += 1

    def value(self, then: str = "") -> object:
        """Return the next whole value, going past ``then`` behind it; its first characters stay in ``written``."""
        self.peek()
        while True:
            try:
                value, end = DECODER.raw_decode(self._text, self._at)
            except RecursionError as error:
                raise self.broken("a value of lesser depth") from error
            # A value cut by the window looks the same as a broken one until more text has come.
            except ValueError as error:
                if not self._fill():
                    raise self.broken("a JSON value") from error
                continue
            # A number at the window's end may go on behind it.
            if end < len(self._text) or not self._fill():
                self.written = self._text[self._at : min(end, self._at + EXCERPT_LIMIT + 1)]
                self._at = end
                if then:
                    self.take(then)
                return value

    def _fill(self) -> bool:
        kept = len(self._text) - self._at
        if kept > self._spec.limits.record_chars:
            raise self.broken(f"a value of at most {self._spec.limits.record_chars} characters")
        # At least doubling what is held keeps the repeated attempts at a long value linear in sum.
        piece = "" if self._ended else self._stream.read(max(_CHUNK, kept))
        self._ended = not piece
        self._text, self._at = self._text[self._at :] + piece, 0
        return bool(piece)

    def broken(self, wanted: str) -> DropError:
        """Return the error for text that is not what must come next."""
        rest = self._text[self._at : self._at + 60]
        what = f"no JSON here: {bounded(rest)!r}, wanted {wanted}" if rest else f"truncated: ends before {wanted}"
        return DropError(f"drop {self._spec.vendor} file {self._path.name}: {what}. Ask the vendor to send it again.")

    def no_records(self, key: str, found: list[str]) -> DropError:
        """Return the error for a declared path that the document does not have."""
        shown = ", ".join(repr(bounded(name, 60)) for name in found[:30]) or "none"
        return DropError(
            f"drop {self._spec.vendor} file {self._path.name}: no key {key!r} of records {self._spec.records!r}; "
            f"found: {shown}. Fix records in {self._spec.file}."
        )

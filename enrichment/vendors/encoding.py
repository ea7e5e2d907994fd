"""Check a text file against its declared encoding before a single row is read."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from enrichment.vendors.source import chunks, empty
from schemas.errors import DropError
from schemas.vendor_spec import VendorSpec

_HEAD = 1 << 16
# Longest first: the UTF-32 mark starts with the UTF-16 one.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_END = re.compile("\r\n|\n|\r")
_C1 = re.compile("[\x80-\x84\x86-\x9f]")


@dataclass(frozen=True, slots=True)
class TextShape:
    """How a checked file is to be decoded and where its lines end."""

    encoding: str
    newline: str


def check_text(spec: VendorSpec, path: Path) -> TextShape:
    """Decode the whole file once, keeping nothing; return how to read it.

    Raises:
        DropError: empty, bytes that do not decode, or that show another encoding than declared: another byte
            order mark, UTF-16 without one, UTF-8 text declared as a legacy encoding, C1 control characters.

    """
    declared = codecs.lookup(spec.encoding).name
    mark = _check_head(spec, path, declared, first_bytes(spec, path))
    # A decoder that is told the byte order keeps the mark as a character of the first cell.
    encoding = "utf-8-sig" if declared == "utf-8" else mark if mark in ("utf-16", "utf-32") else declared
    return TextShape(encoding, _Check(spec, path, declared, encoding).run())


def first_bytes(spec: VendorSpec, path: Path) -> bytes:
    """Return the first 64 KiB of the unpacked file.

    Raises:
        DropError: there is none.

    """
    first = next(chunks(spec, path), b"")
    if not first:
        raise empty(spec, path)
    return first[:_HEAD]


def byte_order(head: bytes) -> str:
    """Return the encoding that a byte order mark names, ``""`` without one."""
    return next((name for bom, name in _MARKS if head.startswith(bom)), "")


def _check_head(spec: VendorSpec, path: Path, declared: str, head: bytes) -> str:
    """Return the encoding that the byte order mark names, ``""`` without one."""
    mark = byte_order(head)
    wide = declared.startswith(("utf-16", "utf-32"))
    if mark and not declared.startswith(mark):
        raise _other(spec, path, f"the file starts with the byte order mark of {mark}")
    # Latin text in UTF-16 has a NUL in every second byte; text in any other encoding has next to none.
    nulls = head.count(0) / len(head)
    if not wide and nulls > 0.2:
        raise _other(spec, path, "every second byte is NUL, as in utf-16")
    if wide and not mark and not nulls:
        raise _other(spec, path, f"no byte is NUL, which {declared} text with line ends cannot be")
    return mark


class _Check:
    """One decoding pass over a file."""

    def __init__(self, spec: VendorSpec, path: Path, declared: str, encoding: str) -> None:
        self._spec = spec
        self._path = path
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._legacy = not declared.startswith("utf")
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._is_utf8 = self._legacy
        self._ascii = True
        self._newline = ""
        self._before = ""

    def run(self) -> str:
        """Return the newline; raise where the bytes are no text of the declared encoding."""
        for piece in chunks(self._spec, self._path):
            self._take(piece, final=False)
        self._take(b"", final=True)
        if self._is_utf8 and not self._ascii:
            raise _other(self._spec, self._path, "the bytes are well-formed utf-8")
        return self._newline or "\n"

    def _take(self, piece: bytes, final: bool) -> None:
        self._ascii = self._ascii and piece.isascii()
        # Legacy text with accents is never well-formed UTF-8 by chance, so success proves the wrong declaration.
        if self._is_utf8:
            try:
                self._utf8.decode(piece, final)
            except UnicodeDecodeError:
                self._is_utf8 = False
        try:
            text = self._decoder.decode(piece, final)
        except UnicodeError as error:
            raise _other(self._spec, self._path, f"{str(error)[:200]}{_guess(piece)}") from error
        # These code points are curly quotes and dashes in cp1252 and nothing that anyone types in ISO 8859.
        if self._legacy and not self._is_utf8 and not piece.isascii() and (found := _C1.search(text)):
            raise _other(self._spec, self._path, f"control character {found.group()!r} in the text, as cp1252 gives")
        if not self._newline:
            self._find_newline(text, final)

    def _find_newline(self, text: str, final: bool) -> None:
        """Take the first line's end for the file's: later lone carriage returns are part of cells."""
        text = self._before + text
        found = _END.search(text)
        if found and (found.end() < len(text) or final or found.group() != "\r"):
            self._newline = found.group()[-1]
        self._before = text[-1:]


def _guess(piece: bytes) -> str:
    for name in ("utf-8", "cp1252"):
        try:
            piece.decode(name)
        except UnicodeDecodeError:
            continue
        return f"; the bytes would fit {name}"
    return ""


def _other(spec: VendorSpec, path: Path, why: str) -> DropError:
    return DropError(
        f"drop {spec.vendor} file {path.name}: another encoding than the declared {spec.encoding}: {why}. "
        f"Ask the vendor, or fix encoding in {spec.file}."
    )

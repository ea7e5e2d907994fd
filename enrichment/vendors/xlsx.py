"""Excel workbooks: read-only, size-limited, no entity expanded and no formula evaluated."""

from __future__ import annotations

import itertools
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, BinaryIO

import openpyxl

from enrichment.vendors.cells import cell_text
from enrichment.vendors.columns import require_columns, unique_columns
from enrichment.vendors.port import Refusal, Row
from enrichment.vendors.source import seekable, too_large
from schemas.errors import DropError
from schemas.records import bounded
from schemas.vendor_spec import VendorSpec

# What zipfile, the XML parser and openpyxl raise on damaged workbooks (an XML ParseError is a SyntaxError).
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, KeyError, ValueError, SyntaxError, TypeError,
    AttributeError, IndexError, NotImplementedError, RuntimeError,
)  # fmt: skip
_CHUNK = 1 << 20
_TOGETHER = 64
_MAX_ROWS = 1_048_576
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_CODING = re.compile(rb"""(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']+)""")
_PLAIN = (b"utf-8", b"us-ascii", b"iso-8859-1")


def read_xlsx(spec: VendorSpec, path: Path) -> Iterator[Row | Refusal]:
    """Yield the rows of one sheet; see :class:`enrichment.vendors.port.Reader`.

    A formula cell gives the result that the vendor's program stored, never one computed here.
    """
    with seekable(spec, path) as stream:
        try:
            _check_archive(spec, path, stream)
            yield from _rows(spec, path, stream)
        except _BROKEN as error:
            if isinstance(error, DropError):
                raise
            raise DropError(
                f"drop {spec.vendor} file {path.name}: truncated or no workbook ({bounded(str(error))}). "
                "Ask the vendor to send it again."
            ) from error


def _check_archive(spec: VendorSpec, path: Path, stream: BinaryIO) -> None:
    limit = spec.limits.workbook_bytes
    # Millions of members can be empty, and each costs memory as soon as the directory is read.
    if stream.seek(0, 2) > limit:
        raise too_large(spec, path, limit)
    with zipfile.ZipFile(stream) as archive:
        # zipfile reads no further than the stated size, so the sum bounds what can come out.
        if sum(member.file_size for member in archive.infolist()) > limit:
            raise too_large(spec, path, limit)
        for member in archive.infolist():
            with archive.open(member) as part:
                if _has_entities(part):
                    raise DropError(
                        f"drop {spec.vendor} file {path.name}: {bounded(member.filename)!r} declares XML entities or "
                        "an unusual encoding, which no spreadsheet program writes. Ask the vendor for a plain workbook."
                    )
    stream.seek(0)


def _has_entities(part: IO[bytes]) -> bool:
    """Tell whether an archive member, XML or not by its name, could smuggle entities past a byte search."""
    tail = b""
    while piece := part.read(_CHUNK):
        # The first piece alone shows byte order marks and the XML declaration.
        if not tail:
            coding = _CODING.match(piece)
            if piece.startswith(_WIDE) or (coding and coding.group(1).lower() not in _PLAIN):
                return True
        if b"<!DOCTYPE" in tail + piece or b"<!ENTITY" in tail + piece:
            return True
        # A word may lie across two pieces.
        tail = piece[-16:]
    return False


def _rows(spec: VendorSpec, path: Path, stream: BinaryIO) -> Iterator[Row | Refusal]:
    with warnings.catch_warnings():
        # It warns of styles and extensions that nobody reads here.
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    try:
        sheet = _sheet(spec, path, book)
        at, names = _header(_quiet(sheet.iter_rows(max_row=_MAX_ROWS, values_only=True)), spec.header_offset)
        header = unique_columns(names)
        require_columns(spec, header, path)
        # A hostile row can name a far column or row; neither is padded up to.
        width = 1 + max(header.index(name) for name in spec.wanted_columns if name in header)
        rows = sheet.iter_rows(min_row=at + 1, max_row=_MAX_ROWS, max_col=width, values_only=True)
        for cells in _quiet(rows):
            if any(cell not in (None, "") for cell in cells):
                yield dict(zip(header, cells, strict=False))
    finally:
        book.close()


def _header(rows: Iterator[tuple[object, ...]], offset: int) -> tuple[int, list[str]]:
    """Return the header's 1-based sheet row and names: the first row behind ``offset`` that is not blank."""
    for at, cells in enumerate(rows, start=1):
        names = [cell_text(cell) for cell in cells]
        if at > offset and any(names):
            return at, names
    return 0, []


def _sheet(spec: VendorSpec, path: Path, book: Any) -> Any:
    names = [sheet.title for sheet in book.worksheets]
    wanted = spec.sheet if spec.sheet is not None else next(iter(names), "")
    if wanted not in names:
        shown = ", ".join(repr(bounded(name, 60)) for name in names[:30]) or "none"
        raise DropError(
            f"drop {spec.vendor} file {path.name}: no sheet {wanted!r}; found: {shown}. "
            f"Fix sheet in {spec.file}, or ask the vendor."
        )
    sheet = book[wanted]
    # The stated dimensions are the vendor's word; without them openpyxl goes by the rows themselves.
    sheet.reset_dimensions()
    return sheet


def _quiet(rows: Iterator[tuple[object, ...]]) -> Iterator[tuple[object, ...]]:
    """Pass rows on without openpyxl's warnings about what else is in the sheet."""
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            some = list(itertools.islice(rows, _TOGETHER))
        if not some:
            return
        yield from some

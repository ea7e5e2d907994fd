"""The text of an XML file: in the encoding that the vendor's YAML states, else the one that the file states itself."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from enrichment.vendors.encoding import byte_order, check_text, first_bytes
from enrichment.vendors.source import open_text
from schemas.errors import DropError
from schemas.records import bounded
from schemas.vendor_spec import VendorSpec

_CHUNK = 1 << 16
_SAID = re.compile(rb"""\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z][\w.:-]*)["']""")
# The vendor chooses the name, and some of Python's codecs are no encodings of files (idna, unicode_escape).
_FILES = ("utf-8", "utf-16", "utf-32", "ascii", "iso8859", "cp", "koi8", "mac", "shift_ji", "euc", "gb", "big5")
_WIDE = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_DECLARATION = re.compile(r"\s*(?:<\?xml\s[^>]*\?>)?")
# It stands alone, so a name of an entity that nobody declared is an error, never a gap in a value.
_OWN = '<?xml version="1.0" standalone="yes"?>'


def xml_pieces(spec: VendorSpec, path: Path) -> Iterator[str]:
    """Yield the file's text in pieces of 64 Ki characters, its XML declaration replaced by one of ours.

    Raises:
        DropError: as :func:`enrichment.vendors.encoding.check_text`, or the file states an unknown encoding.

    """
    stated = spec if "encoding" in spec.model_fields_set else _stated(spec, path)
    with open_text(path, check_text(stated, path).encoding, "") as stream:
        head = stream.read(_CHUNK)
        found = _DECLARATION.match(head)
        end = found.end() if found else 0
        # The lines of the errors stay those of the file.
        yield _OWN + "\n" * head.count("\n", 0, end)
        yield head[end:]
        while piece := stream.read(_CHUNK):
            yield piece


def _stated(spec: VendorSpec, path: Path) -> VendorSpec:
    head = first_bytes(spec, path)
    wide = next((name for start, name in _WIDE if head.startswith(start)), "")
    said = _SAID.match(head.removeprefix(codecs.BOM_UTF8))
    name = byte_order(head) or wide or (said.group(1).decode("ascii", "replace") if said else "utf-8")
    try:
        known = codecs.lookup(name).name.startswith(_FILES)
    except LookupError:
        known = False
    if not known:
        raise DropError(
            f"drop {spec.vendor} file {path.name}: states encoding {bounded(name, 60)!r}, which is not known. "
            f"Ask the vendor, or declare encoding in {spec.file}."
        )
    return spec.model_copy(update={"encoding": name})

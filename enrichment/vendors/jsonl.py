"""JSON Lines: one object a line; a broken line costs one row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from enrichment.vendors.cells import Number
from enrichment.vendors.columns import checked_records
from enrichment.vendors.encoding import check_text
from enrichment.vendors.lines import CutLine, Lines
from enrichment.vendors.port import Refusal, Row, malformed
from enrichment.vendors.source import open_text
from schemas.errors import DropError
from schemas.records import ProblemReason
from schemas.vendor_spec import VendorSpec

# Numbers stay the text that was sent: 49.90 keeps its zero, and no integer is too long to convert.
_DEEPEST = 50
DECODER = json.JSONDecoder(parse_float=Number, parse_int=Number, parse_constant=str)


def read_jsonl(spec: VendorSpec, path: Path) -> Iterator[Row | Refusal]:
    """Yield the records of a JSON Lines file; see :class:`enrichment.vendors.port.Reader`."""
    return checked_records(spec, _records(spec, path), path)


def _records(spec: VendorSpec, path: Path) -> Iterator[Row | Refusal]:
    shape = check_text(spec, path)
    with open_text(path, shape.encoding, shape.newline) as stream:
        lines = Lines(stream, shape.newline, spec.limits.record_chars)
        for _ in range(spec.header_offset):
            lines.next()
        while line := lines.next():
            if line.strip():
                yield _record(spec, path, line, lines.ended(line))


def _record(spec: VendorSpec, path: Path, line: str, ended: bool) -> Row | Refusal:
    if isinstance(line, CutLine):
        return Refusal(ProblemReason.ROW_TOO_LONG, line)
    try:
        record = DECODER.decode(line)
    # RecursionError: ten thousand opening brackets are one line of text.
    except (ValueError, RecursionError) as error:
        if not ended:
            raise DropError(
                f"drop {spec.vendor} file {path.name}: truncated: the last record is cut and has no end of line: "
                f"{Refusal(ProblemReason.ROW_MALFORMED, line).excerpt!r}. Ask the vendor to send it again."
            ) from error
        cut = line.lstrip().startswith("{") and not line.rstrip().endswith("}")
        return malformed("cut off" if cut else "no JSON", line)
    return checked(record, line)


def checked(record: object, text: str) -> Row | Refusal:
    """Return a decoded record as a row; a refusal where it is no object, or nested deeper than any feed is."""
    if not isinstance(record, dict):
        return malformed("no object", text)
    level: list[object] = [record]
    for _ in range(_DEEPEST):
        inner = (item.values() if isinstance(item, dict) else item for item in level if isinstance(item, dict | list))
        level = [value for values in inner for value in values if isinstance(value, dict | list)]
        if not level:
            return record
    # Whatever goes through it afterwards goes deeper than the parser went, and Python's depth is bounded.
    return malformed(f"nested deeper than {_DEEPEST} levels", text)

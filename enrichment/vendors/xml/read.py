"""One XML document in which a declared element stands for each record, read piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from enrichment.vendors.columns import checked_records
from enrichment.vendors.port import Refusal, Row
from enrichment.vendors.xml.candidates import candidates, told
from enrichment.vendors.xml.outside import Outside
from enrichment.vendors.xml.parser import parsed
from enrichment.vendors.xml.record import Record
from enrichment.vendors.xml.shape import shape
from enrichment.vendors.xml.trail import Trail
from schemas.errors import DropError
from schemas.records import bounded
from schemas.vendor_spec import VendorSpec

_SHOWN = 60


def read_xml(spec: VendorSpec, path: Path) -> Iterator[Row | Refusal]:
    """Yield the records of an XML document; see :class:`enrichment.vendors.port.Reader`."""
    return checked_records(spec, _records(spec, path), path)


def _records(spec: VendorSpec, path: Path) -> Iterator[Row | Refusal]:
    # Never guessed: on a night with one product another element is the one that repeats.
    if not spec.records:
        raise _undeclared(spec, path)
    finder = _Finder(spec)
    for _ in parsed(spec, path, finder):
        yield from finder.taken()
    if not finder.found:
        _require_empty(spec, path, finder.outside)


class _Finder:
    """Puts the records of a document together; holds those of one piece of text."""

    def __init__(self, spec: VendorSpec) -> None:
        self.found = False
        self.outside = Outside(spec.records.rpartition(".")[0])
        self._spec = spec
        self._shape = shape(spec.wanted_columns)
        self._trail = Trail()
        self._record: Record | None = None
        self._rows: list[Row | Refusal] = []

    def start(self, name: str, attributes: list[str]) -> None:
        if self._record is None:
            self._trail.enter(name)
            if not self._trail.ends_with(self._spec.records):
                self.outside.start(name, attributes, self._trail)
                return
            self._record = Record(self._shape, self._spec.limits.record_chars)
        self._record.start(name, attributes)

    def end(self) -> None:
        if self._record is not None:
            if not self._record.end():
                return
            self._rows.append(self._record.row())
            self._record, self.found = None, True
        self._trail.leave()

    def text(self, text: str) -> None:
        if self._record is not None:
            self._record.text(text)
        else:
            self.outside.text(text)

    def taken(self) -> list[Row | Refusal]:
        """Hand over the records that are whole."""
        done, self._rows = self._rows, []
        return done


def _undeclared(spec: VendorSpec, path: Path) -> DropError:
    found = candidates(spec, path)
    way_out = f"Add `records: {found[0].path}`, or another," if found else "Add `records`"
    return DropError(
        f"drop {spec.vendor} file {path.name}: `records` does not say which element is a product; "
        f"found: {told(found)}. {way_out} to {spec.file}."
    )


def _require_empty(spec: VendorSpec, path: Path, outside: Outside) -> None:
    """Refuse a document without records where something else in it could be meant, or it may be an error page."""
    start, root = f"drop {spec.vendor} file {path.name}: no element of records {spec.records!r}", outside.root
    if found := candidates(spec, path):
        raise DropError(
            f"{start}; found: {told(found)}. Fix records in {spec.file}, or, if {bounded(root, _SHOWN)!r} is no feed, "
            "ask the vendor to send it again."
        )
    if outside.has_list or outside.is_silent():
        return
    wanted = f" and none of {outside.above!r}, which an empty feed has" if outside.above else ""
    way_out = (
        f"or fix records in {spec.file}"
        if outside.above
        else f"or, if it is an empty feed, name what stands right above a product too in {spec.file}, such as "
        f"`records: {bounded(root, _SHOWN)}.{spec.records}`"
    )
    raise DropError(
        f"{start}{wanted}; found: {bounded(root, _SHOWN)!r} that says {bounded(outside.words, _SHOWN)!r}. "
        f"Ask the vendor to send it again, {way_out}."
    )

"""Read one vendor's drop: rows in = rows of products + rows quarantined + rows withdrawn, always."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from enrichment.vendors.dead_paths import DeadPaths
from enrichment.vendors.drafts import Draft, RowMap
from enrichment.vendors.drops import drop_files
from enrichment.vendors.formats import READERS
from enrichment.vendors.port import Refusal, Row
from enrichment.vendors.separators import PathSeparator
from enrichment.vendors.source import too_many_rows
from enrichment.vendors.styles import merge
from schemas.errors import DropError, RowsLost
from schemas.records import WHOLE_DROP, ProblemReason, Product, RowProblem
from schemas.vendor_spec import VendorSpec

STAGE = "read"


@dataclass(slots=True)
class DropBatch:
    """A part of a drop: ``rows_in`` rows, each in a product, quarantined in a problem, or withdrawn."""

    products: list[Product] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    withdrawn: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    rows_in: int = 0

    def accounted(self) -> int:
        """Return how many rows have found their place."""
        placed = sum(len(product.rows) for product in self.products)
        return placed + sum(p.quarantined for p in self.problems) + sum(len(rows) for _, rows in self.withdrawn)


def read_drop(spec: VendorSpec, folder: Path, night: date, batch: int = 4000) -> Iterator[DropBatch]:
    """Yield the drop in ``folder`` in batches of about ``batch`` rows, in row order.

    Rows are numbered from 1 over all files of the drop, header and blank rows not counted. Where rows are sizes,
    a first pass notes each style's last row, so that a style is held only until that row has come. Problems of the
    row ``WHOLE_DROP`` stand in the last batch.

    Raises:
        DropError: the drop as a whole cannot be read; batches seen before are then worth nothing.
        RowsLost: a row found no place (a defect here, not in the drop).

    """
    files = drop_files(spec, folder)
    reading = _GroupedReading(spec, night, files) if spec.style else _Reading(spec, night, files)
    for number, row in _numbered(spec, files):
        reading.take(number, row)
        if len(reading.batch.products) + len(reading.batch.problems) + len(reading.batch.withdrawn) >= batch:
            yield reading.flush()
    reading.note()
    last = reading.flush()
    if last.rows_in or last.problems:
        yield last
    reading.check()


def _numbered(spec: VendorSpec, files: list[Path]) -> Iterator[tuple[int, Row | Refusal]]:
    number = 0
    for path in files:
        for row in READERS[spec.format](spec, path):
            # Numbers go on over files, so that a row number names one row of the drop.
            number += 1
            if number > spec.limits.rows:
                raise too_many_rows(spec, path)
            yield number, row


class _Reading:
    """A drop whose rows are products; the first row of a sku wins."""

    def __init__(self, spec: VendorSpec, night: date, files: list[Path]) -> None:
        self.batch = DropBatch()
        self._spec = spec
        self._night = night
        self._files = files
        self._map = RowMap(spec)
        self._seen: set[str] = set()
        self._rows = 0
        self._placed = 0
        self._paths = DeadPaths(spec)
        self._separator = PathSeparator(spec.columns.path)

    def take(self, number: int, row: Row | Refusal) -> None:
        """Find a place for one row."""
        self._rows += 1
        key = row if isinstance(row, Refusal) else self._map.key(row)
        if not isinstance(row, Refusal):
            self._paths.see(row)
            self._separator.see(self._map.path_cell(row))
        if isinstance(key, Refusal):
            self.problem(number, None, key)
        elif not isinstance(row, Refusal):
            self.draft(number, key, self._map.draft(row, key))

    def draft(self, number: int, sku: str, draft: Draft | Refusal) -> None:
        """Find a place for a row that has a sku."""
        if isinstance(draft, Refusal):
            self.problem(number, sku, draft)
        # A repeat is refused even where it is identical: a row counts once, and the report says so.
        elif sku in self._seen:
            self.problem(number, sku, Refusal(ProblemReason.SKU_REPEATED, sku, self._spec.columns.sku))
        else:
            self._seen.add(sku)
            self.place([draft], [number])

    def place(self, drafts: list[Draft], rows: list[int]) -> None:
        """Put the rows of one sku where they belong: withdrawn, quarantined without any words or picture, or in."""
        sku = drafts[0].sku
        for draft, number in zip(drafts, rows, strict=True):
            for note in draft.notes:
                self.problem(number, sku, note, quarantined=False)
        # A style goes only with its last size; until then the withdrawn sizes leave the list.
        live = [draft for draft in drafts if not draft.withdrawn]
        if not live:
            self.batch.withdrawn.append((sku, tuple(rows)))
            return
        product = merge(self._spec, live, rows)
        if self._is_nameless(product):
            for number in rows:
                self.problem(number, sku, Refusal(ProblemReason.NAME_MISSING, sku, self._spec.columns.name or ""))
        else:
            self.batch.products.append(product)

    def problem(self, number: int, sku: str | None, refusal: Refusal, quarantined: bool = True) -> None:
        """Note a problem of one row."""
        self.batch.problems.append(
            RowProblem(
                vendor=self._spec.vendor,
                night=self._night,
                row=number,
                sku=sku,
                stage=STAGE,
                reason=refusal.reason,
                column=refusal.column,
                excerpt=refusal.excerpt,
                quarantined=quarantined,
            )
        )

    def note(self) -> None:
        """Note what all rows have in common that a declaration should be mended for."""
        for notice in (*self._paths.notices(), *self._separator.notices()):
            self.problem(WHOLE_DROP, None, notice, quarantined=False)

    def flush(self) -> DropBatch:
        """Hand the batch over and start another."""
        done, self.batch = self.batch, DropBatch()
        done.rows_in = done.accounted()
        self._placed += done.rows_in
        return done

    def check(self) -> None:
        """Refuse to end while a row has no place."""
        if self._rows != self._placed:
            raise RowsLost(f"drop {self._spec.vendor} {self._night}: {self._rows} rows in, {self._placed} accounted.")
        if self._spec.delivery == "full" and not self._rows:
            raise DropError(
                f"drop {self._spec.vendor} {self._night}: a full delivery without a row would withdraw every product. "
                "Ask the vendor to send it again."
            )

    def _is_nameless(self, product: Product) -> bool:
        words = [text for text in (product.name, product.description) if not self._spec.is_placeholder(text)]
        return not any(words) and not product.images


class _GroupedReading(_Reading):
    """A drop whose rows are sizes of styles."""

    def __init__(self, spec: VendorSpec, night: date, files: list[Path]) -> None:
        super().__init__(spec, night, files)
        self._last: dict[str, int] = {}
        self._open: dict[str, tuple[list[Draft], list[int]]] = {}
        for number, row in _numbered(spec, files):
            if not isinstance(row, Refusal) and isinstance(key := self._map.key(row), str):
                self._last[key] = number

    def draft(self, number: int, sku: str, draft: Draft | Refusal) -> None:
        """Hold the row with its style, and place the style after its last row."""
        if isinstance(draft, Refusal):
            self.problem(number, sku, draft)
        else:
            drafts, rows = self._open.setdefault(sku, ([], []))
            drafts.append(draft)
            rows.append(number)
        # Refused rows count too: the style's last row may be one of them.
        if self._last[sku] == number and sku in self._open:
            self.place(*self._open.pop(sku))

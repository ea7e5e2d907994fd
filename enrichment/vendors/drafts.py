"""One row under its vendor's declared map: a draft of a product, or a refusal."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from enrichment.vendors.cells import cell_text, cell_texts
from enrichment.vendors.numbers import allowed_numbers, number_within
from enrichment.vendors.paths import lookup
from enrichment.vendors.port import Refusal, Row
from schemas.records import LEVELS, ProblemReason, bounded
from schemas.vendor_spec import SKIP, ListColumn, VendorSpec

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Draft:
    """What one row says of its product; ``notes`` are values that were dropped, the row itself stays."""

    sku: str
    name: str
    description: str
    levels: tuple[str | None, ...]
    fields: dict[str, str]
    sizes: tuple[str, ...]
    images: tuple[str, ...]
    withdrawn: bool
    notes: tuple[Refusal, ...] = field(default=())


class RowMap:
    """The declared map of one vendor, ready to be put on rows."""

    def __init__(self, spec: VendorSpec) -> None:
        """Prepare ``spec``; flat formats take column names as they stand, nested ones as paths."""
        self._spec = spec
        self._get: Callable[[Row, str], object] = lookup if spec.nested else _flat
        self._pattern = re.compile(spec.style.pattern) if spec.style and spec.style.pattern else None
        self._withdrawn = frozenset(v.casefold() for v in spec.withdrawal.values) if spec.withdrawal else frozenset()

    def key(self, row: Row) -> str | Refusal:
        """Return the sku of the row's product (its style, where rows are sizes)."""
        columns, style = self._spec.columns, self._spec.style
        column = columns.sku
        text = self._text(row, column)
        if style and style.column and (own := self._text(row, style.column)) and not self._spec.is_placeholder(own):
            column, text = style.column, own
        # The pattern may also apply to a style column, as where a season is appended to it.
        if self._pattern and (found := self._pattern.search(text)):
            text = found.group("style").strip()
        if not text or self._spec.is_placeholder(text):
            return Refusal(ProblemReason.SKU_MISSING, self._excerpt(row), column)
        if len(text) > self._spec.limits.sku_chars:
            return Refusal(ProblemReason.ROW_TOO_LONG, text, column)
        # A sku with line breaks or direction marks would forge lines in reports and keys in stores.
        return text if text.isprintable() else Refusal(ProblemReason.VALUE_INVALID, text, column)

    def draft(self, row: Row, sku: str) -> Draft | Refusal:
        """Return what the row says of product ``sku``; a refusal where a cell is over the declared limit."""
        columns = self._spec.columns
        images, many = self._images(row)
        fields, notes = self._fields(row)
        draft = Draft(
            sku=sku,
            name=self._text(row, columns.name),
            description=self._text(row, columns.description),
            levels=self._levels(row),
            fields=fields,
            sizes=tuple(self._list(row, columns.sizes)) if columns.sizes else (),
            images=images,
            withdrawn=bool(self._withdrawn) and self._is_withdrawn(row),
            notes=(*notes, *many, *self._nul(row)),
        )
        return self._too_long(draft) or draft

    def path_cell(self, row: Row) -> object:
        """Return what stands in the column of whole paths, None where none is declared."""
        path = self._spec.columns.path
        return None if path is None else self._get(row, path.column)

    def _text(self, row: Row, column: str | None) -> str:
        return "" if column is None else cell_text(self._get(row, column))

    def _list(self, row: Row, column: ListColumn) -> list[str]:
        texts = cell_texts(self._get(row, column.column), column.separator)
        return [text for text in dict.fromkeys(texts) if not self._spec.is_placeholder(text)]

    def _levels(self, row: Row) -> tuple[str | None, ...]:
        columns = self._spec.columns
        if columns.path is None:
            named = {level: self._text(row, column) for level, column in columns.levels.items()}
        else:
            value = self._get(row, columns.path.column)
            parts = _parts(value, columns.path.separator)
            # A level that was declared but not sent is blank, not absent.
            padded = parts + [""] * (len(columns.path.levels) - len(parts))
            named = dict(zip(columns.path.levels, padded, strict=False))
            named.pop(SKIP, None)
        return tuple(named.get(level) for level in LEVELS)

    def _images(self, row: Row) -> tuple[tuple[str, ...], tuple[Refusal, ...]]:
        found = {ref: column for column in self._spec.columns.images for ref in self._list(row, column)}
        limit = self._spec.limits.images
        refs = tuple(found)
        if len(refs) <= limit:
            return refs, ()
        excerpt = f"{len(refs)} pictures, {limit} kept"
        return refs[:limit], (Refusal(ProblemReason.VALUE_INVALID, excerpt, found[refs[limit]].column),)

    def _fields(self, row: Row) -> tuple[dict[str, str], list[Refusal]]:
        fields: dict[str, str] = {}
        notes: list[Refusal] = []
        for name, attribute in self._spec.attributes.items():
            cell = self._get(row, attribute.column)
            text = cell_text(cell)
            if not text or self._spec.is_placeholder(text):
                continue
            value = text if attribute.kind == "text" else number_within(cell, attribute)
            if value is None:
                told = f"{bounded(text, _SHOWN)}; allowed: {allowed_numbers(attribute)}"
                notes.append(Refusal(ProblemReason.VALUE_INVALID, told, attribute.column))
            else:
                fields[name] = value
        return fields, notes

    def _is_withdrawn(self, row: Row) -> bool:
        column = self._spec.withdrawal.column if self._spec.withdrawal else None
        return self._text(row, column).casefold() in self._withdrawn

    def _nul(self, row: Row) -> tuple[Refusal, ...]:
        # The text goes on without the NUL, so the change must be on record.
        hit = next((name for name, cell in row.items() if isinstance(cell, str) and "\x00" in cell), None)
        return () if hit is None else (Refusal(ProblemReason.VALUE_INVALID, str(row[hit]), bounded(hit, 100)),)

    def _too_long(self, draft: Draft) -> Refusal | None:
        limit = self._spec.limits.cell_chars
        cells = (draft.name, draft.description, *draft.levels, *draft.fields.values(), *draft.sizes, *draft.images)
        hit = next((cell for cell in cells if cell and len(cell) > limit), None)
        return None if hit is None else Refusal(ProblemReason.ROW_TOO_LONG, hit)

    def _excerpt(self, row: Row) -> str:
        return " | ".join(text for text in (cell_text(cell)[:80] for cell in list(row.values())[:12]) if text)


def _flat(row: Row, column: str) -> object:
    return row.get(column)


def _parts(value: object, separator: str | None) -> list[str]:
    """Split a path, blank parts kept: a blank level between two others is something the taxonomy room reads."""
    if isinstance(value, list | tuple):
        return [cell_text(item) for item in value]
    text = cell_text(value)
    return [part.strip() for part in text.split(separator)] if separator else [text]

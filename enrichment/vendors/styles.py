"""Rows that are sizes of one style, put together as one product."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from enrichment.vendors.drafts import Draft
from schemas.records import LEVELS, Product
from schemas.vendor_spec import VendorSpec


def merge(spec: VendorSpec, drafts: Sequence[Draft], rows: Sequence[int]) -> Product:
    """Return one product of the drafts of one sku, in the order of their rows.

    A cell that is blank in some rows is filled from the others; where rows disagree, the first that is no
    placeholder wins. Sizes and pictures are gathered. ``rows`` are all rows of the style, the withdrawn ones too.
    """
    # Most products are one row; they skip the merge, which costs about a quarter of the reading time.
    draft = drafts[0] if len(drafts) == 1 else _merged(spec, drafts)
    return Product(
        vendor=spec.vendor,
        sku=draft.sku,
        rows=tuple(rows),
        name=draft.name,
        description=draft.description,
        levels=draft.levels,
        fields=draft.fields,
        sizes=draft.sizes,
        images=draft.images,
    )


def _merged(spec: VendorSpec, drafts: Sequence[Draft]) -> Draft:
    names = dict.fromkeys(name for draft in drafts for name in draft.fields)
    return Draft(
        sku=drafts[0].sku,
        name=_first(spec, (draft.name for draft in drafts)) or "",
        description=_first(spec, (draft.description for draft in drafts)) or "",
        levels=tuple(_first(spec, (draft.levels[at] for draft in drafts)) for at in range(len(LEVELS))),
        fields={name: _first(spec, (draft.fields.get(name) for draft in drafts)) or "" for name in names},
        sizes=tuple(dict.fromkeys(size for draft in drafts for size in draft.sizes)),
        images=tuple(dict.fromkeys(image for draft in drafts for image in draft.images))[: spec.limits.images],
        withdrawn=False,
    )


def _first(spec: VendorSpec, values: Iterable[str | None]) -> str | None:
    """Return the first that says something, else the first placeholder, else blank, else None (no such column)."""
    best: str | None = None
    for value in values:
        if value and not spec.is_placeholder(value):
            return value
        best = value if not best and value is not None else best
    return best

"""Which of a product's parts a declaration maps, and which of them a product has."""

from __future__ import annotations

from schemas.records import LEVELS, Product
from schemas.vendor_spec import SKIP, VendorSpec


def mapped_columns(spec: VendorSpec) -> dict[str, str]:
    """Return part -> vendor column of everything but sku and attributes; several columns are joined by a comma."""
    columns = spec.columns
    named = {"name": columns.name, "description": columns.description}
    found = {part: column for part, column in named.items() if column is not None} | columns.levels
    if columns.path is not None:
        found |= {level: columns.path.column for level in columns.path.levels if level != SKIP}
    if columns.images:
        found["images"] = ", ".join(image.column for image in columns.images)
    return found | ({"sizes": columns.sizes.column} if columns.sizes else {})


def has_value(spec: VendorSpec, product: Product, part: str) -> bool:
    """Tell whether a part that :func:`mapped_columns` names says something of the product; placeholders do not."""
    if part in ("images", "sizes"):
        return bool(product.images if part == "images" else product.sizes)
    text: str | None = product.levels[LEVELS.index(part)] if part in LEVELS else getattr(product, part)
    return text is not None and text != "" and not spec.is_placeholder(text)

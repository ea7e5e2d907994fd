"""Arrow schemas of every table that travels between stages or is published."""

from __future__ import annotations

import pyarrow as pa

_TEXT = pa.string()
_TEXTS = pa.list_(_TEXT)
_KEY = [pa.field("vendor", _TEXT, nullable=False), pa.field("sku", _TEXT, nullable=False)]

PRODUCTS = pa.schema(
    [
        *_KEY,
        pa.field("night", pa.date32()),
        pa.field("rows", pa.list_(pa.int32())),
        ("name", _TEXT),
        ("description", _TEXT),
        *[(f"vendor_{level}", _TEXT) for level in ("division", "department", "class", "subclass", "category")],
        ("fields", pa.map_(_TEXT, _TEXT)),
        ("sizes", _TEXTS),
        ("images", _TEXTS),
        # Filled where the pictures are known from an earlier run and need no second fetch.
        ("image_sha256", _TEXTS),
        ("content_hash", _TEXT),
    ]
)

IMAGES = pa.schema(
    [
        *_KEY,
        ("position", pa.int32()),
        ("ref", _TEXT),
        ("sha256", _TEXT),
    ]
)

# What the fetch stage found to be worth working on: fingerprint = content + pictures + versions.
WORK = pa.schema(
    [
        *_KEY,
        ("fingerprint", _TEXT),
        ("changed", pa.bool_()),
        # All references as sent, where one of them could not be had yet and is asked for again; else null.
        ("images_sent", _TEXTS),
    ]
)

CLAIMS = pa.schema(
    [
        *_KEY,
        ("attribute", _TEXT),
        ("value", _TEXT),
        ("source", _TEXT),
        ("producer", _TEXT),
        ("confidence", pa.float32()),
        ("evidence_kind", _TEXT),
        ("evidence_field", _TEXT),
        ("evidence_start", pa.int32()),
        ("evidence_end", pa.int32()),
        ("evidence_quote", _TEXT),
    ]
)

# After the decide stage: outcome is "won", "lost" or "ignored".
JUDGED_CLAIMS = CLAIMS.append(pa.field("outcome", _TEXT))

GROUP_PREDICTIONS = pa.schema(
    [
        *_KEY,
        ("sha256", _TEXT),
        ("group", _TEXT),
        ("confidence", pa.float32()),
        ("scores", pa.list_(pa.float32())),
        ("producer", _TEXT),
    ]
)

ATTRIBUTE_DECISIONS = pa.schema(
    [
        *_KEY,
        ("attribute", _TEXT),
        ("status", _TEXT),
        ("value", _TEXT),
        ("confidence", pa.float32()),
        ("source", _TEXT),
        ("rule", _TEXT),
        ("conflict", pa.bool_()),
    ]
)

HIERARCHY_DECISIONS = pa.schema(
    [
        *_KEY,
        ("status", _TEXT),
        ("division", _TEXT),
        ("department", _TEXT),
        ("class", _TEXT),
        ("subclass", _TEXT),
        ("category", _TEXT),
        ("confidences", pa.list_(pa.float32())),
        ("reasons", _TEXTS),
        ("levels_seen", _TEXTS),
        ("rule", _TEXT),
    ]
)

ROW_PROBLEMS = pa.schema(
    [
        ("vendor", _TEXT),
        ("night", pa.date32()),
        ("row", pa.int32()),
        ("sku", _TEXT),
        ("stage", _TEXT),
        ("reason", _TEXT),
        ("column", _TEXT),
        ("excerpt", _TEXT),
        ("quarantined", pa.bool_()),
    ]
)

WITHDRAWN = pa.schema([*_KEY, ("night", pa.date32()), ("rows", pa.list_(pa.int32()))])

# What moved a product; ``decision`` is a person's. Tables from before it was told apart call that ``rule``.
CAUSES = ("data", "model", "taxonomy", "rule", "decision")

HIERARCHY_CHANGES = pa.schema(
    [
        *_KEY,
        # new | refiled | withdrawn
        ("change", _TEXT),
        # one of CAUSES
        ("cause", _TEXT),
        # top-most level that differs, null for new and withdrawn
        ("level", _TEXT),
        # paths are "Women / Clothing / Dresses", placeholders shown as sent
        ("vendor_path", _TEXT),
        ("previous_path", _TEXT),
        ("path", _TEXT),
        ("status", _TEXT),
        ("confidence", pa.float32()),
        ("reasons", _TEXTS),
    ]
)


def embeddings(dimensions: int) -> pa.Schema:
    """Return the schema of embeddings ``[N, dimensions]`` float32 of unit norm, one row a product."""
    return pa.schema([*_KEY, ("sha256", _TEXT), ("group", _TEXT), ("vector", pa.list_(pa.float32(), dimensions))])


def published_products(attributes: tuple[str, ...]) -> pa.Schema:
    """Return the wide published table: the product as sent, its decisions, one column an attribute.

    An empty attribute cell is told apart by the lists ``abstained`` and ``not_applicable``.
    """
    return pa.schema(
        [
            *PRODUCTS,
            ("fingerprint", _TEXT),
            ("versions_hash", _TEXT),
            # As in WORK; ``images`` are those that are usable.
            ("images_sent", _TEXTS),
            ("image_group", _TEXT),
            ("image_group_confidence", pa.float32()),
            *[(level, _TEXT) for level in ("division", "department", "class", "subclass", "category")],
            ("placement", _TEXT),
            ("confidences", pa.list_(pa.float32())),
            ("reasons", _TEXTS),
            ("levels_seen", _TEXTS),
            ("placed_by", _TEXT),
            *[(f"attr_{name}", _TEXT) for name in attributes],
            ("abstained", _TEXTS),
            ("not_applicable", _TEXTS),
        ]
    )

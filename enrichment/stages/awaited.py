"""Pictures that could not be had when their product was sent: they are asked for again on the nights after."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from schemas.records import ProblemReason
from schemas.tables import PRODUCTS

# How long after its product was sent a picture is asked for.
NIGHTS = 14
# What another night may mend: the host of an address may be allowed. A picture refused for what it is stays refused.
AWAITED = frozenset({ProblemReason.PICTURE_MISSING, ProblemReason.FETCH_FAILED, ProblemReason.ADDRESS_REFUSED})
_SENT = "images_sent"


def awaits_pictures(products: pa.Table, night: date) -> pa.ChunkedArray:
    """Tell which published products lack a picture that is still asked for on ``night``."""
    if _SENT not in products.schema.names:
        return pa.chunked_array([pa.array([False] * products.num_rows, pa.bool_())])
    recent = pc.greater_equal(products["night"], pa.scalar(night - timedelta(days=NIGHTS), pa.date32()))
    return pc.fill_null(pc.and_(pc.is_valid(products[_SENT]), recent), False)


def to_ask_again(products: pa.Table, night: date) -> pa.Table:
    """Return published products as PRODUCTS rows; those that await a picture name all that were sent, in order."""
    if _SENT in products.schema.names:
        at = products.schema.get_field_index("images")
        named = pc.if_else(awaits_pictures(products, night), products[_SENT], products["images"])
        products = products.set_column(at, products.schema.field(at), named)
    return products.select(PRODUCTS.names)

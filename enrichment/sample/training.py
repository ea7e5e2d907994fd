"""Labelled pictures for taggers: one Parquet of JPEG bytes and the look's values, streamed in row groups."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from enrichment.sample.look import Look, look
from enrichment.sample.picture import jpeg, picture
from enrichment.sample.streams import SHOT, stream

# Attributes that the drawing shows, hence fit as labels; null where one does not apply or was not drawn.
DRAWN_ATTRIBUTES = (
    "colour",
    "pattern",
    "neckline",
    "collar",
    "sleeve_length",
    "length",
    "fit",
    "dress_type",
    "hem",
    "closure",
    "heel_height",
    "heel_type",
    "ankle_height",
    "bag_type",
    "frame_shape",
    "frame_colour",
    "dial_colour",
    "dial_shape",
    "strap_colour",
    "watch_strap",
    "metal",
)
_ROW_GROUP = 512


def training_schema() -> pa.Schema:
    """Return the columns: image (JPEG), image_group, article_type, gender, and one an attribute drawn."""
    text = pa.string()
    names = ("image_group", "article_type", "gender", *DRAWN_ATTRIBUTES)
    return pa.schema([("image", pa.binary()), *[(name, text) for name in names]])


def write_training(out: Path, products: int, seed: int, side: int) -> Path:
    """Write ``products`` labelled pictures of ``side`` pixels height (3:4) to the file ``out``; return it.

    Row ``i`` depends on ``(seed, i, side)`` alone.
    """
    schema = training_schema()
    out.parent.mkdir(parents=True, exist_ok=True)
    with pq.ParquetWriter(out, schema, compression="none") as writer:
        for start in range(0, products, _ROW_GROUP):
            rows = list(_rows(range(start, min(products, start + _ROW_GROUP)), seed, side))
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
    return out


def _rows(numbers: range, seed: int, side: int) -> Iterator[dict[str, object]]:
    size = (max(1, side * 3 // 4), side)
    for i in numbers:
        what = look(seed, i)
        data = jpeg(picture(what, seed, i, size), stream(seed, i, SHOT))
        yield {"image": data, **labels(what)}


def labels(what: Look) -> dict[str, str | None]:
    """Return the label columns of a look."""
    drawn = {name: what.values.get(name) for name in DRAWN_ATTRIBUTES}
    return {"image_group": what.group, "article_type": what.article_type, "gender": what.gender, **drawn}

"""Read the training sets into one table of labelled pictures: products, phone photos, drawings, street photos."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from enrichment.vision.splits import TRAIN, VALIDATION, brand_of, fraction, product_splits, sender_splits
from enrichment.vision.training_labels import training_labels
from schemas.errors import UsageError
from schemas.group_spec import OTHER, groups

PRODUCTS, PHONE, DRAWN, WORN = "products", "phone", "drawn", "worn"
# What these show says which tags apply; it does not teach the group head what a product picture looks like.
UNTAUGHT = frozenset({DRAWN, WORN})
# Drawings teach shapes; colours, types and genders have real labels.
_DRAWN_LABELS = ("image_group", "sleeve_length", "neckline", "collar", "length", "pattern")
_WORN_NECKLINE = {"1": "v_neck", "2": "round", "3": "other"}
_WORN_SLEEVE = {"1": "sleeveless", "2": "short", "3": "long"}
_WORN_PATTERN = {
    "solid": "solid",
    "stripe": "striped",
    "plaid": "checked",
    "floral": "floral",
    "graphics": "graphic",
    "spot": "polka_dots",
}


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """One picture with its labels by attribute, where it came from, and its split.

    ``among`` is attribute -> the values of which the picture shows one, where its label leaves that open. ``weak``
    names the labels that were mined from words or drawn, and may be wrong; ``family`` is what must never be parted
    between training and measuring (cluster or sender).
    """

    source: str
    key: str
    picture: bytes
    split: str
    family: str
    title: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    weak: frozenset[str] = frozenset()
    among: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_rows(source: str, path: Path) -> list[TrainingRow]:
    """Read one training set (``products``, ``phone``, ``drawn`` or ``worn``) from its Parquet file.

    Raises:
        UsageError: the source is unknown, or the file is absent.

    """
    if source not in _READERS:
        raise UsageError(f"training source {source!r} is not known; allowed: {', '.join(_READERS)}")
    if not path.is_file():
        raise UsageError(f"training set {source}: no file at {path}. Give the path of its Parquet file.")
    return _READERS[source](pd.read_parquet(path, pre_buffer=False))


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)


def _products(frame: pd.DataFrame) -> list[TrainingRow]:
    """Read clean product shots."""
    declared = training_labels()
    titles = [_text(title) for title in frame["title"]]
    clusters = [_text(cluster) for cluster in frame["cluster"]]
    splits = product_splits(clusters, [brand_of(title) for title in titles])
    rows = []
    for at, record in enumerate(frame.to_dict("records")):
        labels = {
            "image_group": record["image_group"],
            "article_type": _text(record["article_type"]),
            "colour": declared.colour_names.get(_text(record["colour"]), ""),
            "gender": declared.gender_names.get(_text(record["gender"]), ""),
            "occasion": declared.occasion_names.get(_text(record["usage"]), ""),
            "season": declared.season_names.get(_text(record["season"]), ""),
        }
        rows.append(
            TrainingRow(
                PRODUCTS,
                _text(record["id"]),
                record["image"],
                splits[at],
                clusters[at],
                titles[at],
                {name: value for name, value in labels.items() if value},
            )
        )
    return rows


def _phone(frame: pd.DataFrame) -> list[TrainingRow]:
    """Read phone photos on real backgrounds."""
    senders = [_text(sender) for sender in frame["sender_id"]]
    declared = training_labels()
    return [
        TrainingRow(
            PHONE,
            _text(record["id"]),
            record["image"],
            split,
            sender,
            labels={"image_group": record["image_group"], **declared.phone_labels.get(record["label"], {})},
            among=declared.phone_among.get(record["label"], {}),
        )
        for record, sender, split in zip(frame.to_dict("records"), senders, sender_splits(senders), strict=True)
    ]


def _drawn(frame: pd.DataFrame) -> list[TrainingRow]:
    """Read a drawn sample: columns ``image``, ``image_group`` and one an attribute, of which the shapes are learned."""
    names = [name for name in frame.columns if name in _DRAWN_LABELS]
    rows = []
    for at, record in enumerate(frame.to_dict("records")):
        labels = {name: _text(record[name]) for name in names if _text(record[name])}
        key = f"drawn-{at}"
        split = VALIDATION if fraction("drawn", key) < 0.1 else TRAIN
        rows.append(TrainingRow(DRAWN, key, record["image"], split, key, labels=labels, weak=frozenset(labels)))
    return rows


def _worn(frame: pd.DataFrame) -> list[TrainingRow]:
    """Read street photos (research use): what the person wears above the waist, where annotators agree."""
    rows = []
    keys = [f"worn-{at}" for at in range(len(frame))]
    for key, split, record in zip(keys, sender_splits(keys), frame.to_dict("records"), strict=True):
        shown = [value for name, value in _WORN_PATTERN.items() if _text(record[f"pattern_{name}"]) == "2"]
        labels = {
            "image_group": "top",
            "sleeve_length": _WORN_SLEEVE.get(_text(record["sleevelength"]), ""),
            "neckline": _WORN_NECKLINE.get(_text(record["neckline"]), ""),
            "collar": {"1": "none", "2": "collar"}.get(_text(record["collar"]), ""),
            "pattern": shown[0] if len(shown) == 1 else "",
        }
        kept = {name: value for name, value in labels.items() if value}
        rows.append(TrainingRow(WORN, key, record["image"], split, key, labels=kept))
    return rows


_READERS: dict[str, Callable[[pd.DataFrame], list[TrainingRow]]] = {
    PRODUCTS: _products,
    PHONE: _phone,
    DRAWN: _drawn,
    WORN: _worn,
}


def untrained_groups(rows: list[TrainingRow]) -> tuple[str, ...]:
    """Return the declared groups that no training row shows: the head has them, but nothing taught them."""
    shown = {row.labels.get("image_group", OTHER) for row in rows if row.split == TRAIN}
    return tuple(name for name in groups().names if name not in shown)

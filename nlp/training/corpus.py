"""Training texts: names with labels, names with silver labels from high-precision rules; brands held apart."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

_GENDERS = {"Men": "men", "Women": "women", "Boys": "boys", "Girls": "girls", "Unisex": "unisex", "Unisex Kids": "kids"}
_OCCASIONS = {
    "Casual": "casual",
    "Ethnic": "ethnic",
    "Sports": "sports",
    "Formal": "formal",
    "Smart Casual": "smart_casual",
    "Party": "party",
    "Travel": "travel",
}
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Example:
    """One product's words and what is known of it (None = unknown); ``brand`` is the first word of its name."""

    id: str
    brand: str
    name: str
    description: str = ""
    article_type: str | None = None
    gender: str | None = None
    occasion: str | None = None


def fold(brand: str, folds: int = FOLDS) -> int:
    """Return the fold of a brand, 0 to ``folds - 1``; the same in every run and on every machine."""
    return int(hashlib.sha256(brand.encode()).hexdigest(), 16) % folds


def brand_of(name: str) -> str:
    """Return the first word of a name, lower-case: the brand, for splitting."""
    return next(iter(name.lower().split()), "")


def labelled(data: Path) -> list[Example]:
    """Return the names of ``fashion-products`` with their catalogue labels, by id."""
    columns = ["id", "title", "gender", "article_type", "usage"]
    rows = pq.read_table(data / "fashion-products" / "train.parquet", columns=columns, pre_buffer=False).to_pylist()
    return [
        Example(
            id=str(row["id"]),
            brand=brand_of(row["title"]),
            name=row["title"],
            article_type=row["article_type"],
            gender=_GENDERS.get(row["gender"]),
            occasion=_OCCASIONS.get(row["usage"]),
        )
        for row in sorted(rows, key=lambda r: str(r["id"]))
    ]


def is_golden(brand: str) -> bool:
    """Tell whether a brand's products are kept for the labelled sample, so that no training reads their words."""
    return int(hashlib.sha256(f"golden {brand.lower()}".encode()).hexdigest(), 16) % FOLDS in (0, 1)


def described(data: Path) -> list[Example]:
    """Return the names and descriptions of ``descriptions`` with the gender their shop gave, by id; no golden brand."""
    columns = ["id", "title", "brand", "description", "gender"]
    rows = pq.read_table(data / "descriptions" / "train.parquet", columns=columns, pre_buffer=False).to_pylist()
    return [
        Example(
            id=str(row["id"]),
            brand=brand_of(row["title"]),
            name=row["title"],
            description=row["description"] or "",
            gender=_GENDERS.get(row["gender"]),
        )
        for row in sorted(rows, key=lambda r: str(r["id"]))
        if not is_golden(row["brand"])
    ]


def brands(examples: Iterable[Example]) -> frozenset[str]:
    """Return every brand word of ``examples``."""
    return frozenset(e.brand for e in examples)


def without_fold(examples: Sequence[Example], held: int) -> tuple[list[Example], list[Example]]:
    """Split by brand: the examples outside fold ``held``, and those inside."""
    return [e for e in examples if fold(e.brand) != held], [e for e in examples if fold(e.brand) == held]

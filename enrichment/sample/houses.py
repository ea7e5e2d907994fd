"""The sample's vendors: what share of the catalogue each sells, in which format, with how many views a product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from enrichment.sample.drop_csv import CsvDrop
from enrichment.sample.drop_feed import FeedDrop
from enrichment.sample.drop_parquet import ParquetDrop
from enrichment.sample.drop_port import DropWriter
from enrichment.sample.drop_sheet import SheetDrop
from enrichment.sample.drop_sizes import SizesDrop
from schemas.errors import UsageError


@dataclass(frozen=True, slots=True)
class House:
    """One vendor; ``full`` deliveries hold everything each night, others what is new, changed or withdrawn.

    ``mute`` is the share of its products that come without words worth reading: their pictures must speak.
    """

    name: str
    prefix: str
    share: float
    writer: type[DropWriter]
    views: int = 1
    full: bool = False
    mute: float = 0.0


HOUSES = (
    House("sample_csv", "40", 0.36, CsvDrop),
    House("sample_sizes", "SZ", 0.20, SizesDrop),
    House("sample_feed", "f", 0.18, FeedDrop, views=2, mute=0.12),
    House("sample_sheet", "7", 0.14, SheetDrop, views=0),
    House("sample_parquet", "PQ", 0.12, ParquetDrop, full=True),
)


def houses(names: Sequence[str] | None) -> tuple[House, ...]:
    """Return the sample's vendors of these names, in declared order (None: all).

    Raises:
        UsageError: a name is none of the sample's vendors, or none is named.

    """
    known = [house.name for house in HOUSES]
    wanted = known if names is None else list(names)
    unknown = sorted(set(wanted) - set(known))
    if unknown or not wanted:
        raise UsageError(f"sample vendors: got {unknown or 'none'}; allowed: {', '.join(known)}.")
    return tuple(house for house in HOUSES if house.name in wanted)


def seller(draw: float, among: Sequence[House]) -> House:
    """Return who sells the product whose trade drew ``draw`` in 0..1."""
    left = draw * sum(house.share for house in among)
    for house in among:
        if left < house.share:
            return house
        left -= house.share
    return among[-1]

"""Write the sample: drops of several vendors over several nights, and the truth beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from enrichment.progress.null import NullProgress
from enrichment.progress.port import Progress
from enrichment.sample.damage import Rates
from enrichment.sample.defects import write_defects
from enrichment.sample.drop_csv import CsvDrop
from enrichment.sample.drop_parquet import ParquetDrop
from enrichment.sample.drop_port import DropWriter, Sent
from enrichment.sample.houses import House, houses, seller
from enrichment.sample.item import Item, Trade, item, trade
from enrichment.sample.look import Look, look
from enrichment.sample.picture import jpeg, picture
from enrichment.sample.streams import MUTE, SHOT, VIEWS, stream
from enrichment.sample.training import write_training
from enrichment.sample.truth_file import TruthFile
from schemas.errors import UsageError

__all__ = ["VENDOR_DECLARATIONS", "write_drops", "write_training"]

# The sample's vendors are declared here and not among the retailer's own: no real night waits for them.
VENDOR_DECLARATIONS = Path(__file__).with_name("vendors")
_SECOND_VIEW = 0.25


def write_drops(
    out: Path,
    products: int,
    nights: Sequence[date],
    seed: int,
    vendors: Sequence[str] | None = None,
    progress: Progress | None = None,
    *,
    defects: bool = True,
    rates: Rates | None = None,
) -> Path:
    """Write ``out/VENDOR/NIGHT/...`` and ``out/truth.parquet`` for a catalogue of ``products``; return ``out``.

    The first night sends what is on sale, later nights what is new, changed or withdrawn; the last of several
    nights also brings the defects of real feeds (``defects``). Product ``i`` depends on ``(seed, i)`` alone, and
    memory does not grow with ``products``. Equal arguments write equal bytes.

    Raises:
        UsageError: no product, no night, nights out of order, an unknown vendor, or ``out`` already holds a sample.

    """
    _check(out, products, nights)
    among = houses(vendors)
    out.mkdir(parents=True, exist_ok=True)
    truth = TruthFile(out / "truth.parquet")
    bar = progress or NullProgress()
    for k in range(len(nights)):
        bar.start(products, f"sample night {nights[k]}")
        night = _Night(out, nights, k, seed, among, rates or Rates(), truth)
        for i in range(products):
            night.send(i)
            bar.advance()
        if defects and 0 < k == len(nights) - 1:
            night.spoil(products)
        night.close()
    truth.close()
    return out


def _check(out: Path, products: int, nights: Sequence[date]) -> None:
    if products < 1:
        raise UsageError(f"sample products: got {products}; allowed: 1 and more.")
    if not nights or list(nights) != sorted(set(nights)):
        raise UsageError(
            f"sample nights: got {[str(n) for n in nights]}; allowed: one or more dates, in order, each once."
        )
    if out.exists() and any(out.iterdir()):
        raise UsageError(f"{out} is not empty. Choose another folder for the sample, or remove this one first.")


class _Night:
    """All vendors' drops of one night, open for writing."""

    def __init__(
        self,
        out: Path,
        nights: Sequence[date],
        k: int,
        seed: int,
        among: tuple[House, ...],
        rates: Rates,
        truth: TruthFile,
    ) -> None:
        self._out, self._nights, self._k, self._seed = out, nights, k, seed
        self._among, self._rates, self._truth = among, rates, truth
        self._drops: dict[str, DropWriter] = {}
        for house in among:
            folder = out / house.name / nights[k].isoformat()
            folder.mkdir(parents=True)
            self._drops[house.name] = house.writer(folder)

    def send(self, i: int) -> None:
        """Write product ``i`` where this night's drop of its vendor holds it."""
        when = trade(self._seed, i, self._nights)
        house = seller(when.draw, self._among)
        if when.gone == self._k and not house.full:
            self._drops[house.name].add(Sent(sku(house, i), self._item(house, i, when), withdrawn=True))
        elif when.sends(self._k) or (house.full and when.known(self._k)):
            sent = Sent(sku(house, i), self._item(house, i, when), photos=self._photos(house, i, when))
            filing = self._drops[house.name].add(sent)
            self._truth.add(house.name, self._nights[self._k], sent, filing)

    def _photos(self, house: House, i: int, when: Trade) -> tuple[bytes, ...]:
        """Return the pictures; a full delivery's that did not change are last night's, and are not drawn again."""
        if house.full and not when.sends(self._k):
            return ParquetDrop.photos(self._out / house.name / self._nights[self._k - 1].isoformat(), sku(house, i))
        return photos(self._seed, look(self._seed, i), i, house.views, when.version(self._k))

    def spoil(self, start: int) -> None:
        """Add the defects to the CSV vendor's drop, with product numbers from ``start``."""
        for house in self._among:
            drop = self._drops[house.name]
            if isinstance(drop, CsvDrop):
                kept = write_defects(drop, self._fresh, partial(sku, house), start)
                for sent in kept:
                    self._truth.add(house.name, self._nights[self._k], sent, sent.item.filing)

    def close(self) -> None:
        """Finish all drops."""
        for drop in self._drops.values():
            drop.close()

    def _fresh(self, i: int) -> Item:
        return item(self._seed, i, 0, self._rates)

    def _item(self, house: House, i: int, when: Trade) -> Item:
        known = item(self._seed, i, when.version(self._k), self._rates)
        if stream(self._seed, i, MUTE).random() < house.mute:
            return replace(known, name=f"Item {sku(house, i)}", description="", colour_sent="", material="")
        return known


def sku(house: House, i: int) -> str:
    """Return the vendor's own number of product ``i``."""
    return f"{house.prefix}{i:07d}"


def photos(seed: int, what: Look, i: int, views: int, version: int) -> tuple[bytes, ...]:
    """Return product ``i``'s pictures as JPEG; where ``views`` is 2, one product in four has a second one.

    Every second change of a product brings new pictures; the others leave them as they were.
    """
    take = version // 2
    count = 2 if views > 1 and stream(seed, i, VIEWS).random() < _SECOND_VIEW else min(views, 1)
    return tuple(_shot(seed, what, i, take * 10 + view) for view in range(count))


def _shot(seed: int, what: Look, i: int, view: int) -> bytes:
    return jpeg(picture(what, seed, i, view=view), stream(seed, i, SHOT, view))

"""The defects of real feeds, written into one CSV drop: each must end as a named problem or as safe text."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace

from enrichment.sample.drop_csv import CsvDrop
from enrichment.sample.drop_port import Sent
from enrichment.sample.item import Item

_BOMB_SIDE = 30_000
HTML_NAME = '<script>alert("name")</script> <b>Bold</b> Dress'
FORMULA_NAME = '=HYPERLINK("http://example.invalid/","Dress")'
KINDS = (
    "picture_missing",
    "picture_corrupt",
    "picture_bomb",
    "path_outside",
    "markup",
    "formula",
    "sku_repeated",
    "name_missing",
    "quote_unclosed",
)


def write_defects(drop: CsvDrop, items: Callable[[int], Item], sku: Callable[[int], str], start: int) -> Iterator[Sent]:
    """Write one row a kind of ``KINDS``, with product numbers from ``start``; yield those that remain products."""
    for k, kind in enumerate(KINDS):
        item = items(start + k)
        writer = _WRITERS[kind]
        kept = writer(drop, Sent(sku(start + k), item), sku(start))
        if kept is not None:
            yield kept


def _cells(sent: Sent, shown: str) -> tuple[str, ...]:
    item = sent.item
    return (sent.sku, item.name, item.description, *item.sent, item.colour_sent, shown, f"{item.price:.2f}", "ACTIVE")


def _missing(drop: CsvDrop, sent: Sent, _first: str) -> Sent:
    drop.row(_cells(sent, f"images/{sent.sku}.jpg"))
    return sent


def _corrupt(drop: CsvDrop, sent: Sent, _first: str) -> Sent:
    drop.row(_cells(sent, f"images/{sent.sku}.jpg"))
    drop.member(f"images/{sent.sku}.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(40) + b"not a picture")
    return sent


def _bomb(drop: CsvDrop, sent: Sent, _first: str) -> Sent:
    drop.row(_cells(sent, f"images/{sent.sku}.png"))
    drop.member(f"images/{sent.sku}.png", bomb())
    return sent


def _outside(drop: CsvDrop, sent: Sent, _first: str) -> Sent:
    drop.row(_cells(sent, "images/../../outside.jpg"))
    drop.member("../outside.txt", b"must not be written")
    return sent


def _markup(drop: CsvDrop, sent: Sent, _first: str) -> Sent:
    return _renamed(drop, sent, HTML_NAME)


def _formula(drop: CsvDrop, sent: Sent, _first: str) -> Sent:
    return _renamed(drop, sent, FORMULA_NAME)


def _renamed(drop: CsvDrop, sent: Sent, name: str) -> Sent:
    hostile = replace(sent, item=replace(sent.item, name=name))
    drop.row(_cells(hostile, ""))
    return hostile


def _repeated(drop: CsvDrop, sent: Sent, first: str) -> None:
    drop.row(_cells(replace(sent, sku=first), ""))


def _nameless(drop: CsvDrop, sent: Sent, _first: str) -> None:
    drop.row((sent.sku, *("",) * 7, "", "", "ACTIVE"))


def _unclosed(drop: CsvDrop, sent: Sent, _first: str) -> None:
    drop.line(f'{sent.sku},"{sent.item.name},,DEF,DEF,DEF,DEF,,,1.00,ACTIVE')


def bomb(side: int = _BOMB_SIDE) -> bytes:
    """Return a small PNG that unpacks to ``side`` x ``side`` pixels, all black, one bit each."""
    packed = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    data = b"".join(packed.compress(row) for _ in range(side)) + packed.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


_WRITERS: dict[str, Callable[[CsvDrop, Sent, str], Sent | None]] = {
    "picture_missing": _missing,
    "picture_corrupt": _corrupt,
    "picture_bomb": _bomb,
    "path_outside": _outside,
    "markup": _markup,
    "formula": _formula,
    "sku_repeated": _repeated,
    "name_missing": _nameless,
    "quote_unclosed": _unclosed,
}

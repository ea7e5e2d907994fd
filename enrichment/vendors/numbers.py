"""Amounts as vendors write them, brought to one plain form: ``1.299,00 €`` is ``1299.00``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from enrichment.vendors.cells import Number, cell_text
from schemas.vendor_spec import AttributeColumn

_BEFORE = r"(?:[^\W\d_]{1,4}\.?|[^\w\s.,()+-])?\s*"
_AFTER = r"\s*(?:[^\W\d_]{1,4}|[^\w\s-]|(?<=[.,])-)?"
# Digits, and the mark before their decimals: grouped by commas (also as in India), by points, by one of the marks that
# are never decimal, or not at all. Whatever else stands between digits parts several numbers, or a date.
_WAYS = (
    (r"[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d?(?:,\d\d)+,\d{3}", r"\."),
    (r"[1-9]\d{0,2}(?:\.\d{3})+", ","),
    *((rf"[1-9]\d{{0,2}}(?:{mark}\d{{3}})+", "[.,]") for mark in (" ", "\u00a0", "\u202f", "'", "\u2019")),
    (r"\d+", "[.,]"),
)
_WRITTEN = tuple(re.compile(rf"{_BEFORE}([+-]?)({whole})(?:{mark}(\d+))?[.,]?{_AFTER}") for whole, mark in _WAYS)
_LONGEST = 60
# Decimal places to either side: a JSON number of a few characters can stand for a gigabyte of digits.
_WIDEST = 30


def number_within(cell: object, attribute: AttributeColumn) -> str | None:
    """Return a cell's number in plain form, without currency; None where it is none, or out of the declared range.

    Several equal numbers are that number, several different ones are none.

    >>> price = AttributeColumn(column="VK", kind="number", min=0)
    >>> [number_within(cell, price) for cell in ("1.299,00", "$7,5", "12.-", 49.125, "-5", "on request")]
    ['1299.00', '7.5', '12', '49.125', None, None]
    >>> [number_within(cell, price) for cell in ("1,23,456", "10, 12", "2024.01.15", ["9.50", "9.5"], ["9", "10"])]
    ['123456', None, None, '9.50', None]
    """
    amounts = list(_amounts(cell))
    first = amounts[0] if amounts else None
    if first is None or any(amount is None or Decimal(amount) != Decimal(first) for amount in amounts):
        return None
    value = float(first)
    fits = (attribute.min is None or value >= attribute.min) and (attribute.max is None or value <= attribute.max)
    return first if fits else None


def allowed_numbers(attribute: AttributeColumn) -> str:
    """Say which numbers the declaration allows."""
    least = "" if attribute.min is None else f" from {_plain(attribute.min)}"
    most = "" if attribute.max is None else f" to {_plain(attribute.max)}"
    return f"one number{least}{most}"


def _amounts(cell: object) -> Iterator[str | None]:
    """Yield what each value of a cell comes to; what is empty in a list says nothing."""
    if isinstance(cell, Mapping) and "#text" in cell:
        yield from _amounts(cell["#text"])
    elif isinstance(cell, list | tuple):
        for item in cell:
            yield from _amounts(item)
    elif text := cell_text(cell):
        yield _typed(text) if isinstance(cell, int | float | Decimal | Number) else _written(text)


def _plain(value: float) -> str:
    return f"{Decimal(repr(value)).normalize():f}"


def _typed(text: str) -> str | None:
    """Write out a number that its format already knows to be one: a point in it is never a grouping mark."""
    try:
        number = Decimal(text)
    # Booleans are numbers to Python.
    except ArithmeticError:
        return None
    return f"{number:f}" if number.is_finite() and abs(number.adjusted()) < _WIDEST and len(text) <= _LONGEST else None


def _written(text: str) -> str | None:
    if len(text) > _LONGEST:
        return None
    found = next(filter(None, (way.fullmatch(text) for way in _WRITTEN)), None)
    if found is None:
        return None
    sign, whole, cents = found.groups()
    plain = sign.removeprefix("+") + re.sub(r"\D", "", whole)
    return f"{plain}.{cents}" if cents else plain

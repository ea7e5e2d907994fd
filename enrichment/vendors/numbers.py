"""Amounts as vendors write them, brought to one plain form: ``1.299,00 €`` is ``1299.00``."""

from __future__ import annotations

import re
from decimal import Decimal

from enrichment.vendors.cells import Number, cell_text
from schemas.vendor_spec import AttributeColumn

_MONEY = re.compile(
    r"(?:[^\W\d_]{1,4}\.?|[^\w\s.,()+-])?\s*([+-]?\d[\d.,'\u00a0\u202f ]*)\s*(?:[^\W\d_]{1,4}|[^\w\s-]|(?<=[.,])-)?"
)
_LONGEST = 60
# Decimal places to either side: a JSON number of a few characters can stand for a gigabyte of digits.
_WIDEST = 30


def number_within(cell: object, attribute: AttributeColumn) -> str | None:
    """Return a cell's number in plain form, without currency; None where it is none, or out of the declared range.

    >>> price = AttributeColumn(column="VK", kind="number", min=0)
    >>> [number_within(cell, price) for cell in ("1.299,00", "$7,5", "12.-", 49.125, "-5", "on request")]
    ['1299.00', '7.5', '12', '49.125', None, None]
    """
    typed = isinstance(cell, int | float | Decimal | Number)
    amount = _typed(cell_text(cell)) if typed else _written(cell_text(cell))
    if amount is None:
        return None
    value = float(amount)
    fits = (attribute.min is None or value >= attribute.min) and (attribute.max is None or value <= attribute.max)
    return amount if fits else None


def allowed_numbers(attribute: AttributeColumn) -> str:
    """Say which numbers the declaration allows."""
    least = "" if attribute.min is None else f" from {_plain(attribute.min)}"
    most = "" if attribute.max is None else f" to {_plain(attribute.max)}"
    return f"a number{least}{most}"


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
    found = _MONEY.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        return None
    sent = re.sub(r"[^\d.,+-]", "", found.group(1)).rstrip(".,").removeprefix("+")
    # Grouping marks differ by country. The last mark is a decimal one unless three digits follow it, as in 1,299.
    whole, mark, cents = sent.replace(",", ".").rpartition(".")
    if mark and (len(cents) != 3 or whole in ("0", "-0") or {".", ","} <= set(sent)):
        return f"{whole.replace('.', '')}.{cents}"
    return (whole + cents).replace(".", "")

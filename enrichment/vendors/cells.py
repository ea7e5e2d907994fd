"""Cells as text: what the vendor sent, with outer white space and unstorable characters taken off."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal

_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")


class Number(str):
    """A number of a JSON document, digit for digit as it was sent."""

    __slots__ = ()


def cell_text(value: object) -> str:
    """Return a cell as text: numbers without an empty ``.0``, lists joined by ``, ``, nothing as ``""``.

    >>> cell_text(699.0), cell_text(74.5), cell_text(["a", None, "b"]), cell_text(None)
    ('699', '74.5', 'a, b', '')
    """
    if isinstance(value, str):
        return clean(value)
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(cell_text, value)))
    return clean(_scalar(value))


def cell_texts(value: object, separator: str | None) -> list[str]:
    """Return a cell's values: the items of a list, each split at ``separator`` where one is declared."""
    if isinstance(value, list | tuple):
        return [text for item in value for text in cell_texts(item, separator)]
    text = cell_text(value)
    parts = text.split(separator) if separator else [text]
    return [part for part in map(clean, parts) if part]


def clean(text: str) -> str:
    r"""Strip outer white space, drop NUL (columnar and C readers cut there) and replace lone surrogates.

    >>> clean(" a\x00b\ud800 ")
    'ab�'
    """
    text = text.strip()
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "").translate(_SURROGATES).strip()


def _scalar(value: object) -> str:
    # Before int: True is an int to Python.
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, Mapping):
        # An element with attributes, from XML or from XML that became JSON, says what its text says.
        if "#text" in value:
            return cell_text(value["#text"])
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _number(value: float) -> str:
    # NaN is how spreadsheets and columnar files say that there is no number.
    if value != value:
        return ""
    return f"{value:.0f}" if value.is_integer() else repr(value)

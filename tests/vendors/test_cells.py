from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.vendors.cells import cell_text, cell_texts, clean


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (" a\u00a0b\u00a0", "a\u00a0b"),
        (699, "699"),
        (699.0, "699"),
        (1e20, "100000000000000000000"),
        (0.1, "0.1"),
        (float("nan"), ""),
        (float("inf"), "inf"),
        (True, "true"),
        (Decimal("1.50"), "1.50"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3), "2026-01-02T03:00:00"),
        (b"caf\xc3\xa9\xff", "café\ufffd"),
        (["a", None, " ", 2.0], "a, 2"),
        ({"b": 1, "a": "é"}, '{"a": "é", "b": 1}'),
        ("a\x00b", "ab"),
        ("\ud800", "\ufffd"),
    ],
)
def test_cell_text(value: object, text: str) -> None:
    assert cell_text(value) == text


@pytest.mark.parametrize(
    ("value", "separator", "texts"),
    [
        ("a| b ||c", "|", ["a", "b", "c"]),
        ("a|b", None, ["a|b"]),
        (["a;b", None, ["c"]], ";", ["a", "b", "c"]),
        (None, "|", []),
    ],
)
def test_cell_texts(value: object, separator: str | None, texts: list[str]) -> None:
    assert cell_texts(value, separator) == texts


@given(st.text(st.characters(), max_size=40))
def test_clean_text_can_be_stored(text: str) -> None:
    cleaned = clean(text)
    assert cleaned.encode("utf-8").decode() == cleaned
    assert "\x00" not in cleaned
    assert clean(cleaned) == cleaned

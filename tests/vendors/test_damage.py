"""Damage any byte of any format: a drop is refused whole with a DropError, or every row is accounted for."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from schemas.errors import DropError
from tests.vendors import golden

BITS = [b'"', b",", b"\n", b"\r", b"\x00", b"{", b"[", b"\\", b"\t", b"\xff"]


def damaged(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice([1, 1, 3, 20])):
        at = rng.randrange(len(out))
        match rng.randrange(4):
            case 0:
                out[at] = rng.randrange(256)
            case 1:
                del out[at : at + rng.choice([1, 3, 50])]
            case 2:
                out[at:at] = rng.choice(BITS)
            case _:
                start = rng.randrange(len(out))
                out[at:at] = out[start : start + 40]
        out = out or bytearray(b"x")
    return bytes(out)


@pytest.mark.parametrize("form", sorted(golden.WRITERS))
@pytest.mark.parametrize("grouped", [False, True], ids=["rows", "styles"])
def test_damage(tmp_path: Path, form: str, grouped: bool) -> None:
    rng = random.Random(f"{form}{grouped}")
    more = {"style": {"pattern": "^(?P<style>[^-]+)-"}} if grouped else {}
    data = golden.WRITERS[form]([golden.HEADER, *golden.ROWS])
    outcomes = set()
    for _ in range(120):
        try:
            drop = golden.read_bytes(golden.spec(form, **more), tmp_path, damaged(data, rng))
        except DropError as error:
            outcomes.add("refused")
            assert str(error).startswith("drop golden")  # noqa: PT017
        else:
            outcomes.add("read")
            assert drop.rows_in == drop.accounted()
    assert "refused" in outcomes

"""Python's cycle collector, put off while many short-lived records are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Put the collector off: reading makes no cycles, and looking for them again and again takes a third of its time.

    Memory is freed by reference counts as ever. Where the collector was off already, it stays off.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()

"""The storage port: keys to bytes, with an atomic put.

Keys are relative, ``/``-separated, without ``.`` or ``..`` parts. A put is all or nothing: no reader ever
sees half an object. There is no rename; what commits several objects is one last put.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol


class Store(Protocol):
    """What every store can do. All methods raise ``StoreUnavailable`` where another try may help."""

    @property
    def uri(self) -> str:
        """The store's address: ``file:///folder`` or ``s3://bucket/prefix``, without a trailing slash."""
        ...

    def get(self, key: str) -> bytes:
        """Return the object's bytes; ``ObjectMissing`` where there is none."""
        ...

    def put(self, key: str, data: bytes) -> None:
        """Write the object whole, replacing any earlier one."""
        ...

    def put_new(self, key: str, data: bytes) -> None:
        """Write the object only where the key is free; ``ObjectExists`` otherwise (one of many racers wins)."""
        ...

    def replace(self, key: str, seen: bytes, data: bytes) -> None:
        """Write the object only while it still holds ``seen``; ``ObjectChanged`` otherwise (one racer wins)."""
        ...

    def exists(self, key: str) -> bool:
        """Tell whether the key holds an object."""
        ...

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys that start with ``prefix``, sorted."""
        ...

    def delete(self, key: str) -> None:
        """Remove the object; quiet where there is none."""
        ...

    def download(self, key: str, path: Path) -> None:
        """Copy the object to a local file, atomically; ``ObjectMissing`` where there is none."""
        ...

    def upload(self, path: Path, key: str) -> None:
        """Copy a local file to the object, whole or not at all."""
        ...

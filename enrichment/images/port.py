"""The picture source port: a vendor's reference to bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, Self

from schemas.errors import DropError
from schemas.records import bounded


class PictureSource(Protocol):
    """Where one drop's pictures come from; many threads may read at once.

    ``remote`` tells that a read costs a network trip, which is not made again for a picture that is known.
    """

    remote: bool

    def read(self, ref: str) -> bytes:
        """Return the bytes behind ``ref``, of at most the policy's size.

        Raises:
            PictureRefused: this picture cannot be had, and another try would not help.
            FetchFailed: the server did not answer well within the allowed tries.
            DropError: it is not what the drop held when it was read.

        """
        ...

    def marks(self, files: Mapping[str, str]) -> Mapping[str, str]:
        """Return name -> hash by which :meth:`expect` knows the same pictures again; empty where nothing tells.

        ``files`` is name -> sha256 of the files below the source's location.
        """
        return {}

    def expect(self, marks: Mapping[str, str]) -> None:
        """Read from now on only what has these marks.

        Raises:
            DropError: it is already seen to have others.

        """
        return

    def close(self) -> None:
        """Free files and connections."""
        ...

    def __enter__(self) -> Self:
        """Return itself, so that ``with`` closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close, whatever happened inside."""
        self.close()


def changed(what: str) -> DropError:
    """Return the error for pictures that are not those which the drop held when it was read."""
    return DropError(f"{bounded(what)}: changed since the drop was read. Run the night again, which plans it anew.")

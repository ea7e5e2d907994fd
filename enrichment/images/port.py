"""The picture source port: a vendor's reference to bytes."""

from __future__ import annotations

from typing import Protocol, Self


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

        """
        ...

    def close(self) -> None:
        """Free files and connections."""
        ...

    def __enter__(self) -> Self:
        """Return itself, so that ``with`` closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close, whatever happened inside."""
        self.close()

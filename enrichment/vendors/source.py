"""The bytes of a drop's file: gzip seen by its magic, sizes limited before anything is parsed."""

from __future__ import annotations

import gzip
import io
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

from enrichment.runs.scratch import scratch_root
from schemas.errors import DropError
from schemas.vendor_spec import VendorSpec

_CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"


def is_gzip(path: Path) -> bool:
    """Tell whether the file starts as gzip does, whatever its name."""
    # By content: names lie, and some transfers unpack on the way.
    with path.open("rb") as stream:
        return stream.read(2) == _GZIP


def open_bytes(path: Path) -> BinaryIO:
    """Open the file's unpacked bytes."""
    return cast(BinaryIO, gzip.open(path, "rb") if is_gzip(path) else path.open("rb"))


def chunks(spec: VendorSpec, path: Path) -> Iterator[bytes]:
    """Yield the unpacked bytes in pieces of 1 MiB.

    Raises:
        DropError: the gzip is cut or damaged, or more bytes come out than the declared limit.

    """
    limit = spec.limits.unpacked_bytes
    total = 0
    with open_bytes(path) as stream:
        while piece := _read(spec, path, stream):
            # Counted as it comes out: the size that a gzip states is the sender's word.
            total += len(piece)
            if total > limit:
                raise too_large(spec, path, limit)
            yield piece


def _read(spec: VendorSpec, path: Path, stream: IO[bytes]) -> bytes:
    try:
        return stream.read(_CHUNK)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DropError(
            f"drop {spec.vendor} file {path.name}: truncated or damaged gzip ({error}). "
            "Ask the vendor to send it again."
        ) from error


def too_large(spec: VendorSpec, path: Path, limit: int) -> DropError:
    """Return the error for a file over a declared byte limit."""
    return DropError(
        f"drop {spec.vendor} file {path.name}: more than {limit} bytes once unpacked. "
        f"If that is real, raise limits in {spec.file}."
    )


def too_many_rows(spec: VendorSpec, path: Path) -> DropError:
    """Return the error for a file with more rows than declared."""
    return DropError(
        f"drop {spec.vendor} file {path.name}: more than {spec.limits.rows} rows. "
        f"If that is real, raise limits in {spec.file}."
    )


def require_content(spec: VendorSpec, path: Path) -> None:
    """Refuse an empty file.

    Raises:
        DropError: the file holds no byte.

    """
    with path.open("rb") as stream:
        if not stream.read(1):
            raise empty(spec, path)


def empty(spec: VendorSpec, path: Path) -> DropError:
    """Return the error for a file without content."""
    return DropError(f"drop {spec.vendor} file {path.name}: empty. Ask the vendor to send it again.")


@contextmanager
def seekable(spec: VendorSpec, path: Path) -> Iterator[BinaryIO]:
    """Open the unpacked bytes for random access; a gzip is unpacked into a temporary file first.

    Raises:
        DropError: as :func:`chunks`.

    """
    require_content(spec, path)
    if not is_gzip(path):
        with path.open("rb") as stream:
            yield stream
        return
    with tempfile.TemporaryFile(dir=scratch_root()) as unpacked:
        for piece in chunks(spec, path):
            unpacked.write(piece)
        unpacked.seek(0)
        yield cast(BinaryIO, unpacked)


def open_text(path: Path, encoding: str, newline: str) -> io.TextIOWrapper:
    """Open the unpacked bytes as text whose lines end at ``newline`` alone; no byte is replaced."""
    return io.TextIOWrapper(open_bytes(path), encoding=encoding, errors="strict", newline=newline)

"""Pictures in a zip archive, read member by member; nothing is unpacked to disk."""

from __future__ import annotations

import hashlib
import logging
import stat
import struct
import threading
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from enrichment.images.policy import ImagePolicy
from enrichment.images.port import PictureSource, changed
from enrichment.images.reference import Spellings, missing, normalised
from enrichment.images.refused import PictureRefused
from schemas.errors import DropError
from schemas.records import ProblemReason, bounded

_LOG = logging.getLogger(__name__)
_ENCRYPTED = 0x1
_UTF8 = 0x800
_CHUNK = 1 << 16
# A directory entry is 46 bytes and its names; more than this an entry is padding meant to exhaust memory.
_ENTRY_BYTES = 400
_END = b"PK\x05\x06"
_END64 = b"PK\x06\x06"
# What ``zipfile`` was seen to raise, or may, on archives made to hurt it.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


class ZipSource(PictureSource):
    """Members of one archive, found by normalised name, or by the file's name of a web address.

    Methods other than stored and deflated are refused: their decoders take memory as the archive says.
    """

    remote = False

    def __init__(self, path: Path, policy: ImagePolicy) -> None:
        """Open the archive and read its directory.

        Raises:
            DropError: it is absent, no zip, or its directory passes the limits.

        """
        self._policy = policy
        self._path = path
        self._unpacked = 0
        self._lock = threading.Lock()
        try:
            _check_directory(path, policy.archive.max_members)
            self._seen = _written(path)
            self._zip = zipfile.ZipFile(path)
        except _BROKEN as error:
            # The whole message of an absent file would tell where the server keeps the drop.
            why = error.strerror if isinstance(error, OSError) else str(error)
            raise DropError(
                f"cannot be read as a zip of pictures ({bounded(why or type(error).__name__)}); allowed: a zip archive "
                "within the drop"
            ) from error
        self._members = self._directory()
        # A member that has two names is still one where a file's name alone is looked for.
        self._spellings = Spellings(_names(member)[-1] for member in self._members.values())

    def read(self, ref: str) -> bytes:
        """Return one member's bytes, its size and ratio checked before and while unpacking.

        Raises:
            PictureRefused: missing, outside, a link, encrypted, corrupt, too large or a bomb.
            DropError: the archive was written over since it was opened.

        """
        sent = normalised(ref)
        name = sent if sent in self._members else self._spellings.find(sent) or self._spellings.behind(ref)
        if name is None:
            raise missing(ref, "archive")
        member = self._members[name]
        self._check(ref, member)
        most = self._policy.archive.max_unpacked_bytes
        with self._lock:
            if self._unpacked + member.file_size > most:
                raise PictureRefused(
                    ProblemReason.ARCHIVE_BOMB,
                    f"{ref}: the archive unpacks to more; allowed: {most} bytes (archive_bytes of the declared limits)",
                )
            self._unpacked += member.file_size
        return self._unpack(ref, member)

    def close(self) -> None:
        """Close the archive."""
        self._zip.close()

    def marks(self, files: Mapping[str, str]) -> Mapping[str, str]:
        """Return one hash over the directory, which holds the checksum of every member."""
        digest = hashlib.sha256()
        for member in self._zip.infolist():
            told = (member.orig_filename, member.CRC, member.file_size, member.compress_size, member.header_offset)
            digest.update(repr(told).encode())
        return {"": digest.hexdigest()}

    def expect(self, marks: Mapping[str, str]) -> None:
        """Compare the directory as a whole."""
        if self.marks({}) != marks:
            raise changed("the archive of pictures")

    def _directory(self) -> dict[str, zipfile.ZipInfo]:
        """Index the members under each name that a reference may use; the last of equal names wins."""
        members: dict[str, zipfile.ZipInfo] = {}
        outside = 0
        for member in self._zip.infolist():
            # An empty name makes ``is_dir`` itself fail.
            if member.filename and not member.filename.endswith("/"):
                outside += _leads_outside(member)
                for name in _names(member):
                    members[name] = member
        if outside:
            _LOG.warning("%d members of the archive lead outside of it; they are never read", outside)
        return members

    def _check(self, ref: str, member: zipfile.ZipInfo) -> None:
        if _leads_outside(member):
            raise PictureRefused(ProblemReason.PATH_OUTSIDE, f"{ref}: the member is a link or its name leads outside")
        if member.flag_bits & _ENCRYPTED:
            raise PictureRefused(ProblemReason.PICTURE_CORRUPT, f"{ref}: the member is encrypted")
        if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise PictureRefused(
                ProblemReason.PICTURE_FORMAT,
                f"{ref}: packed by method {member.compress_type}; allowed: stored, deflated",
            )
        limits = self._policy.archive
        if member.file_size > max(limits.ratio_floor, limits.max_ratio * member.compress_size):
            raise PictureRefused(
                ProblemReason.ARCHIVE_BOMB,
                f"{ref}: {member.compress_size} bytes unpack to {member.file_size}; allowed: {limits.max_ratio:g}-fold",
            )
        if member.file_size > self._policy.max_bytes:
            raise _too_large(ref, member.file_size, self._policy)

    def _unpack(self, ref: str, member: zipfile.ZipInfo) -> bytes:
        limit = min(member.file_size, self._policy.max_bytes)
        data = bytearray()
        try:
            with self._zip.open(member) as file:
                while chunk := file.read(_CHUNK):
                    data += chunk
                    # The directory may lie about the size; what comes out may not.
                    if len(data) > limit:
                        raise _too_large(ref, len(data), self._policy)
        except PictureRefused:
            raise
        except _BROKEN as error:
            # Bytes that do not fit the directory read before are no damage where another archive has come in its place.
            if _written(self._path) != self._seen:
                raise changed("the archive of pictures") from error
            raise PictureRefused(ProblemReason.PICTURE_CORRUPT, f"{ref}: cannot be unpacked: {error}") from error
        return bytes(data)


def _written(path: Path) -> tuple[int, ...]:
    """Return what differs once the file was written over or replaced; nothing where it is gone."""
    try:
        seen = path.stat()
    except OSError:
        return ()
    return seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns


def _too_large(ref: str, size: int, policy: ImagePolicy) -> PictureRefused:
    return PictureRefused(
        ProblemReason.PICTURE_TOO_LARGE, f"{ref}: {size} bytes or more; allowed: at most {policy.max_bytes}"
    )


def _leads_outside(member: zipfile.ZipInfo) -> bool:
    raw = member.orig_filename
    parts = raw.split("/")
    return (
        raw.startswith("/")
        or raw[1:2] == ":"
        or ".." in parts
        or "\\" in raw
        or "\x00" in raw
        or stat.S_ISLNK(member.external_attr >> 16)
    )


def _names(member: zipfile.ZipInfo) -> list[str]:
    """Return the names a member may be asked by: as declared, and as UTF-8 where the flag was forgotten.

    macOS packs UTF-8 names without the flag, which then read as code page 437.
    """
    names = [member.orig_filename]
    if not member.flag_bits & _UTF8 and not names[0].isascii():
        try:
            names.append(names[0].encode("cp437").decode("utf-8"))
        except UnicodeError:
            names = names[:1]
    cleaned = [unicodedata.normalize("NFC", name).replace("\\", "/") for name in names]
    return ["/".join(part for part in name.split("/") if part not in {"", "."}) for name in cleaned]


def _check_directory(path: Path, max_members: int) -> None:
    """Refuse a directory that is too large before ``zipfile`` reads it into memory.

    The end record's layout: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (4.3.14 and 4.3.16).

    Raises:
        zipfile.BadZipFile: it is.

    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 66_000))
        tail = file.read()
    entries, length = 0, 0
    at = tail.rfind(_END)
    if at >= 0 and len(tail) >= at + 22:
        entries, length = struct.unpack("<HI", tail[at + 10 : at + 16])
    at = tail.rfind(_END64)
    if at >= 0 and len(tail) >= at + 56:
        entries, length = struct.unpack("<QQ", tail[at + 32 : at + 48])
    if entries > max_members or length > max_members * _ENTRY_BYTES:
        raise zipfile.BadZipFile(
            f"{entries} members in a directory of {length} bytes; allowed: {max_members} members "
            "(archive_members of the declared limits)"
        )

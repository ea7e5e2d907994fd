"""What a key may look like, the same in every store."""

from __future__ import annotations

import unicodedata

from schemas.errors import UsageError
from schemas.records import bounded

TEMP_PREFIX = ".enrich-tmp-"
KEY_BYTES = 1_024
PART_BYTES = 200


def check_key(key: str) -> str:
    """Return ``key`` where it names an object in every store alike.

    A key has 1 to 1024 UTF-8 bytes, printable and in Unicode's NFC form (two spellings of one letter would be
    two objects here and one there), and ``/``-separated parts of 1 to 200 bytes, none of them ``.`` or ``..``.

    Raises:
        UsageError: it does not.

    """
    parts = key.split("/")
    bad = (
        any(part in {"", ".", ".."} or part.startswith(TEMP_PREFIX) for part in parts)
        or _unportable(key)
        or max(len(part.encode()) for part in parts) > PART_BYTES
    )
    if bad:
        raise _refused("key", key)
    return key


def check_prefix(prefix: str) -> str:
    """Return ``prefix`` where it is empty or may begin a key.

    Raises:
        UsageError: no key begins so.

    """
    parts = prefix.split("/")
    if prefix and (any(part in {"", ".", ".."} for part in parts[:-1]) or parts[-1] == ".." or _unportable(prefix)):
        raise _refused("prefix", prefix)
    return prefix


def _unportable(text: str) -> bool:
    return (
        "\\" in text
        or not text.isprintable()
        or not unicodedata.is_normalized("NFC", text)
        or len(text.encode()) > KEY_BYTES
    )


def _refused(what: str, text: str) -> UsageError:
    return UsageError(
        f"store {what} {bounded(text)!r} is refused; allowed: relative, '/'-separated, printable NFC text of at most "
        f"{KEY_BYTES} bytes ({PART_BYTES} a part), no part empty, '.', '..' or beginning with {TEMP_PREFIX!r}"
    )

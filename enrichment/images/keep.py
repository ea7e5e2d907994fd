"""Keep picture bytes in the store under their own hash."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress

from enrichment.stores.port import Store
from schemas.errors import ObjectCorrupt, StoreUnavailable, UsageError
from schemas.records import bounded

_SHA256 = re.compile(r"[0-9a-f]{64}")


def key_of(sha256: str) -> str:
    """Return the store key ``images/sha256/<ab>/<hex>``.

    Raises:
        UsageError: ``sha256`` is not 64 lower-case hex digits.

    """
    if not _SHA256.fullmatch(sha256):
        raise UsageError(f"sha256={bounded(sha256)!r}; allowed: 64 lower-case hex digits")
    return f"images/sha256/{sha256[:2]}/{sha256}"


def sha256_of(data: bytes) -> str:
    """Return the hash that a picture is kept under."""
    return hashlib.sha256(data).hexdigest()


def keep(store: Store, data: bytes, sha256: str | None = None) -> str:
    """Write ``data`` once and return its ``sha256``, given where it is known; what is there already is not written."""
    sha256 = sha256 or sha256_of(data)
    key = key_of(sha256)
    if not store.exists(key):
        store.put(key, data)
    return sha256


def load(store: Store, sha256: str) -> bytes:
    """Return the bytes kept under ``sha256``, hash verified; damaged ones are removed, so that they are kept anew.

    Raises:
        ObjectMissing: none are kept.
        ObjectCorrupt: they hash to something else.

    """
    key, got = key_of(sha256), ""
    # Once more: the damage may be of the way here, and another process may have mended the object meanwhile.
    for _ in range(2):
        data = store.get(key)
        got = sha256_of(data)
        if got == sha256:
            return data
    # Who may only read is told of the damage all the same.
    with suppress(StoreUnavailable, UsageError):
        store.delete(key)
    raise ObjectCorrupt(
        f"{store.uri}: picture {sha256} hashes to {got}. It is removed, where the store allows that, and fetched again "
        "when its product is sent."
    )

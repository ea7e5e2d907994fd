"""Choose a store by its address."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from enrichment.stores.local import LocalStore
from enrichment.stores.port import Store
from schemas.errors import UsageError

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def open_store(uri: str) -> Store:
    """Return the store at ``uri``: ``file:///folder``, a plain path, or ``s3://bucket/prefix``.

    Nothing is contacted or made yet. boto3 is imported for ``s3://`` only.

    Raises:
        UsageError: another scheme, a file address on another host, or no bucket name.

    """
    if uri.startswith("s3://"):
        return _open_s3(uri)
    if uri.startswith("file:"):
        return LocalStore(_folder(uri))
    if not uri or _SCHEME.match(uri):
        raise UsageError(f"store {uri!r} is not known; allowed: file:///folder, a path, s3://bucket/prefix")
    return LocalStore(Path(uri).expanduser())


def _open_s3(uri: str) -> Store:
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    if not _BUCKET.fullmatch(bucket):
        raise UsageError(f"store {uri!r}: {bucket!r} is no bucket name; allowed: s3://bucket/prefix")
    from enrichment.stores.s3 import S3Store

    return S3Store(bucket, prefix)


def _folder(uri: str) -> Path:
    parts = urlsplit(uri)
    path = unquote(parts.path)
    if parts.netloc not in {"", "localhost"} or not path.startswith("/") or parts.query or parts.fragment:
        raise UsageError(f"store {uri!r} is no local folder; allowed: file:///absolute/folder with %-escapes")
    return Path(path)

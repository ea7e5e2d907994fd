"""The store in an S3 bucket, or in anything that speaks S3 with conditional puts."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
)
from s3transfer.exceptions import RetriesExceededError

from enrichment.stores.atomic import atomic_file
from enrichment.stores.key import check_key, check_prefix
from enrichment.stores.space import writing
from schemas.errors import ObjectChanged, ObjectExists, ObjectMissing, StoreUnavailable, UsageError

ENDPOINT_VARIABLE = "ENRICH_S3_ENDPOINT"
_MISSING = {"404", "NoSuchKey", "NotFound"}
_TAKEN = {"412", "PreconditionFailed"}
_RACING = {"409", "ConditionalRequestConflict"}
_BUSY = {"408", "429", "RequestTimeout", "SlowDown", "Throttling", "ThrottlingException", "TooManyRequests"}
# Bytes lost or spoilt on the way, an upload cleared away meanwhile, another writer at work: sent again, it passes.
_BUSY |= {"BadDigest", "IncompleteBody", "NoSuchUpload", "OperationAborted", "XAmzContentSHA256Mismatch"}
_UNSET = (NoCredentialsError, NoRegionError, ParamValidationError, PartialCredentialsError)
_PUT_NEW_TRIES = 5
_PART = 16 * 2**20


class S3Store:
    """Keys are objects under ``prefix`` of ``bucket``.

    Credentials and region come from boto3's standard chain; ``ENRICH_S3_ENDPOINT`` names another server.
    """

    def __init__(self, bucket: str, prefix: str = "", options: Mapping[str, Any] | None = None) -> None:
        """Keep objects under ``s3://bucket/prefix``; ``options`` go to ``boto3.client`` over the environment's.

        Raises:
            UsageError: the prefix is no key, or the environment names an unknown profile or a broken endpoint.

        """
        prefix = prefix.strip("/")
        if prefix:
            check_key(prefix)
        self._bucket = bucket
        self._base = f"{prefix}/" if prefix else ""
        try:
            self._client: Any = boto3.client("s3", **_client_options(options or {}))
        except (BotoCoreError, ValueError) as error:
            raise UsageError(f"{self.uri}: {error}. Set region, profile and {ENDPOINT_VARIABLE} right.") from error
        self._transfer = TransferConfig(multipart_threshold=_PART, multipart_chunksize=_PART, max_concurrency=4)

    @property
    def uri(self) -> str:
        """Return ``s3://bucket/prefix``."""
        return f"s3://{self._bucket}/{self._base}".rstrip("/")

    def get(self, key: str) -> bytes:
        """Return the object's bytes.

        Raises:
            ObjectMissing: there is none.

        """
        address = self._address(key)
        with self._mapped(key):
            data: bytes = self._client.get_object(**address)["Body"].read()
        return data

    def put(self, key: str, data: bytes) -> None:
        """Write the object whole, replacing any earlier one."""
        address = self._address(key)
        with self._mapped(key):
            self._client.put_object(**address, Body=data)

    def put_new(self, key: str, data: bytes) -> None:
        """Write the object where the key is free; one of many racers wins.

        A put whose answer was lost is sent again by botocore and then finds its own object: the writer's mark
        in the object's metadata tells this from a racer's
        (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html).

        Raises:
            ObjectExists: the key is taken.

        """
        address = self._address(key)
        writer = secrets.token_hex(16)
        with self._mapped(key):
            for _ in range(_PUT_NEW_TRIES):
                try:
                    self._client.put_object(**address, Body=data, IfNoneMatch="*", Metadata={"writer": writer})
                except ClientError as error:
                    code = _code(error)
                    if code in _RACING:
                        continue
                    if code in _TAKEN and self._wrote(address, writer):
                        return
                    raise
                return
        raise StoreUnavailable(f"{self.uri}: key {key!r}: other writers kept racing for it")

    def replace(self, key: str, seen: bytes, data: bytes) -> None:
        """Write the object while it still holds ``seen``, by the ETag it was read with.

        A lost answer is told from a lost race as in :meth:`put_new`. A server that ignores ``If-Match`` lets the last
        writer win (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html).

        Raises:
            ObjectChanged: it holds something else, or nothing.

        """
        address = self._address(key)
        changed = ObjectChanged(f"{self.uri}: key {key!r} was changed by somebody else. Read it again.")
        writer = secrets.token_hex(16)
        with self._mapped(key):
            try:
                found = self._client.get_object(**address)
                if found["Body"].read() != seen:
                    raise changed
                self._client.put_object(**address, Body=data, IfMatch=found["ETag"], Metadata={"writer": writer})
            except ClientError as error:
                code = _code(error)
                if code not in _TAKEN | _RACING | _MISSING:
                    raise
                if code not in _TAKEN or not self._wrote(address, writer):
                    raise changed from error

    def exists(self, key: str) -> bool:
        """Tell whether the key holds an object."""
        address = self._address(key)
        try:
            with self._mapped(key):
                self._client.head_object(**address)
        except ObjectMissing:
            return False
        return True

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys that start with ``prefix`` in order of their UTF-8 bytes."""
        start = self._base + check_prefix(prefix)
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=start)
        with self._mapped(prefix):
            for page in pages:
                # Consoles mark folders by empty objects whose key ends in a slash: no keys of ours.
                keys = (entry["Key"][len(self._base) :] for entry in page.get("Contents", ()))
                yield from (key for key in keys if key and not key.endswith("/"))

    def delete(self, key: str) -> None:
        """Remove the object; quiet where there is none."""
        address = self._address(key)
        try:
            with self._mapped(key):
                self._client.delete_object(**address)
        except ObjectMissing:
            return

    def download(self, key: str, path: Path) -> None:
        """Copy the object to ``path``, atomically and in parts.

        Raises:
            ObjectMissing: there is none.

        """
        address = self._address(key)
        with self._mapped(key), writing(path), atomic_file(path) as file:
            self._client.download_fileobj(**address, Fileobj=file, Config=self._transfer)

    def upload(self, path: Path, key: str) -> None:
        """Copy the file at ``path`` to the object, in parts above 16 MiB; it appears whole or not at all.

        Raises:
            ObjectMissing: there is no such local file.

        """
        address = self._address(key)
        if not path.is_file():
            raise ObjectMissing(f"upload to {self.uri}, key {key!r}: no local file {path}")
        with self._mapped(key), path.open("rb") as file:
            self._client.upload_fileobj(**address, Fileobj=file, Config=self._transfer)

    def _wrote(self, address: Mapping[str, str], writer: str) -> bool:
        """Tell whether the object is the one that ``writer`` put."""
        return bool(self._client.head_object(**address)["Metadata"].get("writer") == writer)

    def _address(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._base + check_key(key)}

    @contextmanager
    def _mapped(self, key: str) -> Iterator[None]:
        """Turn what boto3 says into this project's errors."""
        try:
            yield
        except ClientError as error:
            raise self._error(key, error) from error
        except _UNSET as error:
            raise UsageError(f"{self.uri}: key {key!r}: {error}. Set credentials and region as boto3 wants.") from error
        except (BotoCoreError, Boto3Error, RetriesExceededError, ConnectionError, TimeoutError) as error:
            raise StoreUnavailable(f"{self.uri}: key {key!r}: {error}") from error

    def _error(self, key: str, error: ClientError) -> Exception:
        code = _code(error)
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        if code in _MISSING:
            return ObjectMissing(f"{self.uri}: no object under key {key!r}")
        if code in _TAKEN:
            return ObjectExists(f"{self.uri}: key {key!r} is taken")
        if code in _BUSY or (status >= 500 and code != "NotImplemented"):
            return StoreUnavailable(f"{self.uri}: key {key!r}: {error}")
        return UsageError(
            f"{self.uri}: key {key!r}: {error}. Check bucket, region, credentials and rights "
            "(put, get, list, delete), and that the server knows conditional puts."
        )


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _client_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the client's options: time-outs, bounded retries, and what other servers than AWS need."""
    endpoint = options.get("endpoint_url") or os.environ.get(ENDPOINT_VARIABLE)
    config = Config(
        connect_timeout=5,
        read_timeout=60,
        retries={"mode": "standard", "total_max_attempts": 5},
        max_pool_connections=16,
    )
    if endpoint:
        # Many servers know neither bucket host names nor AWS's newer checksum trailers.
        other = Config(
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        config = config.merge(other)
    given = options.get("config")
    merged = config.merge(given) if given is not None else config
    return {**options, "config": merged, **({"endpoint_url": endpoint} if endpoint else {})}

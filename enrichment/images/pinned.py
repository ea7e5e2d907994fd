"""A network back end that connects to the very address it checked, and keeps one deadline for all of a fetch.

Checking a name and letting the client resolve it again would let the name's owner answer differently the
second time (DNS rebinding).
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterable
from typing import Any

import httpcore

from enrichment.images.address import Resolve, checked_addresses
from enrichment.images.policy import HttpPolicy


class Deadline(threading.local):
    """When the fetch that runs in this thread must be over, in seconds of ``time.monotonic``."""

    at: float = float("inf")

    def left(self, timeout: float | None) -> float:
        """Return ``timeout`` or the time left, whichever is shorter.

        Raises:
            httpcore.ReadTimeout: none is left.

        """
        left = self.at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for one picture is over")
        return left if timeout is None else min(timeout, left)


class PinnedBackend(httpcore.NetworkBackend):
    """Resolve a host once a connection, refuse addresses that are not public, connect to what was checked."""

    def __init__(self, policy: HttpPolicy, resolver: Resolve, deadline: Deadline) -> None:
        """Check by ``policy``, resolve by ``resolver``."""
        self._policy = policy
        self._resolver = resolver
        self._deadline = deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers.

        Raises:
            PictureRefused: an address of the host is not public.
            httpcore.ConnectError: the name does not resolve, or no address answers.

        """
        try:
            addresses = checked_addresses(host, port, self._policy, self._resolver)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host}: {error}") from error
        failure: Exception = httpcore.ConnectError(host)
        for address in addresses:
            try:
                stream = self._plain.connect_tcp(
                    address, port, self._deadline.left(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _DeadlineStream(stream, self._deadline)
        raise failure


class _DeadlineStream(httpcore.NetworkStream):
    """A connection on which a server that sends one byte now and then cannot outlast the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _DeadlineStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

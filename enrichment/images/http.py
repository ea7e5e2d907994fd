"""Pictures at http(s) addresses, fetched with limits on time, size, redirects and where they lead."""

from __future__ import annotations

import logging
import ssl
import threading
import time
from collections.abc import Callable

import certifi
import httpcore
import httpx

from enrichment.images.address import Resolve, checked_url, resolve
from enrichment.images.pinned import Deadline, PinnedBackend
from enrichment.images.policy import ImagePolicy
from enrichment.images.port import PictureSource
from enrichment.images.refused import PictureRefused
from schemas.errors import FetchFailed
from schemas.records import ProblemReason, bounded

_LOG = logging.getLogger(__name__)
_HEADERS = [(b"User-Agent", b"catalog-enrichment"), (b"Accept", b"image/*"), (b"Accept-Encoding", b"identity")]
_REDIRECTS = {301, 302, 303, 307, 308}
_GONE = {404, 410}
_AGAIN = {408, 425, 429}
_NETWORK = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, ssl.SSLError, OSError)


class HttpSource(PictureSource):
    """One http client for a drop: no cookies, no proxies, no credentials; redirects followed by hand."""

    remote = True

    def __init__(
        self, base: str, policy: ImagePolicy, resolver: Resolve = resolve, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """Fetch by ``policy``; relative references are joined to ``base``."""
        self._base = base
        self._policy = policy
        self._sleep = sleep
        self._deadline = Deadline()
        self._failures: dict[str, int] = {}
        self._lock = threading.Lock()
        trust = ssl.create_default_context()
        trust.load_verify_locations(certifi.where())
        self._pool = httpcore.ConnectionPool(
            ssl_context=trust,
            max_connections=policy.http.concurrent,
            network_backend=PinnedBackend(policy.http, resolver, self._deadline),
        )

    def read(self, ref: str) -> bytes:
        """Return the bytes at ``ref``, every redirect's target checked like the first address.

        Raises:
            PictureRefused: refused address, missing, too large, or a refusal by the server.
            FetchFailed: time-outs, broken connections or server errors in every try.

        """
        http = self._policy.http
        url = self._first(ref)
        if self._failures.get(url.host, 0) >= http.host_failures:
            raise FetchFailed(f"{bounded(ref)}: not tried, its host failed {http.host_failures} times in a row")
        self._deadline.at = time.monotonic() + http.total_seconds
        failure: Exception | None = None
        for attempt in range(http.tries):
            if attempt and not self._waited(http.backoff_seconds * 2 ** (attempt - 1)):
                break
            try:
                data = self._follow(url)
            except (FetchFailed, *_NETWORK) as error:
                failure = error
            except PictureRefused:
                # No picture, but an answer: the host is there.
                self._count(url.host, failed=False)
                raise
            else:
                self._count(url.host, failed=False)
                return data
        self._count(url.host, failed=True)
        why = str(failure) or type(failure).__name__
        raise FetchFailed(f"{bounded(ref)}: {bounded(why)}. Try later, or raise the limits.") from failure

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def _first(self, ref: str) -> httpx.URL:
        text = ref.strip()
        if self._base and "://" not in text:
            text = _joined(checked_url(self._base, self._policy.http), text)
        return checked_url(text, self._policy.http)

    def _waited(self, seconds: float) -> bool:
        """Sleep, and tell whether the deadline leaves time for another try."""
        if time.monotonic() + seconds >= self._deadline.at:
            return False
        self._sleep(seconds)
        return True

    def _count(self, host: str, *, failed: bool) -> None:
        with self._lock:
            self._failures[host] = self._failures.get(host, 0) + 1 if failed else 0
            if self._failures[host] == self._policy.http.host_failures:
                _LOG.warning("host %s failed %d times in a row; no longer asked", bounded(host), self._failures[host])

    def _follow(self, url: httpx.URL) -> bytes:
        for _ in range(self._policy.http.max_redirects + 1):
            answer = self._get(url)
            if isinstance(answer, bytes):
                return answer
            url = checked_url(_joined(url, answer), self._policy.http)
        raise PictureRefused(
            ProblemReason.ADDRESS_REFUSED, f"{url.host}: more than {self._policy.http.max_redirects} redirects"
        )

    def _get(self, url: httpx.URL) -> bytes | str:
        """Return the body, or the address that the server redirects to."""
        http = self._policy.http
        timeout = {"connect": http.connect_seconds, "read": http.read_seconds, "write": http.read_seconds}
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        host = (b"Host", url.netloc)
        extensions = {"timeout": {**timeout, "pool": http.total_seconds}}
        with self._pool.stream("GET", target, headers=[host, *_HEADERS], extensions=extensions) as response:
            headers = {name.lower(): value for name, value in response.headers}
            if response.status in _REDIRECTS:
                return _target(headers, url)
            _check_status(response.status, url)
            return self._body(response, headers, url)

    def _body(self, response: httpcore.Response, headers: dict[bytes, bytes], url: httpx.URL) -> bytes:
        encoding = headers.get(b"content-encoding", b"identity").decode("latin-1").lower()
        if encoding not in {"", "identity"}:
            raise PictureRefused(ProblemReason.PICTURE_FORMAT, f"{url}: content-encoding {encoding}; allowed: identity")
        limit = self._policy.max_bytes
        declared = headers.get(b"content-length", b"0")
        data = bytearray()
        if not declared.isdigit() or int(declared) <= limit:
            for chunk in response.iter_stream():
                data += chunk
                if len(data) > limit:
                    break
            else:
                return bytes(data)
        raise PictureRefused(ProblemReason.PICTURE_TOO_LARGE, f"{url}: more than {limit} bytes, which is the most")


def _check_status(status: int, url: httpx.URL) -> None:
    if status >= 500 or status in _AGAIN:
        raise FetchFailed(f"{bounded(str(url))}: status {status}")
    if status in _GONE:
        raise PictureRefused(ProblemReason.PICTURE_MISSING, f"{url}: status {status}")
    if status != 200:
        raise PictureRefused(ProblemReason.FETCH_FAILED, f"{url}: status {status}; expected 200")


def _target(headers: dict[bytes, bytes], url: httpx.URL) -> str:
    location = headers.get(b"location", b"").decode("latin-1")
    if not location:
        raise PictureRefused(ProblemReason.FETCH_FAILED, f"{url}: a redirect without a target")
    return location


def _joined(url: httpx.URL, location: str) -> str:
    try:
        return str(url.join(location))
    except (httpx.InvalidURL, ValueError) as error:
        raise PictureRefused(ProblemReason.ADDRESS_REFUSED, f"{url}: leads to no address") from error

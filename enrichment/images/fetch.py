"""Fetch the pictures of one shard: each distinct reference read once, checked, and kept under its hash."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

from enrichment.images.decode import probe
from enrichment.images.keep import keep, key_of, sha256_of
from enrichment.images.policy import ImagePolicy
from enrichment.images.port import PictureSource
from enrichment.images.refused import PictureRefused
from enrichment.progress.port import Progress
from enrichment.stores.port import Store
from schemas.errors import FetchFailed
from schemas.records import ImageRef, ProblemReason, RowProblem, bounded

STAGE = "fetch"
COLUMN = "images"
_DECODERS = 2


@dataclass(frozen=True, slots=True)
class PictureWant:
    """One picture a product names: ``position`` counts from 0; ``sha256`` is known where it was kept before."""

    vendor: str
    sku: str
    row: int
    position: int
    ref: str
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a reference came to; both where an earlier picture stands in for a refused one."""

    sha256: str | None = None
    refused: PictureRefused | None = None


def fetch_pictures(
    wants: Sequence[PictureWant],
    source: PictureSource,
    store: Store,
    policy: ImagePolicy,
    night: date,
    progress: Progress,
) -> tuple[list[ImageRef], list[RowProblem]]:
    """Return a record for every usable picture and a problem for every other, both in the order of ``wants``.

    Where ``sha256`` names a picture in the store, it is not fetched again over the network, nor read from the store;
    a local source is asked first, because a vendor may send another picture under the old name, and the kept one is
    used where the drop does not hold it or holds a broken one (the latter is still a problem). The very bytes that are
    known are not decoded again. No problem here quarantines a row.

    Raises:
        StoreUnavailable: the store did not take a picture; what was kept so far stays.

    """
    keys = list(dict.fromkeys((want.ref, want.sha256) for want in wants))
    progress.start(len(keys), "fetch pictures")
    fetcher = _Fetcher(source, store, policy)
    outcomes: dict[tuple[str, str | None], _Outcome] = {}
    for key, outcome in zip(keys, _all(fetcher, keys), strict=True):
        outcomes[key] = outcome
        progress.advance(1, failed=int(outcome.refused is not None))
    images: list[ImageRef] = []
    problems: list[RowProblem] = []
    for want in wants:
        outcome = outcomes[want.ref, want.sha256]
        if outcome.refused is not None:
            problems.append(_problem(want, outcome.refused, night))
        if outcome.sha256 is not None:
            images.append(ImageRef(want.vendor, want.sku, want.position, want.ref, outcome.sha256))
    return images, problems


class _Fetcher:
    """What one worker does with one reference."""

    def __init__(self, source: PictureSource, store: Store, policy: ImagePolicy) -> None:
        self.workers = policy.http.concurrent if source.remote else policy.readers
        self._source = source
        self._store = store
        self._policy = policy
        # Many may wait for network or disk, but few pictures at a time are unpacked in memory.
        self._decoding = threading.Semaphore(_DECODERS)

    def __call__(self, key: tuple[str, str | None]) -> _Outcome:
        ref, sha256 = key
        if self._source.remote and self._is_kept(sha256):
            return _Outcome(sha256)
        try:
            return _Outcome(self._fresh(ref, sha256))
        except PictureRefused as refused:
            if not self._is_kept(sha256):
                return _Outcome(None, refused)
            hidden = refused.reason is ProblemReason.PICTURE_MISSING
            return _Outcome(sha256, None if hidden else refused)
        except FetchFailed as failed:
            return _Outcome(None, PictureRefused(ProblemReason.FETCH_FAILED, str(failed)))

    def _is_kept(self, sha256: str | None) -> bool:
        """Tell whether the store holds the picture of an earlier run; its bytes are not asked for."""
        return self._store.exists(key_of(sha256)) if sha256 else False

    def _fresh(self, ref: str, known: str | None) -> str:
        data = self._source.read(ref)
        sha256 = sha256_of(data)
        if sha256 != known:
            with self._decoding:
                probe(data, self._policy)
        return keep(self._store, data, sha256)


def _all(fetcher: _Fetcher, keys: list[tuple[str, str | None]]) -> Iterator[_Outcome]:
    """Yield the outcome of every key in order, from the fetcher's threads."""
    pool = ThreadPoolExecutor(fetcher.workers, thread_name_prefix="fetch")
    try:
        yield from pool.map(fetcher, keys)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _problem(want: PictureWant, refused: PictureRefused, night: date) -> RowProblem:
    detail = refused.detail if want.ref and want.ref[:40] in refused.detail else f"{want.ref}: {refused.detail}"
    return RowProblem(
        vendor=want.vendor,
        night=night,
        row=want.row,
        sku=want.sku,
        stage=STAGE,
        reason=refused.reason,
        column=COLUMN,
        excerpt=bounded(detail),
        quarantined=False,
    )

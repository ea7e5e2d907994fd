"""Choose a progress back end by its name."""

from __future__ import annotations

from collections.abc import Callable

from enrichment.progress.list import ListProgress
from enrichment.progress.log import LogProgress
from enrichment.progress.null import NullProgress
from enrichment.progress.port import Progress
from schemas.errors import UsageError


def _rich() -> Progress:
    from enrichment.progress.rich import RichProgress

    return RichProgress()


BACK_ENDS: dict[str, Callable[[], Progress]] = {
    "null": NullProgress,
    "list": ListProgress,
    "log": LogProgress,
    "rich": _rich,
}


def open_progress(kind: str) -> Progress:
    """Return a new back end: one of ``null``, ``list``, ``log``, ``rich``.

    Raises:
        UsageError: ``kind`` is none of them.

    """
    if kind not in BACK_ENDS:
        raise UsageError(f"progress={kind!r} is not known; allowed: {', '.join(BACK_ENDS)}")
    return BACK_ENDS[kind]()

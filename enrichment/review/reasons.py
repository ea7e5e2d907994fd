"""The one reason that names a change and the pattern it is part of."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.records import Reason


def main_reason(reasons: Sequence[str] | None) -> str:
    """Return the reason that names a pattern: the first that is more than a confirmation."""
    # A confirmation beside another reason only says that some level was right all along.
    telling = [reason for reason in reasons or () if reason != Reason.CONFIRMED]
    return telling[0] if telling else (Reason.CONFIRMED.value if reasons else Reason.NO_EVIDENCE.value)

"""One root for every error, split by what the scheduler should do about it.

``Transient`` is worth another try (a time-out, a busy store); ``Terminal`` is not (a missing column,
a mismatched index bundle). A bad *row* is neither: it is a :class:`schemas.records.RowProblem`.
"""

from __future__ import annotations

MESSAGE_LIMIT = 2_000


class EnrichError(Exception):
    """Root of all errors of this project; the message is bounded to ``MESSAGE_LIMIT`` characters."""

    def __init__(self, message: str) -> None:
        """Keep ``message``, cut where vendor input would make it unbounded."""
        super().__init__(message if len(message) <= MESSAGE_LIMIT else message[: MESSAGE_LIMIT - 1] + "…")


class Transient(EnrichError):
    """The same call may succeed later: retry it."""


class Terminal(EnrichError):
    """The same call will fail again: stop, and say the way out."""


class DeclarationError(Terminal, ValueError):
    """A YAML declaration is wrong; the message names file and line."""


class UsageError(Terminal, ValueError):
    """A caller asked for something that does not exist; the message lists what does."""


class DropError(Terminal, ValueError):
    """A whole drop cannot be read: missing column, other encoding, truncated file."""


class UnknownVendor(Terminal, LookupError):
    """A drop came from a vendor that no YAML declares."""


class StoreUnavailable(Transient, OSError):
    """The object store did not answer, or answered with a server error."""


class ObjectMissing(Terminal, FileNotFoundError):
    """A key that must exist does not."""


class ObjectExists(Terminal, FileExistsError):
    """A conditional put found the key taken."""


class ObjectChanged(Transient, OSError):
    """A conditional put found other bytes than its caller had read: read them again and decide anew."""


class ObjectCorrupt(Terminal, ValueError):
    """A stored object's bytes do not hash to its name, or to what was noted when it was written."""


class FetchFailed(Transient, OSError):
    """A picture address did not answer in time, or answered with a server error."""


class ModelMismatch(Terminal, ValueError):
    """A model folder does not match its own hash, labels or preprocessing."""


class BundleMismatch(Terminal, ValueError):
    """An index bundle does not match its sidecar: metric, dimensions, size, hash or model."""


class PublishedMismatch(Terminal, ValueError):
    """A published run, or the pointer to it, does not match its own manifest or hashes."""


class GateRefused(Terminal, ValueError):
    """The publish gate found tables that must not leave."""


class ApprovalNeeded(Terminal, PermissionError):
    """The night moved more than it may on its own: a person has to approve it before it is published."""


class RowsLost(Terminal, ValueError):
    """Rows in are not rows published plus rows withdrawn plus rows quarantined."""

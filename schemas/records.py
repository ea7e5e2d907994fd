"""The records that stages pass each other inside a shard: frozen, slotted, self-checking.

Tables of the same rows at rest are in :mod:`schemas.tables`. A product is named by ``(vendor, sku)``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEVELS = ("division", "department", "class", "subclass", "category")
EXCERPT_LIMIT = 160
# The rule of a placement that a person decided starts so; every other rule is the machine's own.
REVIEWED = "review:"
# The row number of a problem that is about a drop as a whole.
WHOLE_DROP = 0
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Source(StrEnum):
    """Who makes a claim."""

    VENDOR = "vendor"
    TEXT = "text"
    IMAGE = "image"


class EvidenceKind(StrEnum):
    """What proves a claim."""

    SPAN = "span"
    IMAGE = "image"
    COLUMN = "column"
    RULE = "rule"


class DecisionStatus(StrEnum):
    """How an attribute ended: a value, unsure, or declared not to apply to the group."""

    DECIDED = "decided"
    ABSTAINED = "abstained"
    NOT_APPLICABLE = "not_applicable"


class PlacementStatus(StrEnum):
    """How a placement ended."""

    DECIDED = "decided"
    STOPPED_AT_PARENT = "stopped_at_parent"
    ABSTAINED = "abstained"


class LevelState(StrEnum):
    """What a vendor's hierarchy level is, once read for what it is."""

    ABSENT = "absent"
    BLANK = "blank"
    PLACEHOLDER = "placeholder"
    REPEATED = "repeated"
    SHIFTED = "shifted"
    SYNONYM = "synonym"
    UNKNOWN = "unknown"
    RIGHT = "right"


class Reason(StrEnum):
    """Why a product stands where it stands (closed list; the diff report filters by it).

    ``confirmed``: the vendor's own class was found right. ``no_class_filed``: nothing known was filed from the class
    down, words and pictures placed it alone. ``review_decided``: a person set the path; ``rule_override``: a declared
    rule did. ``filing_text_conflict``: the vendor's filing won against words that name another gender or type.
    """

    CONFIRMED = "confirmed"
    NO_CLASS_FILED = "no_class_filed"
    DEF_FILLED = "def_filled"
    DEF_UNRESOLVED = "def_unresolved"
    LEVEL_SHIFTED = "level_shifted"
    LEVEL_REPEATED = "level_repeated"
    SYNONYM_RESOLVED = "synonym_resolved"
    VENDOR_CONTRADICTION = "vendor_contradiction"
    IMAGE_TEXT_CONFLICT = "image_text_conflict"
    FILING_TEXT_CONFLICT = "filing_text_conflict"
    RULE_OVERRIDE = "rule_override"
    REVIEW_DECIDED = "review_decided"
    TAXONOMY_MIGRATED = "taxonomy_migrated"
    MODEL_CHANGED = "model_changed"
    LOCK_KEPT = "lock_kept"
    BACKED_OFF = "backed_off"
    OUTSIDE_TAXONOMY = "outside_taxonomy"
    NO_EVIDENCE = "no_evidence"


# Sources that exclude each other about what a product is; counted, filtered and ranked as one.
CONTRADICTIONS = (Reason.VENDOR_CONTRADICTION, Reason.IMAGE_TEXT_CONFLICT, Reason.FILING_TEXT_CONFLICT)


class ProblemReason(StrEnum):
    """Why a row, or one picture of it, was refused (closed list); the last four are about a drop as a whole."""

    SKU_MISSING = "sku_missing"
    SKU_REPEATED = "sku_repeated"
    NAME_MISSING = "name_missing"
    ROW_MALFORMED = "row_malformed"
    QUOTE_UNCLOSED = "quote_unclosed"
    ROW_TOO_LONG = "row_too_long"
    VALUE_INVALID = "value_invalid"
    VALUE_UNKNOWN = "value_unknown"
    PICTURE_MISSING = "picture_missing"
    PICTURE_CORRUPT = "picture_corrupt"
    PICTURE_TOO_LARGE = "picture_too_large"
    PICTURE_BOMB = "picture_bomb"
    PICTURE_FORMAT = "picture_format"
    PICTURE_TOO_SMALL = "picture_too_small"
    PATH_OUTSIDE = "path_outside"
    ARCHIVE_BOMB = "archive_bomb"
    ADDRESS_REFUSED = "address_refused"
    FETCH_FAILED = "fetch_failed"
    LANGUAGE_UNSUPPORTED = "language_unsupported"
    COLUMN_ABSENT = "column_absent"
    PATH_UNSPLIT = "path_unsplit"
    MOST_PICTURES_MISSING = "most_pictures_missing"


def bounded(text: str, limit: int = EXCERPT_LIMIT) -> str:
    """Cut vendor text to ``limit`` characters and replace control characters, for logs and problems."""
    safe = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[: limit + 1])
    return safe if len(safe) <= limit else safe[: limit - 1] + "…"


def _require(ok: bool, what: str, got: object, allowed: str) -> None:
    if not ok:
        raise ValueError(f"{what}: got {bounded(repr(got))}; allowed: {allowed}")


def _check_confidence(what: str, value: float) -> None:
    _require(0.0 <= value <= 1.0, what, value, "0 to 1")


@dataclass(frozen=True, slots=True)
class VendorDrop:
    """What one vendor delivered for one night: where it lies and what its bytes hash to."""

    vendor: str
    night: date
    uri: str
    fingerprint: str

    def __post_init__(self) -> None:
        """Refuse an unnamed vendor or an empty fingerprint."""
        _require(bool(self.vendor), "VendorDrop.vendor", self.vendor, "a declared vendor")
        _require(bool(self.fingerprint), "VendorDrop.fingerprint", self.fingerprint, "a content hash")


@dataclass(frozen=True, slots=True)
class Product:
    """One product as its vendor sent it, words untouched; ``rows`` are the 1-based drop rows it came from."""

    vendor: str
    sku: str
    rows: tuple[int, ...]
    name: str = ""
    description: str = ""
    levels: tuple[str | None, ...] = (None, None, None, None, None)
    fields: Mapping[str, str] = field(default_factory=dict)
    sizes: tuple[str, ...] = ()
    images: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a product without a name of its own (sku) or with other than five levels."""
        _require(bool(self.sku.strip()), "Product.sku", self.sku, "a non-empty sku")
        _require(len(self.levels) == len(LEVELS), "Product.levels", self.levels, f"one value or None for {LEVELS}")
        _require(bool(self.rows), "Product.rows", self.rows, "at least one drop row")


@dataclass(frozen=True, slots=True)
class ImageRef:
    """One picture of a product, kept in the image store under the sha256 of its bytes."""

    vendor: str
    sku: str
    position: int
    ref: str
    sha256: str

    def __post_init__(self) -> None:
        """Refuse anything but a lower-case sha256."""
        _require(bool(_SHA256.fullmatch(self.sha256)), "ImageRef.sha256", self.sha256, "64 hex digits")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves a claim: a span of the original text, a picture, a vendor column or a rule.

    ``field`` names the text field ("name", "description"), the picture's sha256, the vendor column or
    the rule id. ``start``/``end`` are offsets into the original text, -1 where there is no span.
    """

    kind: EvidenceKind
    field: str
    start: int = -1
    end: int = -1
    quote: str = ""

    def __post_init__(self) -> None:
        """Refuse a span that is empty, reversed or longer than its quote."""
        if self.kind is EvidenceKind.SPAN:
            _require(0 <= self.start < self.end, "Evidence span", (self.start, self.end), "0 <= start < end")
            _require(len(self.quote) == self.end - self.start, "Evidence.quote", self.quote, "the text of the span")


@dataclass(frozen=True, slots=True)
class AttributeClaim:
    """Somebody says that a product's attribute has a value, how sure they are, and what proves it."""

    vendor: str
    sku: str
    attribute: str
    value: str
    source: Source
    producer: str
    confidence: float
    evidence: Evidence

    def __post_init__(self) -> None:
        """Refuse an empty value or a confidence outside 0 to 1."""
        _require(bool(self.value), f"claim {self.attribute}", self.value, "a non-empty value")
        _check_confidence(f"claim {self.attribute}.confidence", self.confidence)


@dataclass(frozen=True, slots=True)
class GroupPrediction:
    """Which image group a picture shows; ``scores`` follow the order of ``schemas/groups.yaml`` and sum to 1."""

    vendor: str
    sku: str
    sha256: str
    group: str
    confidence: float
    scores: tuple[float, ...]
    producer: str

    def __post_init__(self) -> None:
        """Refuse scores that are no distribution."""
        _check_confidence("GroupPrediction.confidence", self.confidence)
        _require(abs(sum(self.scores) - 1.0) < 1e-3, "GroupPrediction.scores", sum(self.scores), "a sum of 1")


@dataclass(frozen=True, slots=True)
class EmbeddingBatch:
    """Embeddings float32 ``[N, D]`` of unit norm under ``N`` unique picture ids (sha256)."""

    ids: tuple[str, ...]
    vectors: NDArray[np.float32]

    def __post_init__(self) -> None:
        """Refuse repeated ids, another length, and vectors that are not of unit norm (NaN included)."""
        shape = self.vectors.shape
        _require(len(shape) == 2 and shape[0] == len(self.ids), "EmbeddingBatch.vectors", shape, "[len(ids), D]")
        _require(str(self.vectors.dtype) == "float32", "EmbeddingBatch.dtype", self.vectors.dtype, "float32")
        _require(len(set(self.ids)) == len(self.ids), "EmbeddingBatch.ids", len(self.ids), "unique ids")
        norms = (self.vectors.astype("float64") ** 2).sum(axis=1)
        _require(bool((abs(norms - 1.0) < 1e-3).all()), "EmbeddingBatch norm", norms[:3].tolist(), "unit norm")


@dataclass(frozen=True, slots=True)
class AttributeDecision:
    """What an attribute of a product is, after all claims met: a value, unsure, or not applicable."""

    vendor: str
    sku: str
    attribute: str
    status: DecisionStatus
    value: str | None
    confidence: float
    source: Source | None
    rule: str
    conflict: bool = False

    def __post_init__(self) -> None:
        """Refuse a decided attribute without value, and a value on any other."""
        decided = self.status is DecisionStatus.DECIDED
        _require(decided == (self.value is not None), f"decision {self.attribute}", self.value, "a value iff decided")
        _check_confidence(f"decision {self.attribute}.confidence", self.confidence)


@dataclass(frozen=True, slots=True)
class HierarchyPath:
    """Division, department, class, subclass, category: known from the top down, unknown below."""

    levels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a sixth level and an unnamed one."""
        _require(len(self.levels) <= len(LEVELS), "HierarchyPath", self.levels, f"at most {LEVELS}")
        _require(all(self.levels), "HierarchyPath", self.levels, "no empty level")

    def level(self, name: str) -> str | None:
        """Return the value of one of ``LEVELS``, None below the path's end."""
        at = LEVELS.index(name)
        return self.levels[at] if at < len(self.levels) else None


@dataclass(frozen=True, slots=True)
class HierarchyDecision:
    """Where a product belongs, how sure each level is, and why; ``levels_seen`` reads the vendor's filing."""

    vendor: str
    sku: str
    status: PlacementStatus
    path: HierarchyPath
    confidences: tuple[float, ...]
    reasons: tuple[Reason, ...]
    levels_seen: tuple[LevelState, ...]
    rule: str = ""

    def __post_init__(self) -> None:
        """Refuse a confidence missing for a level, and a decision without a path."""
        _require(len(self.confidences) == len(self.path.levels), "confidences", self.confidences, "one a level")
        for value in self.confidences:
            _check_confidence("HierarchyDecision.confidence", value)
        _require(bool(self.path.levels) or self.status is PlacementStatus.ABSTAINED, "status", self.status, "abstained")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row, or one picture of it, that was refused: where, why, and a bounded excerpt of what was got.

    ``quarantined`` rows are not published; any other problem leaves the product in, with what is usable.
    Row ``WHOLE_DROP`` is a notice about the drop itself: something that each row has in common.
    """

    vendor: str
    night: date
    row: int
    sku: str | None
    stage: str
    reason: ProblemReason
    column: str
    excerpt: str
    quarantined: bool

    def __post_init__(self) -> None:
        """Refuse an excerpt that is not bounded (use :func:`bounded`)."""
        _require(len(self.excerpt) <= EXCERPT_LIMIT, "RowProblem.excerpt", len(self.excerpt), f"<= {EXCERPT_LIMIT}")


@dataclass(frozen=True, slots=True)
class StageReport:
    """How many units a stage took in, finished and quarantined; ``notes`` are counts by name."""

    stage: str
    shard: str
    units_in: int
    done: int
    quarantined: int
    notes: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a report in which units were lost."""
        total = self.done + self.quarantined
        _require(self.units_in == total, f"{self.stage}/{self.shard} units_in", self.units_in, f"{total}")


@dataclass(frozen=True, slots=True)
class RunManifest:
    """What a run is made of: night, drops, base run, and the hash of everything that shapes its answers."""

    run_id: str
    night: date
    base_run_id: str | None
    drops: tuple[VendorDrop, ...]
    missing: tuple[str, ...]
    versions: Mapping[str, str]

    def __post_init__(self) -> None:
        """Refuse two drops of one vendor."""
        vendors = [drop.vendor for drop in self.drops]
        _require(len(set(vendors)) == len(vendors), "RunManifest.drops", vendors, "one drop a vendor")

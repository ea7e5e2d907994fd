"""A vendor most of whose pictures are missing: one notice with the place that was looked in."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.images.fetch import STAGE
from schemas.records import WHOLE_DROP, ProblemReason, RowProblem, bounded
from schemas.vendor_spec import VendorSpec

LEAST = 10
_SHOWN = 70
_PLACES = {"zip": "archive", "folder": "folder", "http": "addresses below"}
_MARKS = ("|", ";", ",")


def missing_pictures(spec: VendorSpec, sent: pa.Table, problems: pa.Table, night: date) -> list[RowProblem]:
    """Return the notice about one vendor's pictures of ``sent`` (PRODUCTS of tonight), none where most were found."""
    mine = sent.filter(pc.equal(sent["vendor"], spec.vendor))
    asked = pc.sum(pc.list_value_length(mine["images"])).as_py() or 0
    gone = problems.filter(
        pc.and_(
            pc.equal(problems["vendor"], spec.vendor),
            pc.equal(problems["reason"], ProblemReason.PICTURE_MISSING.value),
        )
    )
    return notice(spec, night, asked, gone["excerpt"].to_pylist())


def notice(spec: VendorSpec, night: date, asked: int, gone: list[str]) -> list[RowProblem]:
    """Return a notice where more than half of ``asked`` pictures, and at least 10, are ``gone`` (told one by one)."""
    pictures = spec.pictures
    if pictures is None or len(gone) < LEAST or 2 * len(gone) <= asked:
        return []
    place = (
        f"{_PLACES[pictures.kind]} {bounded(pictures.prefix if pictures.kind == 'http' else pictures.location, 40)!r}"
    )
    mark = next((mark for mark in _MARKS if mark in gone[0]), "")
    several = f" (several, split by {mark!r}?)" if mark else ""
    told = f"{len(gone)} of {asked} are not in {place}; first: {bounded(gone[0], _SHOWN)}{several}"
    column = ", ".join(image.column for image in spec.columns.images)
    reason = ProblemReason.MOST_PICTURES_MISSING
    return [RowProblem(spec.vendor, night, WHOLE_DROP, None, STAGE, reason, column, bounded(told), quarantined=False)]

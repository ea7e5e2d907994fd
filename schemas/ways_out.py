"""What can be done about a refused row, picture or value: one sentence a reason, for whoever reads the problems."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.records import ProblemReason

_ASK = "Ask the vendor to send it again"
_PICTURE = "Ask the vendor for another picture; the product stays, on its words"
WAY_OUT: Mapping[ProblemReason, str] = {
    ProblemReason.SKU_MISSING: "Ask the vendor for the product's number, or fix `sku` in the vendor's YAML",
    ProblemReason.SKU_REPEATED: "The first row counts. Where rows are sizes of a product, declare `style` in the YAML",
    ProblemReason.NAME_MISSING: "Ask the vendor for a name or a picture: nothing can be said of this product",
    ProblemReason.ROW_MALFORMED: f"{_ASK}; where every row is so, fix the format in the vendor's YAML",
    ProblemReason.QUOTE_UNCLOSED: f"{_ASK} with its quotes closed, or fix `quote` in the vendor's YAML",
    ProblemReason.ROW_TOO_LONG: f"{_ASK}; if so much text is real, raise `limits` in the vendor's YAML",
    ProblemReason.VALUE_INVALID: "The value was left out. Fix it with the vendor, or its range in the vendor's YAML",
    ProblemReason.VALUE_UNKNOWN: "Add a synonym in schemas/attributes.yaml, or fix the column map in the vendor's YAML",
    ProblemReason.PICTURE_MISSING: "Ask the vendor for the picture, or fix `pictures` in the vendor's YAML",
    ProblemReason.PICTURE_CORRUPT: _PICTURE,
    ProblemReason.PICTURE_TOO_LARGE: _PICTURE,
    ProblemReason.PICTURE_BOMB: _PICTURE,
    ProblemReason.PICTURE_FORMAT: _PICTURE,
    ProblemReason.PICTURE_TOO_SMALL: _PICTURE,
    ProblemReason.PATH_OUTSIDE: "The reference leads out of the drop and was not followed: ask the vendor about it",
    ProblemReason.ARCHIVE_BOMB: "The archive's member was not unpacked: ask the vendor for a sound archive",
    ProblemReason.ADDRESS_REFUSED: "The address is not public and was not asked: ask the vendor for a public one, or "
    "allow its host (ENRICH_PRIVATE_HOSTS); the next night tries again",
    ProblemReason.FETCH_FAILED: "The vendor's server did not give the picture; the next night asks again",
    ProblemReason.LANGUAGE_UNSUPPORTED: "Ask the vendor for words in English; until then they claim nothing, and "
    "pictures and filing stand alone",
    ProblemReason.COLUMN_ABSENT: "Fix the column map in the vendor's YAML; a column that may be absent is `optional`",
    ProblemReason.PATH_UNSPLIT: "Fix the `separator` of `path` in the vendor's YAML: each path stands in one level",
    ProblemReason.MOST_PICTURES_MISSING: "Fix `pictures` (location, prefix) or the `separator` of `images` in the "
    "vendor's YAML, or ask the vendor for the pictures",
}

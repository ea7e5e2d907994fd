"""The declared vendors of ``schemas/vendors/*.yaml``: how each one's drop is read, nothing coded per vendor."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, model_validator

from schemas.attribute_spec import attributes
from schemas.declared import Declared, load
from schemas.errors import DeclarationError
from schemas.records import LEVELS

Format = Literal["csv", "tsv", "jsonl", "json", "xlsx", "parquet", "xml"]
FLAT: frozenset[str] = frozenset({"csv", "tsv", "xlsx"})
SKIP = "skip"
_NAME = re.compile(r"[a-z0-9][a-z0-9_]*")
# "gendre" and "color" are above it, "store" and "stone" are not.
_ALIKE = 0.82


def _known_levels(levels: tuple[str, ...]) -> tuple[str, ...]:
    named = [level for level in levels if level != SKIP]
    if set(named) - set(LEVELS) or len(set(named)) != len(named):
        raise ValueError(f"levels are {LEVELS}, each once")
    return levels


def _level_map(levels: dict[str, str]) -> dict[str, str]:
    _known_levels(tuple(levels))
    return levels


def _plain_name(vendor: str) -> str:
    # The name becomes part of store keys, shard names and file names.
    if not _NAME.fullmatch(vendor):
        raise ValueError("a vendor is named by a-z, 0-9 and _")
    return vendor


def _text_encoding(encoding: str) -> str:
    try:
        "a".encode(encoding)
    except LookupError as error:
        raise ValueError(f"{encoding} is no text encoding") from error
    return encoding


def _inside(path: str) -> str:
    if path.startswith("/") or ".." in Path(path).parts:
        raise ValueError(f"{path!r} must lie inside the drop")
    return path


def _as_column(value: Any) -> Any:
    """Let a bare column name stand for a column without further keys."""
    return {"column": value} if isinstance(value, str) else value


def _as_columns(value: Any) -> Any:
    items = value if isinstance(value, list | tuple) else [value]
    return tuple(_as_column(item) for item in items)


def _as_named_columns(value: Any) -> Any:
    return {name: _as_column(item) for name, item in value.items()} if isinstance(value, dict) else value


def _claims_or_is_carried(name: str) -> str:
    """Refuse a name that is nearly a declared attribute's: it would be carried along and claim nothing."""
    known = {spelling: one.name for one in attributes().attributes for spelling in (one.name, *one.columns)}
    near = next((ours for spelling, ours in known.items() if _alike(name, spelling)), None)
    if near is not None and name not in known:
        raise ValueError(
            f"{name!r} is no attribute of schemas/attributes.yaml; did you mean {near!r}? "
            f"To carry the column along without a claim, name it less alike, such as vendor_{'_'.join(_words(name))}"
        )
    return name


def _alike(name: str, known: str) -> bool:
    """Tell whether two names are the same word for word, give or take a letter."""
    one, other = _words(name), _words(known)
    if "".join(one) == "".join(other):
        return True
    pairs = zip(one, other, strict=False)
    return len(one) == len(other) and all(SequenceMatcher(None, *pair).ratio() > _ALIKE for pair in pairs)


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W_]+", name.casefold())


Inside = Annotated[str, AfterValidator(_inside)]
AttributeName = Annotated[str, AfterValidator(_claims_or_is_carried)]


class ListColumn(Declared):
    """A column whose cell holds several values: split at ``separator``, or a nested list (``images[*].url``)."""

    column: str
    separator: str | None = None


class PathColumn(Declared):
    """A whole hierarchy path in one column; ``levels`` name its parts from the left (``skip`` drops a part)."""

    column: str
    separator: str | None = None
    levels: Annotated[tuple[str, ...], AfterValidator(_known_levels)]


class AttributeColumn(Declared):
    """A vendor column that claims the attribute it is named after, or is carried along where there is none.

    A ``number`` is carried in plain form (1299.00); one outside its range is dropped and reported.
    """

    column: str
    kind: Literal["text", "number"] = "text"
    min: float | None = None
    max: float | None = None


class Columns(Declared):
    """Product field -> vendor column, or a dotted path in nested formats: ``breadcrumbs[0]``, ``media.images[*].url``.

    In XML an attribute is ``@name``: ``@id``, ``price.@currency``.
    ``optional`` columns may be absent from a drop; any other absence stops the vendor.
    """

    sku: str
    name: str | None = None
    description: str | None = None
    levels: Annotated[dict[str, str], AfterValidator(_level_map)] = {}
    path: PathColumn | None = None
    images: Annotated[tuple[ListColumn, ...], BeforeValidator(_as_columns)] = ()
    sizes: Annotated[ListColumn | None, BeforeValidator(_as_column)] = None
    optional: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_filing(self) -> Columns:
        if self.path and self.levels:
            raise ValueError("declare either `levels` or `path`, not both")
        return self


class Style(Declared):
    """Rows are sizes of a style: the style is the ``style`` group of ``pattern`` in the sku cell, or a column's cell.

    Where the pattern does not match, the row is a style of its own.
    """

    pattern: str | None = None
    column: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Style:
        if (self.pattern is None) == (self.column is None):
            raise ValueError("declare `pattern` or `column`, one of them")
        try:
            named = self.pattern is None or "style" in re.compile(self.pattern).groupindex
        except re.error as error:
            raise ValueError(f"`pattern` is no regular expression: {error}") from error
        if not named:
            raise ValueError("`pattern` needs a group (?P<style>...)")
        return self


class Withdrawal(Declared):
    """Rows whose ``column`` holds one of ``values`` (case does not matter) withdraw the product."""

    column: str
    values: tuple[str, ...] = Field(min_length=1)


class Pictures(Declared):
    """Where picture references lead: members of a zip, files of a folder, or http(s) addresses.

    ``location`` is the archive or folder within the drop (``.`` = the drop itself), unused for ``http``;
    ``prefix`` is set before each reference (a folder in the archive, a base address). A reference that is itself an
    http(s) address is looked up in a zip or folder by the name of its file.
    """

    kind: Literal["zip", "folder", "http"]
    location: Inside = "."
    prefix: str = ""


class Limits(Declared):
    """What a drop may weigh: rows, bytes once unpacked, characters a record, a cell, a sku, pictures a product.

    ``archive_members`` and ``archive_bytes`` are of a zip of pictures: its files, and what they unpack to.
    """

    rows: int = Field(default=5_000_000, gt=0)
    unpacked_bytes: int = Field(default=4 * 2**30, gt=0)
    workbook_bytes: int = Field(default=150 * 2**20, gt=0)
    record_chars: int = Field(default=1_000_000, gt=0)
    record_lines: int = Field(default=1_000, gt=0)
    cell_chars: int = Field(default=100_000, gt=0)
    sku_chars: int = Field(default=200, gt=0)
    images: int = Field(default=50, gt=0)
    archive_members: int = Field(default=200_000, gt=0)
    archive_bytes: int = Field(default=16 * 2**30, gt=0)


class VendorSpec(Declared):
    """One vendor. ``header_offset``: lines or sheet rows above the header.

    ``records``: keys down to a JSON list, or names down to the XML element that stands for each product.
    ``delivery``: ``delta`` sends what is new or changed, ``full`` everything (what is absent is withdrawn, unless
    less than ``full_share`` of the known products came). ``deadline_minutes``: how long the night waits for the drop.
    """

    vendor: Annotated[str, AfterValidator(_plain_name)]
    title: str = ""
    format: Format
    files: tuple[Inside, ...] = Field(min_length=1)
    encoding: Annotated[str, AfterValidator(_text_encoding)] = "utf-8"
    delimiter: str = ""
    quote: str | None = '"'
    header_offset: int = Field(default=0, ge=0)
    sheet: str | None = None
    records: str = ""
    columns: Columns
    attributes: Annotated[dict[AttributeName, AttributeColumn], BeforeValidator(_as_named_columns)] = {}
    placeholders: tuple[str, ...] = ("DEF", "DEFAULT", "N/A", "NA", "-", "--", "NULL", "NONE", "TBD")
    style: Style | None = None
    delivery: Literal["delta", "full"] = "delta"
    full_share: float = Field(default=0.5, ge=0, le=1)
    withdrawal: Withdrawal | None = None
    pictures: Pictures | None = None
    limits: Limits = Limits()
    deadline_minutes: int = Field(default=120, ge=0)
    _file: str = PrivateAttr(default="")

    @model_validator(mode="after")
    def _fits_format(self) -> VendorSpec:
        if len(self.delimiter) > 1 or (self.quote is not None and len(self.quote) != 1):
            raise ValueError("delimiter and quote are one character each")
        if self.quote is not None and self.quote == self.separator:
            raise ValueError("delimiter and quote must differ")
        if self.records and self.format not in ("json", "xml"):
            raise ValueError("`records` is for format json or xml")
        if self.columns.images and self.pictures is None:
            raise ValueError(
                "columns.images needs `pictures`, which says where they lie, such as "
                "pictures: {kind: folder, location: bilder} (zip, folder within the drop, or http)"
            )
        return self

    @property
    def file(self) -> str:
        """The file to mend: the one that the declaration was read from, else where it would be looked for."""
        return self._file or f"schemas/vendors/{self.vendor}.yaml"

    @property
    def separator(self) -> str:
        """The delimiter of a text table: the declared one, else a tab for TSV and a comma for CSV."""
        return self.delimiter or ("\t" if self.format == "tsv" else ",")

    @property
    def nested(self) -> bool:
        """Whether columns may be dotted paths."""
        return self.format not in FLAT

    @property
    def wanted_columns(self) -> tuple[str, ...]:
        """Every column that the declaration reads, each once, in the order declared."""
        columns = self.columns
        wanted = [columns.sku, columns.name, columns.description, *columns.levels.values()]
        wanted += [columns.path.column if columns.path else None, *(image.column for image in columns.images)]
        wanted += [columns.sizes.column if columns.sizes else None, self.style.column if self.style else None]
        wanted += [attribute.column for attribute in self.attributes.values()]
        wanted += [self.withdrawal.column if self.withdrawal else None]
        return tuple(dict.fromkeys(column for column in wanted if column is not None))

    def is_placeholder(self, text: str) -> bool:
        """Tell whether ``text`` is one of the vendor's ways of saying nothing; case does not matter."""
        return text.casefold() in _folded(self.placeholders)


@cache
def _folded(values: tuple[str, ...]) -> frozenset[str]:
    return frozenset(value.casefold() for value in values)


def vendor_spec(path: Path) -> VendorSpec:
    """Return the vendor declared in one file.

    Raises:
        DeclarationError: the file does not fit, or is not named after its vendor.

    """
    spec = load(path, VendorSpec)
    if spec.vendor != path.stem:
        raise DeclarationError(f"{path}:1: vendor: {spec.vendor!r} must be the file's name, {path.stem!r}.")
    spec._file = str(path)
    return spec

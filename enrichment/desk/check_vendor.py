"""Try a vendor's declaration on its drop: what would be read of it; nothing is kept and no model is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from enrichment.config import Settings
from enrichment.desk.problems import noticed
from enrichment.images.port import PictureSource
from enrichment.images.refused import PictureRefused
from enrichment.stages.drop import prefix_of, source_of
from enrichment.stages.judges import tree
from enrichment.stages.missing_pictures import notice
from enrichment.taxonomy.claims import FieldReader
from enrichment.taxonomy.unknown import ColumnCheck
from enrichment.vendors.mapped import has_value, mapped_columns
from enrichment.vendors.read import read_drop
from schemas.attribute_spec import attributes
from schemas.errors import FetchFailed
from schemas.records import WHOLE_DROP, ProblemReason, Product, RowProblem, bounded
from schemas.vendor_spec import VendorSpec

FIRST = 3
# Enough to tell a wrong folder from a few lost files; each remote one is a network trip.
_PICTURES, _REMOTE_PICTURES = 200, 20
_UNREAD_SHOWN = 5
_UNREAD_KEPT = 10_000
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class ColumnCheckup:
    """One mapped column: how many products have a value there.

    ``read``: how many of them have one that the attribute's list of values knows; ``unread`` are the most frequent
    others, with their number. ``carried``: it is no attribute with such a list, so it claims nothing.
    """

    part: str
    column: str
    filled: int
    read: int | None = None
    unread: tuple[tuple[str, int], ...] = ()
    carried: bool = False


@dataclass(frozen=True, slots=True)
class VendorCheckup:
    """What a vendor's declaration makes of its drop; rows are in a product, withdrawn, or ``refused`` by reason.

    ``left_out`` are single values, by reason, whose row stayed. ``first`` are the first products as mapped.
    """

    vendor: str
    rows: int
    products: int
    withdrawn: int
    refused: Mapping[str, int]
    left_out: Mapping[str, int]
    columns: tuple[ColumnCheckup, ...]
    pictures_asked: int
    pictures_found: int
    notices: tuple[str, ...]
    first: tuple[Product, ...]

    def to_json(self) -> dict[str, object]:
        """Return plain JSON data."""
        return asdict(self)


@dataclass(slots=True)
class _Tally:
    """Counts over one drop, batch by batch."""

    spec: VendorSpec
    check: ColumnCheck
    rows: int = 0
    products: int = 0
    withdrawn: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    read: Counter[str] = field(default_factory=Counter)
    unread: dict[str, Counter[str]] = field(default_factory=dict)
    notices: list[RowProblem] = field(default_factory=list)
    pictures: dict[str, None] = field(default_factory=dict)
    first: list[Product] = field(default_factory=list)

    def problem(self, problem: RowProblem) -> None:
        """Count a refused row, a value that was left out, or keep a notice."""
        if problem.row == WHOLE_DROP:
            self.notices.append(problem)
        else:
            (self.refused if problem.quarantined else self.left_out)[problem.reason.value] += 1

    def product(self, product: Product) -> None:
        """Count what a product has."""
        self.products += 1
        self.filled.update(part for part in mapped_columns(self.spec) if has_value(self.spec, product, part))
        for name, text in product.fields.items():
            self._field(name, text)
        if len(self.pictures) < _PICTURES:
            self.pictures.update(dict.fromkeys(product.images))
        if len(self.first) < FIRST:
            self.first.append(product)

    def columns(self) -> Iterator[ColumnCheckup]:
        """Yield each mapped column in the order declared, attributes last."""
        for part, column in mapped_columns(self.spec).items():
            yield ColumnCheckup(part, column, self.filled[part])
        for name, attribute in self.spec.attributes.items():
            unread = self.unread.get(name, Counter()).most_common(_UNREAD_SHOWN)
            claims = self.check.checks(name)
            read = self.read[name] if claims else None
            filled = self.filled[_attribute(name)]
            yield ColumnCheckup(name, attribute.column, filled, read, tuple(unread), carried=not claims)

    def _field(self, name: str, text: str) -> None:
        self.filled[_attribute(name)] += 1
        if not self.check.checks(name):
            return
        if not self.check.unknown(name, text):
            self.read[name] += 1
            return
        unread, shown = self.unread.setdefault(name, Counter()), bounded(text, _SHOWN)
        if shown in unread or len(unread) < _UNREAD_KEPT:
            unread[shown] += 1


def check_vendor(spec: VendorSpec, folder: Path, night: date, settings: Settings) -> VendorCheckup:
    """Read the drop in ``folder`` by ``spec``, ask for some of its pictures, and return what came of it.

    Raises:
        DropError: the drop, or its pictures as a whole, cannot be read.

    """
    tally = _Tally(spec, ColumnCheck(tree(), FieldReader(attributes()), spec.placeholders))
    with source_of(spec, folder, settings) as source:
        for batch in read_drop(spec, folder, night):
            tally.rows += batch.rows_in
            tally.withdrawn += sum(len(rows) for _, rows in batch.withdrawn)
            for problem in batch.problems:
                tally.problem(problem)
            for product in batch.products:
                tally.product(product)
        asked = list(tally.pictures)[: _REMOTE_PICTURES if source.remote else _PICTURES]
        refused = list(_refused(source, (prefix_of(spec) + ref for ref in asked)))
    gone = [error.detail for error in refused if error.reason is ProblemReason.PICTURE_MISSING]
    notices = [*tally.notices, *notice(spec, night, len(asked), gone)]
    return VendorCheckup(
        vendor=spec.vendor,
        rows=tally.rows,
        products=tally.products,
        withdrawn=tally.withdrawn,
        refused=dict(tally.refused.most_common()),
        left_out=dict(tally.left_out.most_common()),
        columns=tuple(tally.columns()),
        pictures_asked=len(asked),
        pictures_found=len(asked) - len(refused),
        notices=tuple(noticed(asdict(problem)) for problem in notices),
        first=tuple(tally.first),
    )


def _attribute(name: str) -> str:
    # An attribute may bear the name of a part.
    return f"attributes.{name}"


def _refused(source: PictureSource, refs: Iterable[str]) -> Iterator[PictureRefused]:
    for ref in refs:
        try:
            source.read(ref)
        except PictureRefused as error:
            yield error
        except FetchFailed as error:
            yield PictureRefused(ProblemReason.FETCH_FAILED, str(error))

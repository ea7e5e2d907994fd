"""Score a published products table against a truth table: all fields, all measures, and slices of both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from enrichment.evaluate.fields import FieldScore, fields_of, score_field
from enrichment.evaluate.measures import Measure, hierarchical_f1, measures
from enrichment.evaluate.pairs import Pair, joined
from enrichment.evaluate.unknown_paths import UnknownPaths, unknown_paths

SLICES = ("vendor", "night", "filing", "image_group")


@dataclass(frozen=True, slots=True)
class Slice:
    """The fields of a part of the products: those whose truth says ``by`` = ``value``."""

    by: str
    value: str
    products: int
    fields: tuple[FieldScore, ...]
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """What a run got right: ``scored`` of ``published`` products have a truth; shares with intervals.

    ``unknown`` is None where nothing is known of the hierarchy that the run was placed in.
    """

    published: int
    scored: int
    fields: tuple[FieldScore, ...]
    measures: tuple[Measure, ...]
    hierarchical: dict[str, object]
    slices: tuple[Slice, ...]
    unknown: UnknownPaths | None = None

    def field(self, name: str) -> FieldScore:
        """Return one field's score; ``KeyError`` where it was not scored."""
        return {score.field: score for score in self.fields}[name]

    def measure(self, name: str) -> Measure:
        """Return one measure; ``KeyError`` where there is none of that name."""
        return {measure.name: measure for measure in self.measures}[name]


def score(
    published: pa.Table,
    truth: pa.Table,
    night: date | None = None,
    known: Callable[[Sequence[str]], bool] | None = None,
) -> Scores:
    """Score the published wide table against ``truth``; ``night`` leaves out truths of later nights.

    ``truth`` has one row a product and night sent: vendor, night (ISO text), sku, filing, image_group, article_type,
    colour, division, department, class, subclass ('' = outside the taxonomy, null = unknown), and any further
    declared attribute. ``known`` tells whether levels are a path of the run's hierarchy; no figure depends on it.
    """
    pairs = joined(published, truth, night.isoformat() if night else None)
    names = fields_of(truth.schema.names, published.schema.names)
    return Scores(
        published=published.num_rows,
        scored=len(pairs),
        fields=_fields(names, pairs),
        measures=measures(pairs),
        hierarchical=hierarchical_f1(pairs),
        slices=tuple(part for by in SLICES for part in _slices(by, names, pairs)),
        unknown=unknown_paths(pairs, known) if known else None,
    )


def _fields(names: Sequence[str], pairs: Sequence[Pair]) -> tuple[FieldScore, ...]:
    return tuple(score_field(name, pairs) for name in names)


def _slices(by: str, names: Sequence[str], pairs: Sequence[Pair]) -> list[Slice]:
    parts: dict[str, list[Pair]] = {}

    for pair in pairs:
        parts.setdefault(str(pair.truth.get(by) or ""), []).append(pair)
    return [
        Slice(by, value, len(part), _fields(names, part), measures(part))
        for value, part in sorted(parts.items())
        if value
    ]

"""Scores for people and machines: rich tables, plain JSON."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from enrichment.evaluate.fields import FIELDS, FieldScore
from enrichment.evaluate.interval import Share
from enrichment.evaluate.measures import FULL_PATH_F1_LEAST, Measure
from enrichment.evaluate.score import Scores, Slice
from enrichment.evaluate.sources import FusionGain
from enrichment.evaluate.unknown_paths import UnknownPaths
from schemas.records import bounded

# Column heads of the slices, in the order of FIELDS.
_SHORT = ("group", "type", "colour", "div", "dept", "class", "sub", "path")


def as_json(scores: Scores, gain: FusionGain | None = None) -> dict[str, object]:
    """Return the scores, and what fusing is worth, as plain values, ready for ``json.dumps``."""
    return {
        "fusion": gain.as_json() if gain else None,
        "published": scores.published,
        "scored": scores.scored,
        "unknown_paths": scores.unknown.as_json() if scores.unknown else None,
        "fields": [field.as_json() for field in scores.fields],
        "measures": [measure.as_json() for measure in scores.measures],
        "hierarchical": {**scores.hierarchical, "least_f1": FULL_PATH_F1_LEAST},
        "slices": [_slice_json(part) for part in scores.slices],
    }


def _slice_json(part: Slice) -> dict[str, object]:
    fields = [field.as_json() for field in part.fields if field.coverage.n]
    counted = [measure.as_json() for measure in part.measures if measure.share.n]
    return {"by": part.by, "value": part.value, "products": part.products, "fields": fields, "measures": counted}


def as_tables(scores: Scores, slices: tuple[str, ...] = ("vendor", "filing")) -> RenderableType:
    """Return the scores as rich tables: measures, fields, slices, worst confusions."""
    head = Text(f"{scores.scored} of {scores.published} published products have a truth")
    notes = [_notice(scores.unknown)] if scores.unknown and scores.unknown.rows else []
    tables = (_measure_table(scores), _field_table(scores.fields), *_slice_tables(scores, slices))
    return Group(head, *notes, *tables, _confusions(scores))


def _notice(unknown: UnknownPaths) -> Text:
    examples = ", ".join(f"{bounded(path)!r} ({rows})" for path, rows in unknown.examples)
    return Text(
        f"notice: {unknown.rows} of {unknown.of} truths have a path that this run's hierarchy does not know, so no "
        f"answer can match it whole; the commonest: {examples}. Were nodes renamed or moved? Write their names of "
        "today into the truth."
    )


def gain_table(gain: FusionGain) -> Table:
    """Return what fusing is worth as a rich table, an attribute a row."""
    head = f"Fused against the best single source: {gain.gain:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})"
    table = Table("attribute", "n", "fused", "best source", "alone", title=head, title_justify="left")
    for row in gain.attributes:
        table.add_row(row.attribute, str(row.n), _percent(row.fused), row.best, _percent(row.alone[row.best]))
    return table


def show(scores: Scores, console: Console | None = None, gain: FusionGain | None = None) -> None:
    """Print the tables."""
    page = console or Console()
    page.print(as_tables(scores))
    if gain:
        page.print(gain_table(gain))


def _measure_table(scores: Scores) -> Table:
    table = Table("measure", "share", "95 %", "n", "least", "", title="Measures", title_justify="left")
    for measure in scores.measures:
        table.add_row(measure.title, *_cells(measure.share), _least(measure.least), _verdict(measure))
    f1 = scores.hierarchical["f1"]
    shown = f"{f1:.3f}" if isinstance(f1, float) else "-"
    met = "" if not isinstance(f1, float) else "yes" if f1 >= FULL_PATH_F1_LEAST else "no"
    table.add_row("hierarchical F1 (picture and words)", shown, "", "", _least(FULL_PATH_F1_LEAST), met)
    return table


def _field_table(fields: tuple[FieldScore, ...]) -> Table:
    table = Table("field", "accuracy", "95 %", "decided", "coverage", "near", title="Fields", title_justify="left")
    for field in fields:
        if field.coverage.n:
            near = _percent(field.near.value) if field.near else ""
            table.add_row(field.field, *_cells(field.accuracy), _percent(field.coverage.value), near)
    return table


def _slice_tables(scores: Scores, slices: tuple[str, ...]) -> Iterator[Table]:
    for by in slices:
        table = Table(by, "products", *_SHORT, title=f"Accuracy / coverage by {by}, percent", title_justify="left")
        for part in (part for part in scores.slices if part.by == by):
            shown = {field.field: field for field in part.fields}
            table.add_row(part.value, str(part.products), *(_both(shown[name]) for name in FIELDS))
        yield table


def _confusions(scores: Scores) -> Table:
    table = Table("field", "truth", "answer", "n", title="Most frequent confusions", title_justify="left")
    for field in scores.fields:
        for truth, answer, count in field.confusions[:3]:
            table.add_row(field.field, Text(truth), Text(answer), str(count))
    return table


def _cells(share: Share) -> tuple[str, str, str]:
    low, high = share.interval
    return _percent(share.value), f"{low:.3f}-{high:.3f}" if share.n else "", str(share.n)


def _both(field: FieldScore) -> str:
    accuracy, coverage = field.accuracy.value, field.coverage.value
    if coverage is None:
        return ""
    return f"{'-' if accuracy is None else f'{accuracy:.0%}'[:-1]}/{coverage:.0%}"[:-1]


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _least(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _verdict(measure: Measure) -> str:
    return {None: "", True: "yes", False: "no"}[measure.met]

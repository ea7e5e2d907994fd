"""What fusing the sources is worth: the published answer against each source alone, over the same products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from enrichment.evaluate.fields import FIELDS, fields_of, reading
from enrichment.evaluate.normal import value_name
from enrichment.evaluate.pairs import LEVELS, Pair, joined

DRAWS, SEED, LEAST = 1_000, 20_000, 0.03
_TAIL = 0.025
Key = tuple[str, str]
Marks = NDArray[np.bool_]
Marked = tuple[Marks, dict[str, Marks]]


@dataclass(frozen=True, slots=True)
class AttributeSources:
    """One attribute over ``n`` products whose truth is known: share right when fused and by each source alone.

    A product that got no answer counts as not right: a source is not rewarded for silence.
    """

    attribute: str
    n: int
    fused: float
    alone: Mapping[str, float]

    @property
    def best(self) -> str:
        """The source that is right most often, the first by name of equals."""
        return min(self.alone, key=lambda source: (-self.alone[source], source))


@dataclass(frozen=True, slots=True)
class FusionGain:
    """Macro mean over attributes of (fused - best single source), with its paired 95 % bootstrap interval."""

    gain: float
    low: float
    high: float
    attributes: tuple[AttributeSources, ...]

    def as_json(self) -> dict[str, object]:
        """Return the gain as plain values."""
        rows = [{"attribute": a.attribute, "n": a.n, "fused": a.fused, "alone": dict(a.alone)} for a in self.attributes]
        return {"gain": self.gain, "low": self.low, "high": self.high, "least": LEAST, "attributes": rows}


def fusion_gain(published: pa.Table, claims: pa.Table, truth: pa.Table, night: date | None = None) -> FusionGain | None:
    """Compare the published answers with each source's most confident claim; None where no attribute has claims.

    ``claims`` is the published ``attribute_claims`` table. The best single source is chosen per attribute on the
    same products, which favours it. The interval is the percentile bootstrap over products, Efron 1979,
    https://doi.org/10.1214/aos/1176344552: fused and single answers of a product are always drawn together.
    """
    pairs = joined(published, truth, night.isoformat() if night else None)
    names = [f for f in fields_of(truth.schema.names, published.schema.names) if f not in (*LEVELS, FIELDS[-1])]
    heard = _most_confident(claims, set(names))
    marks = {name: _marks(name, pairs, heard[name]) for name in names if name in heard}
    marks = {name: found for name, found in marks.items() if found[1]}
    if not marks:
        return None
    rng = np.random.default_rng(SEED)
    draws = np.array([_gain(marks, rng.integers(0, len(pairs), len(pairs))) for _ in range(DRAWS)])
    low, high = np.quantile(draws, (_TAIL, 1 - _TAIL))
    return FusionGain(_gain(marks, np.arange(len(pairs))), float(low), float(high), tuple(_rows(marks)))


def _most_confident(claims: pa.Table, names: set[str]) -> dict[str, dict[str, dict[Key, str]]]:
    """Return attribute -> source -> product -> value; equals in confidence by value, so that order plays no part."""
    columns = ["vendor", "sku", "attribute", "value", "source", "confidence"]
    rows = [row for row in claims.select(columns).to_pylist() if row["attribute"] in names]
    rows.sort(key=lambda row: (row["confidence"], row["value"]))
    heard: dict[str, dict[str, dict[Key, str]]] = {}
    for row in rows:
        by_source = heard.setdefault(row["attribute"], {})
        by_source.setdefault(row["source"], {})[(row["vendor"], row["sku"])] = row["value"]
    return heard


def _marks(name: str, pairs: Sequence[Pair], by_source: Mapping[str, Mapping[Key, str]]) -> Marked:
    """Return over all pairs whether the truth is known, and by source ('' = fused) whether the answer is right."""
    read = reading(name)
    cases = [read(pair) for pair in pairs]
    known = np.array([case is not None for case in cases])
    right = {"": np.array([case is not None and case[0] == case[1] for case in cases])}
    for source, values in sorted(by_source.items()):
        said = (values.get((pair.answer["vendor"], pair.answer["sku"])) for pair in pairs)
        right[source] = np.array([_agrees(name, case, value) for case, value in zip(cases, said, strict=True)])
    return known, right if known.any() else {}


def _agrees(name: str, case: tuple[str, str] | None, value: str | None) -> bool:
    return case is not None and value is not None and case[0] == value_name(name, value)


def _gain(marks: Mapping[str, Marked], at: NDArray[np.int64]) -> float:
    gains = []
    for known, right in marks.values():
        n = known[at].sum()
        if n:
            shares = {source: hits[at].sum() / n for source, hits in right.items()}
            gains.append(shares.pop("") - max(shares.values()))
    return float(np.mean(gains)) if gains else 0.0


def _rows(marks: Mapping[str, Marked]) -> list[AttributeSources]:
    rows = []
    for name, (known, right) in marks.items():
        shares = {source: float(hits.sum() / known.sum()) for source, hits in right.items()}
        rows.append(AttributeSources(name, int(known.sum()), shares.pop(""), shares))
    return rows

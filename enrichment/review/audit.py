"""The random audit block: which placements a person checks each night, and what the answers say of all.

Two strata are drawn by a hash of the run id, the placements of tonight and those that stand unchanged. The
accuracy of both together is weighted by their sizes. Its interval joins Wilson's intervals of the strata by the
method of variance estimates recovery (Zou and Donner 2008, https://doi.org/10.1002/sim.3095).
"""

from __future__ import annotations

import hashlib
import heapq
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from enrichment.review.ledger import LedgerEntry, Verdict
from enrichment.review.standing import standing_entries
from enrichment.wilson import wilson_corrected

Key = tuple[str, str]
_RIGHT = {Verdict.ACCEPT: True, Verdict.LOCK: True, Verdict.REJECT: False, Verdict.CORRECT: False}


@dataclass(frozen=True, slots=True)
class Stratum:
    """A part of the catalogue of ``size`` products, of which ``sample`` is checked, in random order."""

    name: str
    size: int
    sample: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class AuditPlan:
    """What is checked for one run."""

    run_id: str
    strata: tuple[Stratum, ...]

    def record(self) -> dict[str, Any]:
        """Return the plan as JSON values; :func:`plan_from` reads it back."""
        strata = [{"name": s.name, "size": s.size, "sample": [list(key) for key in s.sample]} for s in self.strata]
        return {"run_id": self.run_id, "strata": strata}


@dataclass(frozen=True, slots=True)
class Estimate:
    """The share of right placements with its 95 % interval; ``judged`` of ``asked`` samples have an answer.

    ``accuracy`` is None as long as a stratum has no answer at all.
    """

    run_id: str
    accuracy: float | None
    low: float
    high: float
    judged: int
    asked: int


def draw(run_id: str, placed: Iterable[Key], standing: Iterable[Key], size: int = 60) -> AuditPlan:
    """Draw two thirds of ``size`` from tonight's placements and the rest from the standing ones.

    The draw depends on the run id and the products' names only. A stratum too small for its share is taken
    whole and leaves the rest to the other.
    """
    tonight, rest = sorted(set(placed)), sorted(set(standing))
    # Tonight's placements are the fresh risk; the standing ones guard against what slipped through earlier.
    first = min(len(tonight), max(math.ceil(size * 2 / 3), size - len(rest)))
    parts = (("placed tonight", tonight, first), ("standing", rest, min(len(rest), size - first)))
    strata = tuple(Stratum(name, len(keys), _sample(run_id, keys, n)) for name, keys, n in parts if keys)
    return AuditPlan(run_id, strata)


def plan_from(record: Mapping[str, Any]) -> AuditPlan:
    """Read a plan back from :meth:`AuditPlan.record`."""
    strata = tuple(
        Stratum(str(s["name"]), int(s["size"]), tuple((str(v), str(k)) for v, k in s["sample"]))
        for s in record["strata"]
    )
    return AuditPlan(str(record["run_id"]), strata)


def estimate(plan: AuditPlan, entries: Sequence[LedgerEntry]) -> Estimate:
    """Estimate the run's accuracy from the audit answers in the ledger.

    A sample on which reviewers disagree is left out until they settle it.
    """
    answers = _answers(plan, entries)
    asked = sum(len(s.sample) for s in plan.strata)
    judged = [[answers[key] for key in s.sample if key in answers] for s in plan.strata]
    count = sum(len(part) for part in judged)
    if not judged or not all(judged):
        return Estimate(plan.run_id, None, 0.0, 1.0, count, asked)
    total = sum(s.size for s in plan.strata)
    # Each bound is recovered from the distance to the strata's own bounds, so that it stays right near 100 %.
    point = below = above = 0.0
    for stratum, part in zip(plan.strata, judged, strict=True):
        weight, share = stratum.size / total, sum(part) / len(part)
        low, high = wilson_corrected(sum(part), len(part))
        point += weight * share
        below += (weight * (share - low)) ** 2
        above += (weight * (high - share)) ** 2
    low, high = max(0.0, point - math.sqrt(below)), min(1.0, point + math.sqrt(above))
    return Estimate(plan.run_id, point, low, high, count, asked)


def _sample(run_id: str, keys: Sequence[Key], size: int) -> tuple[Key, ...]:
    # The smallest hashes are a uniform draw that no order of rows and no library's generator can change.
    def rank(key: Key) -> bytes:
        return hashlib.sha256("\x1f".join((run_id, *key)).encode()).digest()

    return tuple(heapq.nsmallest(size, keys, key=rank))


def _answers(plan: AuditPlan, entries: Sequence[LedgerEntry]) -> dict[Key, bool]:
    own = [entry for entry in entries if entry.run_id == plan.run_id and entry.audit]
    found: dict[Key, set[bool]] = {}
    for entry in standing_entries(own):
        if entry.decision in _RIGHT:
            found.setdefault(entry.key, set()).add(_RIGHT[entry.decision])
    # Both verdicts in one set: reviewers disagree, and half an answer would bias the estimate.
    return {key: verdicts.pop() for key, verdicts in found.items() if len(verdicts) == 1}

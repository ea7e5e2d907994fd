"""Stage 8: put the night's tables together and ask whether they may leave.

What is wrong (a lost row, an undeclared value) refuses the night. What is only unusual (many products re-filed, a mix
unlike the last 28 nights) becomes a question to a person, whom ``publish`` then waits for. A vendor that was not read
keeps the rows that an earlier night's gate let through: whether they fit tonight's declarations and what people decided
since is asked once it is read again, so that it stops nobody else.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, replace

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.publish.allowed import Limits, allowed
from enrichment.publish.changes import compared, refiled
from enrichment.publish.gate import Candidate, check
from enrichment.publish.verdict import GateFailure, GateResult
from enrichment.review.drift import count_mix, measure_drift
from enrichment.review.regressions import broken_cases, regression_cases
from enrichment.runs.run import Outcome, Run
from enrichment.stages.assemble import TABLES, Catalogue, assemble
from enrichment.stages.catalogue import read_vendors
from enrichment.stages.hierarchy import paths_in
from enrichment.stages.history import night_summaries
from enrichment.stages.judges import tree
from enrichment.stages.ledger import entries_of
from enrichment.stages.report import write_night_report
from enrichment.stages.steps import vendors_of
from schemas.attribute_spec import attributes
from schemas.group_spec import groups
from schemas.records import StageReport, bounded
from schemas.taxonomy_spec import taxonomy

log = logging.getLogger(__name__)
VERDICT = "verdict.json"
# Where the page of a night that waits for a person lies, beside the verdict.
PAGE = "report/index.html"
# The one expectation of the gate that a person may wave through.
UNUSUAL = "refiled_share"
# Suites that ask each row, or what stands in it; the others ask how the night as a whole compares.
_OF_ROWS = frozenset({"products", "attribute_values", "attribute_claims"})


def gate(run: Run, whole: str) -> Outcome:
    """Return the night's tables and ``verdict.json``; ``GateRefused`` where something is wrong.

    Where a person is to be asked, the merchandisers' page comes along: it shows what the answer is about.
    """
    catalogue = assemble(run)
    result = _ask(run, catalogue)
    unusual = [failure for failure in result.failures if UNUSUAL in failure.expectation]
    wrong = tuple(failure for failure in result.failures if failure not in unusual)
    sound = GateResult(result.checks, wrong + _came_back(run, catalogue))
    sound.require(_unread(run))
    drift = measure_drift(count_mix(catalogue.products), night_summaries(run))
    questions = [_question(catalogue, run.plan.settings.max_refiled_share) for _ in unusual] + list(drift.reasons)
    verdict = run.scratch / VERDICT
    accounts = [asdict(account) for account in catalogue.accounts]
    body = {"checks": result.checks, "questions": questions, "accounts": accounts, "worked_on": catalogue.worked_on}
    verdict.write_text(json.dumps(body, sort_keys=True), encoding="utf-8")
    files = {VERDICT: verdict}
    if questions:
        page = write_night_report(run, catalogue, "waits for a person", questions)
        files |= {str(path.relative_to(run.scratch)): path for path in page.rglob("*") if path.is_file()}
    total = catalogue.products.num_rows
    report = StageReport("gate", whole, total, total, 0, {"questions": len(questions)})
    return Outcome(report, {name: getattr(catalogue, name) for name in TABLES}, files)


def _unread(run: Run) -> list[str]:
    """Say which vendors could not be read, and why: a catalogue without them may well look wrong."""
    failures = ((vendor, run.failure("read", vendor)) for vendor in vendors_of(run))
    told = [f"{vendor}: {failure}" for vendor, failure in failures if failure is not None]
    return told + [f"{bounded(vendor, 80)}: no such vendor is declared" for vendor in run.plan.refused]


def _ask(run: Run, catalogue: Catalogue) -> GateResult:
    candidate = Candidate(
        catalogue.products,
        catalogue.claims,
        catalogue.changes,
        catalogue.accounts,
        catalogue.base_products,
        catalogue.withdrawn,
    )
    limits = Limits(refiled_share=run.plan.settings.max_refiled_share)
    result = check(candidate, allowed(attributes(), groups(), taxonomy()), limits)
    return result if result.passed else _without_unread(run, candidate, result)


def _without_unread(run: Run, candidate: Candidate, result: GateResult) -> GateResult:
    """Return ``result`` less what only rows of vendors fail that were not read; the log names those."""
    products, claims = _of_read(run, candidate.products), _of_read(run, candidate.attribute_claims)
    if products.num_rows == candidate.products.num_rows:
        return result
    read = replace(candidate, products=products, attribute_claims=claims)
    declared = allowed(attributes(), groups(), taxonomy())
    asked = check(read, declared, Limits(least_products=0)).failures
    found = {(failure.table, failure.expectation): failure for failure in asked}
    kept = []
    for failure in result.failures:
        at = failure.table, failure.expectation
        if failure.table not in _OF_ROWS:
            kept.append(failure)
        elif at in found:
            kept.append(found[at])
        else:
            log.warning("carried over, of vendors that were not read tonight: %s", failure)
    return GateResult(result.checks, tuple(kept))


def _of_read(run: Run, table: pa.Table) -> pa.Table:
    """Return the rows of vendors that were read tonight."""
    return table.filter(pc.is_in(table["vendor"], pa.array(read_vendors(run), pa.string())))


def _came_back(run: Run, catalogue: Catalogue) -> tuple[GateFailure, ...]:
    """Name products of read vendors that stand again, unchanged, where a person said that they do not belong."""
    cases = regression_cases(entries_of(run), paths_in(run.store, tree()))
    broken = broken_cases(cases, _of_read(run, catalogue.products))
    return tuple(
        GateFailure("decisions", "a rejected path stays rejected", f"{c.vendor}/{c.sku} at {c.wrong}", "any other path")
        for c in broken
    )


def _question(catalogue: Catalogue, allowed_share: float) -> str:
    known, moved = compared(catalogue.base_products, catalogue.products), refiled(catalogue.changes)
    share = f"{moved} of {known} known products were re-filed ({moved / known:.1%})"
    return f"{share}; without a person {allowed_share:.0%} at most"

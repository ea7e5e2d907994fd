"""A person's word that an unusual night may be published."""

from __future__ import annotations

import json

from enrichment.runs.plan import canonical
from enrichment.runs.run import Run
from enrichment.stages.gate import PAGE, VERDICT
from enrichment.stages.steps import WHOLE
from schemas.errors import ApprovalNeeded, ObjectMissing, UsageError

APPROVAL = "approval.json"


def questions_of(run: Run) -> list[str]:
    """Return what the gate found unusual, empty where the night may be published without a person."""
    try:
        verdict = run.read("gate", WHOLE, VERDICT)
    except ObjectMissing as error:
        raise UsageError(f"run {run.run_id} has not passed the gate yet. `enrich resume {run.uri}`") from error
    questions: list[str] = json.loads(verdict)["questions"]
    return questions


def page_of(run: Run) -> str:
    """Return the address of the page that shows what a person is asked about; what lies beside it belongs to it."""
    return f"{run.uri}/gate/{WHOLE}.{PAGE}"


def approve(run: Run, by: str) -> list[str]:
    """Record that ``by`` approves the run's open questions, and return them."""
    if not by.strip():
        raise UsageError("an approval needs the name of whoever approves")
    questions = questions_of(run)
    run.store.put(f"{run.prefix}/{APPROVAL}", canonical({"by": by.strip(), "questions": questions}))
    return questions


def approver_of(run: Run) -> str | None:
    """Return who approved exactly the questions that are open, None where nobody did."""
    try:
        given = json.loads(run.store.get(f"{run.prefix}/{APPROVAL}"))
    except ObjectMissing:
        return None
    return str(given["by"]) if given["questions"] == questions_of(run) else None


def require_approval(run: Run) -> str | None:
    """Return who approved; None where nothing is open.

    Raises:
        ApprovalNeeded: the night is unusual and nobody has approved it; readers keep last night's catalogue.

    """
    questions = questions_of(run)
    approver = approver_of(run) if questions else None
    if questions and approver is None:
        raise ApprovalNeeded(
            f"run {run.run_id} is ready but unusual, and waits for a person; readers keep last night's catalogue.\n"
            + "\n".join(f"- {question}" for question in questions)
            + f"\nTo look at it: {page_of(run)}\nTo publish it: enrich approve {run.uri} --by NAME"
        )
    return approver

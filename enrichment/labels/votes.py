"""The votes CSV: what each of several annotators called an item, for their agreement."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from schemas.errors import UsageError
from schemas.records import bounded
from schemas.sheet import closest, read_sheet

COLUMNS = ("id", "annotator", "label")
# The training set's own label is compared as one more annotator of this name.
OWN = "label"
_WRITER = "your labelling tool"

Votes = Mapping[str, Mapping[str, str]]


def read_votes(path: Path, attribute: str, allowed: Collection[str]) -> Votes:
    """Return annotator -> id -> label of a CSV with the columns ``COLUMNS``; an empty label is no vote.

    Raises:
        UsageError: the file cannot be read or lacks a column, or a row names no annotator, a label that is not in
            ``allowed``, or another label for the same item than its annotator gave before.

    """
    votes: dict[str, dict[str, str]] = {}
    for where, row in read_sheet(path, COLUMNS, _WRITER, verbatim=("id",)):
        name, label = row["annotator"], row["label"]
        if name in {"", OWN}:
            raise UsageError(f"{where}: annotator {name!r}; allowed: a name, and not {OWN!r}. Name who gave the label.")
        if label and label not in allowed:
            raise UsageError(
                f"{where}: {bounded(label)!r} is no value of {attribute}{closest(label, allowed)}. Mend the row. "
                f"Allowed: {bounded(', '.join(sorted(allowed)), 1_000)}"
            )
        if label and votes.setdefault(name, {}).setdefault(row["id"], label) != label:
            raise UsageError(
                f"{where}: {bounded(name)} called {bounded(row['id'])!r} {label!r}, and before it "
                f"{votes[name][row['id']]!r}. Leave one vote an item and annotator."
            )
    return votes


def aligned(votes: Votes, ids: Sequence[str]) -> dict[str, list[str]]:
    """Return each annotator's labels in the order of ``ids``, empty where there is none.

    Raises:
        UsageError: there are votes, and none is about an item of ``ids``.

    """
    columns = {name: [said.get(one, "") for one in ids] for name, said in votes.items()}
    if columns and not any(any(column) for column in columns.values()):
        told = bounded(next(iter(next(iter(votes.values())))))
        raise UsageError(f"no vote is about an item of the training sets: the first is about {told!r}. Give their ids.")
    return columns

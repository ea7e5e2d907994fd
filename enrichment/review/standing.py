"""Which decisions stand: undone ones gone, a reviewer's newer one over the older, reviewers kept apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from enrichment.review.ledger import LedgerEntry, Verdict, in_order

_SAYS_RIGHT = frozenset({Verdict.ACCEPT, Verdict.LOCK})
_SAYS_WRONG = frozenset({Verdict.REJECT, Verdict.CORRECT})


@dataclass(frozen=True, slots=True)
class Conflict:
    """Reviewers who contradict each other about one product as it is now; nothing of it is obeyed."""

    vendor: str
    sku: str
    entries: tuple[LedgerEntry, ...]

    @property
    def key(self) -> tuple[str, str]:
        """The product's name: vendor and sku."""
        return self.vendor, self.sku


def latest_by_reviewer(entries: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    """Return each reviewer's standing entry on each product and content, oldest first.

    An ``undo`` takes back the reviewer's newest entry about the same run, path and content that still stands.
    """
    stacks: dict[tuple[str, str, str], list[LedgerEntry]] = {}
    for entry in in_order(entries):
        stack = stacks.setdefault((entry.vendor, entry.sku, entry.reviewer), [])
        if entry.decision is not Verdict.UNDO:
            stack.append(entry)
        else:
            _take_back(stack, entry)
    newest: dict[tuple[str, ...], LedgerEntry] = {}
    for owner, stack in stacks.items():
        for entry in stack:
            newest[(*owner, entry.content)] = entry
    return list(in_order(newest.values()))


def _take_back(stack: list[LedgerEntry], undo: LedgerEntry) -> None:
    # Newest first, and only about the same thing: an undo on one night's page leaves other nights alone.
    for at in range(len(stack) - 1, -1, -1):
        entry = stack[at]
        if (entry.run_id, entry.path, entry.content) == (undo.run_id, undo.path, undo.content):
            del stack[at]
            return


def settle(entries: Iterable[LedgerEntry]) -> tuple[list[LedgerEntry], list[Conflict]]:
    """Split standing entries into those that nobody contradicts, and the conflicts.

    Entries contradict each other when they are about the same content of a product and name different right
    paths, or when one calls right what another calls wrong.
    """
    groups: dict[tuple[str, str, str], list[LedgerEntry]] = {}
    for entry in latest_by_reviewer(entries):
        groups.setdefault((*entry.key, entry.content), []).append(entry)
    agreed: list[LedgerEntry] = []
    conflicts: list[Conflict] = []
    for (vendor, sku, _content), group in sorted(groups.items()):
        if contradict(group):
            conflicts.append(Conflict(vendor, sku, tuple(group)))
        else:
            agreed.extend(group)
    return list(in_order(agreed)), conflicts


def contradict(group: Iterable[LedgerEntry]) -> bool:
    """Tell whether the entries about one content of one product cannot all hold."""
    right: set[str] = set()
    wrong: set[str] = set()
    for entry in group:
        if entry.decision in _SAYS_RIGHT:
            right.add(entry.path)
        if entry.decision in _SAYS_WRONG:
            wrong.add(entry.path)
        if entry.decision is Verdict.CORRECT:
            right.add(entry.value)
    return len(right) > 1 or bool(right & wrong)

"""Which decisions stand: undone ones gone, what a reviewer's newer one takes back too, reviewers kept apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from enrichment.review.ledger import LedgerEntry, Verdict, in_order

_SAYS_RIGHT = frozenset({Verdict.ACCEPT, Verdict.LOCK})
_SAYS_WRONG = frozenset({Verdict.REJECT, Verdict.CORRECT})
_PINS = frozenset({Verdict.LOCK, Verdict.CORRECT})
RULINGS = _PINS | _SAYS_WRONG

# Gives a path that an entry names as tonight's hierarchy calls it: two names of one node are one place.
Today = Callable[[LedgerEntry, str], str]


def as_written(entry: LedgerEntry, path: str) -> str:
    """Return the path as the entry names it."""
    return path


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


def standing_entries(entries: Iterable[LedgerEntry], today: Today = as_written) -> list[LedgerEntry]:
    """Return each reviewer's standing entries on each product and content, oldest first.

    Locks, corrections and rejections stand until the same reviewer says otherwise about what they say: an acceptance,
    a snooze or a question to the vendor stands beside them while it is the newest. A correction of which only the
    right path was taken back stands as a rejection. An ``undo`` takes back the reviewer's newest entry about the same
    run, path and content that still stands. Paths are compared by what ``today`` calls them; entries stay as written.
    """
    kept: dict[tuple[str, ...], list[LedgerEntry]] = {}
    for entry in not_undone(entries):
        place = entry.vendor, entry.sku, entry.reviewer, entry.content
        left = [rest for old in kept.get(place, []) if (rest := _beside(old, entry, today)) is not None]
        kept[place] = [*left, entry]
    return list(in_order(entry for found in kept.values() for entry in found))


def not_undone(entries: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    """Return what people decided and did not take back, oldest first; a newer decision undoes no older one."""
    stacks: dict[tuple[str, str, str], list[LedgerEntry]] = {}
    for entry in in_order(entries):
        stack = stacks.setdefault((entry.vendor, entry.sku, entry.reviewer), [])
        if entry.decision is not Verdict.UNDO:
            stack.append(entry)
        else:
            _take_back(stack, entry)
    return list(in_order(entry for stack in stacks.values() for entry in stack))


def _beside(old: LedgerEntry, new: LedgerEntry, today: Today) -> LedgerEntry | None:
    """Return what is left of a reviewer's older entry once the same reviewer has made the newer one."""
    if old.decision not in RULINGS:
        return None
    was, now = today(old, old.path), today(new, new.path)
    if new.decision not in RULINGS:
        right_after_all = new.decision is Verdict.ACCEPT and old.decision in _SAYS_WRONG and was == now
        return None if right_after_all else old
    was_right, right = _right(old, today), _right(new, today)
    if was in (now, right):
        return None
    # Only one path is right: a newer pin ends the older, and so does a word against it.
    if was_right is not None and (right is not None or now == was_right):
        return replace(old, decision=Verdict.REJECT, value="") if old.decision is Verdict.CORRECT else None
    return old


def _right(entry: LedgerEntry, today: Today) -> str | None:
    """Return the path that a lock or a correction pins, None for any other entry."""
    if entry.decision not in _PINS:
        return None
    return today(entry, entry.path if entry.decision is Verdict.LOCK else entry.value)


def _take_back(stack: list[LedgerEntry], undo: LedgerEntry) -> None:
    # Newest first, and only about the same thing: an undo on one night's page leaves other nights alone.
    for at in range(len(stack) - 1, -1, -1):
        entry = stack[at]
        if (entry.run_id, entry.path, entry.content) == (undo.run_id, undo.path, undo.content):
            del stack[at]
            return


def settle(entries: Iterable[LedgerEntry], today: Today = as_written) -> tuple[list[LedgerEntry], list[Conflict]]:
    """Split standing entries into those that nobody contradicts, and the conflicts.

    Entries contradict each other when they are about the same content of a product and name different right
    paths, or when one calls right what another calls wrong.
    """
    groups: dict[tuple[str, str, str], list[LedgerEntry]] = {}
    for entry in standing_entries(entries, today):
        groups.setdefault((*entry.key, entry.content), []).append(entry)
    agreed: list[LedgerEntry] = []
    conflicts: list[Conflict] = []
    for (vendor, sku, _content), group in sorted(groups.items()):
        if contradict(group, today):
            conflicts.append(Conflict(vendor, sku, tuple(group)))
        else:
            agreed.extend(group)
    return list(in_order(agreed)), conflicts


def contradict(group: Iterable[LedgerEntry], today: Today = as_written) -> bool:
    """Tell whether the entries about one content of one product cannot all hold.

    A reviewer's acceptance says nothing beside a pin of the same reviewer, which holds whatever stands there tonight.
    """
    right: set[str] = set()
    wrong: set[str] = set()
    said = list(group)
    pinning = {entry.reviewer for entry in said if entry.decision in _PINS}
    for entry in said:
        if entry.decision is Verdict.ACCEPT and entry.reviewer in pinning:
            continue
        if entry.decision in _SAYS_RIGHT:
            right.add(today(entry, entry.path))
        if entry.decision in _SAYS_WRONG:
            wrong.add(today(entry, entry.path))
        if entry.decision is Verdict.CORRECT:
            right.add(today(entry, entry.value))
    return len(right) > 1 or bool(right & wrong)

"""What the ledger orders the next night to do: hold a path, or never propose one again.

A lock or a correction holds until the product's content changes; then it is expired, and shown again. A
rejection stays: the same product with the same content is never given the rejected path again. Content is what a
product is judged by: a new price ends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from enrichment.review.ledger import CONTENT_DIGITS, LedgerEntry, Verdict
from enrichment.review.standing import RULINGS, Conflict, Today, as_written, settle
from schemas.paths import parse_path, split_path
from schemas.records import LEVELS, REVIEWED, HierarchyDecision, HierarchyPath, PlacementStatus, Reason

Key = tuple[str, str]
_HOLDS = (Verdict.LOCK, Verdict.CORRECT)
_BANS = (Verdict.REJECT, Verdict.CORRECT)
_BY_LOCK, _BY_CORRECTION, _BY_REJECTION = (f"{REVIEWED}{word}:" for word in ("lock", "correct", "reject"))
# What was said of the path that the program found is not true of the one that a person set.
_OF_THE_FOUND = frozenset(
    {
        *(Reason.CONFIRMED, Reason.NO_CLASS_FILED, Reason.RULE_OVERRIDE, Reason.BACKED_OFF, Reason.NO_EVIDENCE),
        *(Reason.OUTSIDE_TAXONOMY, Reason.IMAGE_TEXT_CONFLICT, Reason.FILING_TEXT_CONFLICT),
    }
)


@dataclass(frozen=True, slots=True)
class Pin:
    """A path that a person set: ``locked`` or ``corrected``; ``entry`` is the start of the ledger entry's id."""

    path: HierarchyPath
    locked: bool
    entry: str


@dataclass(frozen=True, slots=True)
class Ban:
    """A path that a person refused, and where the product goes instead: ``fallback``, empty to abstain."""

    path: HierarchyPath
    fallback: HierarchyPath
    entry: str


@dataclass(frozen=True, slots=True)
class Orders:
    """What holds tonight; conflicts are not obeyed.

    ``expired`` are the products that somebody had locked, corrected or rejected before they changed, and of which
    nobody has said since whether they stand right.
    """

    pins: Mapping[Key, Pin] = field(default_factory=dict)
    bans: Mapping[Key, tuple[Ban, ...]] = field(default_factory=dict)
    expired: tuple[Key, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def orders_of(
    entries: Iterable[LedgerEntry],
    content: Mapping[Key, str],
    today: Today = as_written,
) -> Orders:
    """Read the ledger against tonight's products: ``content`` maps (vendor, sku) to the content hash.

    Entries on products that ``content`` does not name are left alone. ``today`` gives a path that an entry names as
    tonight's hierarchy calls it: what a person decided outlives the renaming of a node.
    """
    agreed, conflicts = settle((entry for entry in entries if entry.key in content), today)
    pins: dict[Key, Pin] = {}
    bans: dict[Key, dict[tuple[str, ...], Ban]] = {}
    ended: set[Key] = set()
    judged: set[Key] = set()
    for entry in agreed:
        if content[entry.key][:CONTENT_DIGITS] != entry.content:
            if entry.decision in RULINGS:
                ended.add(entry.key)
            continue
        # Later entries overwrite earlier ones: ``agreed`` is in the order of time.
        if entry.decision in _HOLDS:
            pins[entry.key] = _pin(entry, today)
        if entry.decision in _BANS and (ban := _ban(entry, today)) is not None:
            bans.setdefault(entry.key, {})[ban.path.levels] = ban
        if entry.decision in RULINGS or entry.decision is Verdict.ACCEPT:
            judged.add(entry.key)
    sorted_bans = {key: tuple(found[path] for path in sorted(found)) for key, found in sorted(bans.items())}
    open_ones = tuple(conflict for conflict in conflicts if _about(conflict, content))
    return Orders(dict(sorted(pins.items())), sorted_bans, tuple(sorted(ended - judged)), open_ones)


def _about(conflict: Conflict, content: Mapping[Key, str]) -> bool:
    """Tell whether a conflict is about a product as it is tonight."""
    return content[conflict.key][:CONTENT_DIGITS] == conflict.entries[0].content


def obey(
    decisions: Sequence[HierarchyDecision],
    orders: Orders,
    known: Callable[[HierarchyPath], bool] = lambda path: True,
) -> list[HierarchyDecision]:
    """Return ``decisions`` with the orders carried out, in the same order and number.

    ``known`` tells whether a path exists in tonight's taxonomy: a pin or fallback that does not is passed over.
    """
    return [_obeyed(decision, orders, known) for decision in decisions]


def pinned(decision: HierarchyDecision) -> bool:
    """Tell whether a person set the path itself; a path that is only what a rejection left was set by nobody."""
    return by_a_pin(decision.rule)


def by_a_pin(rule: str) -> bool:
    """Tell whether ``rule``, what a product was placed by, is somebody's lock or correction."""
    return rule.startswith((_BY_LOCK, _BY_CORRECTION))


def _obeyed(decision: HierarchyDecision, orders: Orders, known: Callable[[HierarchyPath], bool]) -> HierarchyDecision:
    key = decision.vendor, decision.sku
    pin = orders.pins.get(key)
    if pin and known(pin.path):
        if pin.locked:
            return _set(decision, pin.path, Reason.LOCK_KEPT, f"{_BY_LOCK}{pin.entry}")
        return _set(decision, pin.path, Reason.REVIEW_DECIDED, f"{_BY_CORRECTION}{pin.entry}")
    bans = orders.bans.get(key, ())
    banned = {ban.path.levels for ban in bans}
    # Only the very path is banned: a deeper one is another answer, and may be the right one.
    hit = next((ban for ban in bans if ban.path == decision.path), None)
    if hit is None:
        return decision
    return _set(decision, _refuge(hit, bans, banned, known), Reason.REVIEW_DECIDED, f"{_BY_REJECTION}{hit.entry}")


def _refuge(
    hit: Ban, bans: Sequence[Ban], banned: set[tuple[str, ...]], known: Callable[[HierarchyPath], bool]
) -> HierarchyPath:
    """Return the first fallback that nobody refused; no path at all where there is none."""
    for path in (hit.fallback, *(ban.fallback for ban in bans)):
        if path.levels and path.levels not in banned and known(path):
            return path
    return HierarchyPath()


def _set(decision: HierarchyDecision, path: HierarchyPath, reason: Reason, rule: str) -> HierarchyDecision:
    # A person's word counts as certain: nothing below it may re-weigh it.
    status = PlacementStatus.DECIDED if path.levels else PlacementStatus.ABSTAINED
    others = tuple(r for r in decision.reasons if r is not reason and r not in _OF_THE_FOUND)
    certain = (1.0,) * len(path.levels)
    return replace(decision, status=status, path=path, confidences=certain, reasons=(reason, *others), rule=rule)


def _pin(entry: LedgerEntry, today: Today) -> Pin:
    locked = entry.decision is Verdict.LOCK
    path = parse_path(today(entry, entry.path if locked else entry.value))
    return Pin(path, locked, entry.id[:12])


def _ban(entry: LedgerEntry, today: Today) -> Ban | None:
    """Where the wrong level is named, what lies above it may stay; else the product goes back whole.

    None where the hierarchy has lost the last level of the refused path: nobody refused what is left of it.
    """
    wrong = today(entry, entry.path)
    if len(split_path(wrong)) < len(split_path(entry.path)):
        return None
    fallback = parse_path(today(entry, entry.previous))
    if entry.level:
        above = split_path(wrong)[: LEVELS.index(entry.level)]
        fallback = fallback if fallback.levels else HierarchyPath(above)
    return Ban(parse_path(wrong), fallback, entry.id[:12])
